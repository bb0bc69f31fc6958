// An orchestrator for the page tests: writes down a run's events, and takes commands as a program would.
import WebSocket from "ws";

/** The events of a run that works on its third of five skills and asks a question. */
export function orchestration(session, { seconds = 300, ended = false, ask = true } = {}) {
  const start = Date.now() - seconds * 1000;
  let at = 0;
  const events = [];
  const add = (event_type, data, after = 1) => {
    at += after;
    const timestamp = new Date(start + at * 1000).toISOString();
    events.push({ event_id: `${session}-${events.length}`, session_id: session, timestamp, event_type, data });
  };
  add("execution:started", { task: "Move sign-in to passkeys", steps_total: 5 }, 0);
  add("checkpoint:created", { checkpoint_id: "cp-1", label: "before analyse" });
  add("skill:started", { skill_name: "analyse-repo", step_index: 0, parameters: { path: "apps/identity" } });
  add("agent:spawned", { agent_id: "reader-1", role: "research", skill_name: "analyse-repo" });
  add("agent:started", { agent_id: "reader-1", skill_name: "analyse-repo" });
  add("agent:completed", { agent_id: "reader-1", success: true, duration: 20 }, 20);
  add("skill:completed", { skill_name: "analyse-repo", step_index: 0, duration: 21.4, result: { files: 42 } });
  add("checkpoint:created", { checkpoint_id: "cp-2", label: "before edit" });
  add("skill:started", { skill_name: "edit-auth-module", step_index: 1 });
  const diff = "--- a/auth/session.py\n+++ b/auth/session.py\n@@ -69,4 +69,5 @@ class SessionStore:\n     def load(self, token):\n-        if token.age > LIMIT:\n-            return None\n+        limit = self.limit_for(record)\n+        if token.age > limit:\n+            raise SessionExpired(token.id)\n         return record";
  add("file:modified", { path: "auth/session.py", operation: "Edit", lines_changed: 5, diff }, 30);
  add("file:created", { path: "auth/passkey.py", size: 8421, operation: "Write" }, 5);
  add("file:deleted", { path: "auth/legacy_totp.py" }, 5);
  add("file:created", { path: "tests/a/rather/long/way/to/a/file/test_passkey_registration.py", lines_changed: 131 }, 5);
  add("skill:completed", { skill_name: "edit-auth-module", step_index: 1, duration: 92 }, 40);
  add("skill:started", { skill_name: "run-validation", step_index: 2 });
  add("agent:spawned", { agent_id: "tester-2", role: "testing", skill_name: "run-validation" });
  add("agent:started", { agent_id: "tester-2", skill_name: "run-validation" });
  add("validation:started", { check_name: "tests", command: "pytest -q tests/auth" });
  for (const line of ["$ pytest -q tests/auth", "collected 118 items", "PASS  tests/auth/test_passkey.py  18", "WARN  test_session.py:118 utcnow() is deprecated", "FAIL  tests/session/test_rotation.py  5 of 6", "      session.py:74  if token.age > limit:"]) {
    add("validation:output", { line, type: "stdout", check_name: "tests" });
  }
  add("skill:progress", { skill_name: "run-validation", progress: 64, message: "76 of 118 tests" });
  if (ask) {
    add("decision:point", {
      decision_id: "d1",
      question: "Rotate session secrets during migration?",
      description: "Old and new cookies overlap for signed-in users.",
      options: [
        { option_id: "keep", label: "Keep both for 24 h", consequences: "No one is signed out", recommended: true },
        { option_id: "rotate", label: "Rotate now", consequences: "Signs out 2,310 people" },
        { option_id: "no", label: "Do not rotate" },
      ],
      default: "keep",
      timeout_seconds: seconds + 600,
      priority: "high",
      context: { open_sessions: 2310 },
    });
  }
  if (ended) {
    add("validation:completed", { check_name: "tests", success: true, exit_code: 0 });
    add("skill:completed", { skill_name: "run-validation", step_index: 2, duration: 30 }, 10);
    add("execution:completed", { success: true });
  }
  return events;
}

/** A program that takes a session's commands over `/ws/v1`; `obey` answers each with a receipt, or stays silent. */
export async function attach(url, session, { name = "fake", commands, obey } = {}) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws/v1`);
  const got = [];
  const declared = (commands ?? ["HALT", "RESUME", "ROLLBACK", "REDIRECT", "INJECT", "DECISION"]).map((command) =>
    typeof command === "string" ? { type: command } : command,
  );
  const say = (message) => socket.send(JSON.stringify(message));
  const attached = new Promise((done, fail) => {
    socket.on("error", fail);
    socket.on("message", (text) => {
      const message = JSON.parse(text);
      if (message.type === "attached") done();
      if (message.type === "error") fail(new Error(message.error.message));
      if (message.type !== "command") return;
      got.push(message.command);
      const receipt = (status, more = {}) =>
        say({ type: "receipt", session_id: session, command_id: message.command.command_id, status, ...more });
      obey?.(message.command, receipt);
    });
  });
  await new Promise((open) => socket.on("open", open));
  say({ type: "attach", id: "a", session_id: session, name, commands: declared });
  await attached;
  const closed = new Promise((done) => socket.on("close", done));
  return { got, close: () => (socket.close(), closed) };
}

/** Asks for a command as any client would. */
export async function ask(url, session, command) {
  const answer = await fetch(`${url}/api/v1/sessions/${encodeURIComponent(session)}/commands`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(command),
  });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
