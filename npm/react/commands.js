// The nine commands of a dashboard. In: a way to send one. Out: a helper for each.

/** Only what is a text is told: a helper may be a button's handler, which is called with the browser's event. */
const text = (name, value) => (typeof value === "string" ? { [name]: value } : {});

/** By helper: the command, and how its argument becomes parameters. */
const COMMANDS = {
  halt: ["halt", (reason) => text("reason", reason)],
  resume: ["resume", () => ({})],
  getExecutionState: ["get_execution_state", () => ({})],
  getSkillStatus: ["get_skill_status", (skillId) => text("skill_id", skillId)],
  approveFileChange: ["approve_file_change", (filePath) => ({ file_path: filePath })],
  revertFileChange: ["revert_file_change", (filePath) => ({ file_path: filePath })],
  setBreakpoint: ["set_breakpoint", (location) => ({ location })],
  removeBreakpoint: ["remove_breakpoint", (location) => ({ location })],
  stepOver: ["step_over", () => ({})],
};

/** `{ halt, resume, … }`, each of which sends its command by `send(type, parameters)`. */
export function helpers(send) {
  const helper = ([type, parameters]) => (argument) => send(type, parameters(argument));
  return Object.fromEntries(Object.entries(COMMANDS).map(([name, command]) => [name, helper(command)]));
}
