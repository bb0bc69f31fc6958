// An event as programs of the convergence contract read it: the flat frame of its socket, beside what Loopscope knows.

const IDLE = "IDLE";
const STAGES = { diagnose: "DIAGNOSING", fix: "FIXING", attack: "ATTACKING", validate: "VALIDATING" };

/** Adds `type`, `event_type` and `state`; `data` is what the program sent, without what the server remembers in it. */
export function frame(event) {
  return { ...event, type: "event", event_type: event.name, state: published(event), data: sent(event.data) };
}

function sent(data) {
  if (data === null || typeof data !== "object" || Array.isArray(data)) return data;
  const { _non_finite, _envelope, ...fields } = data;
  return fields;
}

/** As the contract's socket has it: a loop writes IDLE into every envelope, so the event itself is asked. */
function published({ state, kind, data }) {
  const own = state?.trim();
  if (own && own.toUpperCase() !== IDLE) return own;
  if (kind === "converged") return "CONVERGED";
  if (kind.startsWith("step_")) return STAGES[word(data?.step).toLowerCase()] ?? IDLE;
  if (kind === "state_changed") return word(data?.to).toUpperCase() || IDLE;
  return IDLE;
}

const word = (value) => (typeof value === "string" ? value.trim() : "");
