// What the events of a crew of agents amount to. In: frames in the order of the wire. Out: numbers, words, fields.

import { number, object, scalars, text } from "./values.mjs";

const KEPT = 100;

const fixed = (value, decimals, unit) => {
  const found = number(value);
  return found === null ? null : `${found.toFixed(decimals)}${unit}`;
};

/** How long, as the page says it. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m`;
  return `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`;
}

/** The key fields of an event. */
export function fieldsOf(event) {
  const data = object(event.data);
  const of = {
    agent_execution_started: () => [["Agent", data.agent_name ?? data.agent_id]],
    agent_execution_completed: () => [
      ["Agent", data.agent_name ?? data.agent_id],
      ["Duration", fixed(data.duration_ms, 0, "ms")],
      ["Source", data.data_source],
      ["Quality", fixed(data.quality_score, 1, "%")],
    ],
    opportunity_discovered: () => [["Title", data.title], ["Confidence", percent(data.confidence_score)], ["Category", data.category]],
    synthesis_completed: () => [["Phase", data.phase], ["Patterns", data.patterns_found], ["Duration", fixed(data.duration_ms, 0, "ms")]],
    quality_score_updated: () => [["Source", data.source], ["Score", fixed(data.overall_score, 1, "%")]],
  }[event.event_type];
  const fields = of ? of() : scalars(data, 8, "description");
  return fields.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([label, value]) => [label, String(value)]);
}

export const wordsOf = (event) => text(object(event.data).description) ?? "No description";

/** A share from 0 to 1, in percent. */
export function percent(share) {
  const found = number(share);
  return found === null ? null : `${(found * 100).toFixed(1)}%`;
}

/** How sure a confidence is. */
export function confidence(share) {
  const found = number(share);
  if (found === null) return "unknown";
  return found >= 0.8 ? "high" : found >= 0.6 ? "medium" : "low";
}

/** The numbers of the cards: set by the frame that comes on connect, and moved by live events only. */
export class Crew {
  constructor() {
    this.isLive = false;
    this.events = this.executed = this.found = this.active = this.quality = this.uptime = 0;
    this.kept = 0;
  }

  /** Takes a frame; says whether it is an event to be shown. */
  take(event) {
    const data = object(event.data);
    if (event.event_type === "connection_established") return false;
    if (event.event_type === "metrics_updated" && !event.event_id) {
      this.numbers(data);
      this.isLive = true;
      return false;
    }
    this.kept = Math.min(KEPT, this.kept + 1);
    if (this.isLive) {
      this.events += 1;
      if (event.event_type === "agent_execution_completed") this.executed += 1;
      if (event.event_type === "opportunity_discovered") this.found += 1;
    }
    return true;
  }

  numbers(told) {
    const said = object(told.metrics);
    this.events = number(said.total_events) ?? 0;
    this.executed = number(said.total_agents_executed) ?? 0;
    this.found = number(said.total_opportunities_discovered) ?? 0;
    this.uptime = number(told.system_uptime_seconds) ?? 0;
    this.computed(told);
  }

  /** What only the program can count. */
  computed(told) {
    this.quality = number(object(told.metrics).avg_quality_score) ?? 0;
    this.active = number(told.active_agents) ?? 0;
  }
}
