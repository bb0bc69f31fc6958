// Compiled, never run: the types allow what the README does, and refuse what would fail.
import { connect, type LoopscopeEvent } from "loopscope";
import { useDashboard, type DashboardEvent } from "loopscope/react";
import { useOrchestrator, type OrchestratorEvent } from "loopscope/react/orchestrator";
import { io } from "socket.io-client";

const loopscope = connect("http://localhost:8766", { token: "lsc_x", onDropped: (count) => count.toFixed() });
const run = loopscope.session({ name: "n", tags: ["nightly"] });
const seven: number = run.step("work", () => 7);
const later: Promise<string> = run.step("wait", async (step) => (step.progress(1, 2), "done"));
run.finding({ description: "d", severity: "high" });
// @ts-expect-error: no such severity
run.finding({ description: "d", severity: "terrible" });
// @ts-expect-error: metrics are numbers
run.metrics({ loss: "0.3" });
// @ts-expect-error: a question needs options
void run.decision("Deploy?");
export async function read(): Promise<LoopscopeEvent[]> {
  const all: LoopscopeEvent[] = [];
  for await (const event of loopscope.subscribe({ session: run.id, since: "0" })) all.push(event);
  return all;
}
export function Panel(): number {
  const { events, connected, halt } = useDashboard("nightly-7");
  if (connected) void halt("enough");
  return events.length;
}
export function Loop(): string[] {
  const { events } = useDashboard("nightly-7", { url: "ws://localhost:8766" });
  const words = (event: DashboardEvent): string[] => [event.type, event.event_id, event.timestamp, event.session_id, event.state, event.event_type, event.iteration.toFixed(), String(event.data.step)];
  return events.flatMap(words);
}
export function Skills(): string {
  const heard: OrchestratorEvent[] = [];
  const all = useOrchestrator();
  const one = useOrchestrator("do_1", { url: "http://localhost:8766", token: "lsc_x", limit: 50, onEvent: (event) => void heard.push(event), io, reconnectionAttempts: 9, reconnectionDelay: 50 });
  void one.halt("enough").then((result) => (result.success ? result.command_id : result.error));
  void all.sendCommand("ROLLBACK", { steps: 2, session_id: "do_1" });
  void [one.resume(), one.getExecutionState(), one.getSkillStatus(), one.getSkillStatus("s"), one.approveFileChange("a"), one.revertFileChange("a"), one.setBreakpoint("l"), one.removeBreakpoint("l"), one.stepOver()];
  // @ts-expect-error: a file has a path
  void one.approveFileChange();
  one.clearEvents();
  one.reconnect();
  return one.error?.message ?? one.events.map((event) => `${event.type} ${event.data.skill_name}`).join();
}
export default [seven, later];
