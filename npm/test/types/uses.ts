// Compiled, never run: the types allow what the README does, and refuse what would fail.
import { connect, type LoopscopeEvent } from "loopscope";
import { useDashboard } from "loopscope/react";

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
export default [seven, later];
