#!/usr/bin/env bash
# curl walks every endpoint of the convergence contract on a running server and checks each answer's keys.
# Usage: convergence.sh BASE_URL. Needs curl and jq. Prints one line a check; exits 1 when one fails.
set -u
base=${1%/}
failed=0 passed=0
body=$(mktemp) || exit 1
trap 'rm -f "$body"' EXIT

# check NAME STATUS JQ-CONDITION CURL-ARGUMENTS… : the answer has the status, and its JSON meets the condition.
check() {
  local name=$1 want=$2 condition=$3; shift 3
  local status
  status=$(curl -sS -m 30 -o "$body" -w '%{http_code}' "$@") || status="curl-error"
  if [ "$status" = "$want" ] && { [ -z "$condition" ] || jq -e "$condition" "$body" >/dev/null 2>&1; }; then
    passed=$((passed + 1)); echo "ok   $name"
  else
    failed=$((failed + 1)); echo "FAIL $name: status $status (want $want), body: $(head -c 400 "$body")"
  fi
}

keys() { printf '(keys_unsorted - [%s] == []) and ([%s] - keys_unsorted == [])' "$1" "$1"; }
has() { printf '[%s] - keys == []' "$1"; }
json='content-type: application/json'
error_shape='(.detail|type=="string") and (.error|type=="string") and (.message|type=="string")'

id="curl-walk-$$-$RANDOM$RANDOM"
event() { # event ID TYPE ITERATION DATA SECOND
  printf '{"event_id":"%s-%s","timestamp":"2026-01-05T10:00:%02dZ","session_id":"%s","iteration":%s,"state":"IDLE","event_type":"%s","data":%s}' "$id" "$1" "$5" "$id" "$3" "$2" "$4"
}
events=$(
  printf '['
  event 1 SESSION_STARTED 0 '{"target":"walk","config":{"max_iterations":10,"timeout_seconds":3600}}' 0; printf ','
  event 2 STEP_STARTED 1 '{"step":"diagnose","tool":"t","args":[]}' 1; printf ','
  event 3 STEP_COMPLETE 1 '{"step":"diagnose","success":true,"findings_count":3,"metrics":{"critical":1,"high":2}}' 3; printf ','
  event 4 STEP_STARTED 1 '{"step":"attack","tool":"t","args":[]}' 4; printf ','
  event 5 STEP_COMPLETE 1 '{"step":"attack","vulnerabilities":["walked in"]}' 5
  printf ']'
)

# The webhook.
check "webhook stores"        200 '. == {"accepted":5,"duplicates":0}' -X POST -H "$json" -d "{\"session_id\":\"$id\",\"events\":$events}" "$base/events"
check "webhook retry"         200 '. == {"accepted":0,"duplicates":5}' -X POST -H "$json" -d "{\"session_id\":\"$id\",\"events\":$events}" "$base/events"
check "webhook bare array"    200 '.duplicates == 5' -X POST -H "$json" -d "$events" "$base/events"
check "webhook bare event"    200 '.accepted == 1' -X POST -H "$json" -d "$(event 6 METRICS 1 '{"x":1}' 6)" "$base/events"
check "webhook bad element"   200 '.accepted == 1' -X POST -H "$json" -d "[7,$(event 7 METRICS 1 '{"x":NaN}' 7)]" "$base/events"
check "webhook no json"       400 "$error_shape" -X POST -H "$json" -d 'nonsense' "$base/events"
check "webhook empty body"    400 "$error_shape" -X POST -H "$json" "$base/events"
head -c 100000000 /dev/zero | tr '\0' 'x' | check "webhook 100 MB" 413 "$error_shape" -X POST -H "$json" -H 'expect:' --data-binary @- "$base/events"

# Sessions.
check "sessions"              200 "$(keys '"sessions","total","limit","offset"') and .limit == 10 and .offset == 0 and (.sessions|length) <= 10" "$base/api/sessions"
check "sessions, our row"     200 ".sessions[]|select(.session_id==\"$id\")|(.status==\"running\") and (.end_time==null) and (.final_state==null) and (.current_iteration==1) and (.target==\"walk\") and (.start_time==\"2026-01-05T10:00:00.000000Z\") and ($(has '"iterations","convergence_reached","duration_seconds"'))" "$base/api/sessions?limit=1000"
check "sessions as array"     200 'type=="array"' "$base/api/sessions?format=array"
check "sessions clamp"        200 '.limit == 1000' "$base/api/sessions?limit=5000"
check "sessions clamp below"  200 '.limit == 1 and (.sessions|length) == 1' "$base/api/sessions?limit=-3"
check "sessions bad limit"    422 "$error_shape" "$base/api/sessions?limit=ten"
check "sessions bad offset"   422 "$error_shape" "$base/api/sessions?offset=1.5"
check "detail"                200 "$(has '"session_id","start_time","end_time","status","target","config","current_state","current_iteration","metrics"') and .current_state==\"ATTACKING\" and .config=={\"max_iterations\":10,\"timeout_seconds\":3600} and .metrics=={\"total_findings\":3,\"total_fixes\":0,\"total_vulnerabilities\":1,\"tests_passed\":0,\"tests_failed\":0}" "$base/api/sessions/$id"
check "detail unknown"        404 "$error_shape" "$base/api/sessions/no-such"
check "events"                200 "$(keys '"events","total"') and .total==7 and (.events|length)==7 and (.events[0]|$(keys '"event_id","timestamp","event_type","iteration","state","data"')) and .events[0].event_type==\"SESSION_STARTED\"" "$base/api/sessions/$id/events"
check "events page"           200 '(.events|length)==2 and .total==7 and .events[0].event_type=="STEP_STARTED"' "$base/api/sessions/$id/events?limit=2&offset=1"
check "events beyond"         200 '.events==[] and .total==7' "$base/api/sessions/$id/events?offset=100"
check "events as array"       200 'type=="array" and length==7' "$base/api/sessions/$id/events?format=array"
check "events NaN is null"    200 '.events[6].data=={"x":null}' "$base/api/sessions/$id/events"
check "events unknown"        404 "$error_shape" "$base/api/sessions/no-such/events"
check "events bad limit"      422 "$error_shape" "$base/api/sessions/$id/events?limit=x"
check "session metrics"       200 "$(keys '"session_id","iterations","duration_seconds","findings_per_iteration","fixes_per_iteration","step_durations"') and .iterations==1 and .findings_per_iteration==[3] and .fixes_per_iteration==[0] and .step_durations=={\"diagnose\":[2],\"fix\":[0],\"attack\":[1],\"validate\":[0]} and .duration_seconds==7" "$base/api/sessions/$id/metrics"
check "metrics unknown"       404 "$error_shape" "$base/api/sessions/no-such/metrics"

# The system.
check "metrics"               200 "$(keys '"total_sessions","active_sessions","converged_sessions","failed_sessions","average_iterations","average_duration","findings_by_severity"') and (.findings_by_severity|$(keys '"critical","high","medium","low","info"')) and .total_sessions>=1 and .findings_by_severity.high>=2" "$base/api/metrics"
check "stats"                 200 "$(keys '"total_sessions","converged_sessions","convergence_rate","avg_iterations","total_events"') and .total_events>=7 and .convergence_rate>=0 and .convergence_rate<=1" "$base/api/stats"
check "state"                 200 "$(keys '"state","iteration","session_id","findings","fixes","vulnerabilities","logs"') and (.logs|length)<=50" "$base/api/state"
check "infrastructure"        200 "$(has '"servers","summary"') and (.summary|$(keys '"total","online","warning","offline"')) and (.servers|type)==\"array\"" "$base/api/infrastructure"
check "security"              200 "$(has '"risk_score","vulnerabilities","trend","compliance","last_incident","next_audit"') and (.compliance|$(keys '"pci_dss","soc2","iso27001"')) and (.vulnerabilities|$(keys '"critical","high","medium","low"'))" "$base/api/security"
check "convergence metrics"   200 "$(has '"iterations_to_convergence","mttr","autofix_success_rate","cost_savings_ytd","current_progress","current_stage","stages"') and ([.stages[].name]==[\"Idle\",\"Diagnose\",\"Fix\",\"Attack\",\"Validate\",\"Converged\"])" "$base/api/convergence/metrics"
check "threats"               200 "type==\"array\" and length<=20 and all(.[]; $(keys '"id","type","severity","source","timestamp"'))" "$base/api/threats"
check "threats limit"         200 'length<=1' "$base/api/threats?limit=1"
check "threats bad limit"     422 "$error_shape" "$base/api/threats?limit=x"
check "health"                200 '.status=="healthy"' "$base/health"
check "page"                  200 '' -H 'accept: text/html' "$base/"
grep -qi '<!doctype html' "$body" && { passed=$((passed + 1)); echo "ok   page is HTML"; } || { failed=$((failed + 1)); echo "FAIL page is HTML"; }

echo "curl: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
