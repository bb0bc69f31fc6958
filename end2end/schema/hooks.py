"""What must not happen while routes are tried: waiting for a minute, and telling the internet of alerts."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    """Long polls answer at once, and channels lead nowhere. What is out of bounds stays so."""
    query = case.query if isinstance(case.query, dict) else {}
    wait = query.get("wait")
    if str(wait).isdigit() and 0 < int(wait) <= 60:
        query["wait"] = 0
    body = case.body if isinstance(case.body, dict) else {}
    if case.path.startswith("/api/v1/alerts/channels") and isinstance(body.get("url"), str):
        body["url"] = "http://127.0.0.1:9/nowhere"


@schemathesis.hook
def filter_case(context, case):
    """An empty value is one that is not there, whatever the parameter (`allowEmptyValue`)."""
    query = case.query if isinstance(case.query, dict) else {}
    return "" not in [word for value in query.values() for word in (value if isinstance(value, list) else [value])]
