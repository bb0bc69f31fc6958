// The agents' page: six cards, the stream, what was found.

import { Crew, confidence, duration, fieldsOf, percent, wordsOf } from "./crew.mjs";
import { by, element, follow, put, row } from "./live.js";
import { object } from "./values.mjs";

const SHOWN = 200;
const CHANGES = new Set(["agent_execution_started", "agent_execution_completed"]);

let crew = new Crew();
let bornAt = Date.now();
let asking;

function paint() {
  put("events", crew.events);
  put("executed", crew.executed);
  put("found", crew.found);
  put("quality", `${crew.quality.toFixed(1)}%`);
  put("active", crew.active);
  put("count", `${crew.kept} events`);
}

function opportunity(data, isNew) {
  const list = by("opportunities");
  const id = String(data.opportunity_id);
  const known = [...list.children].find((item) => item.dataset.id === id);
  if (known && !isNew) return;
  known?.remove();
  const item = element("li");
  item.dataset.id = id;
  const head = element("div", "", "head");
  head.append(element("b", data.title || "Untitled Opportunity"), element("span", data.category || "General", "badge"));
  const facts = element("dl");
  const sure = element("div");
  sure.dataset.confidence = confidence(data.confidence_score);
  sure.append(element("dt", "Confidence"), element("dd", percent(data.confidence_score) ?? "--"));
  const worth = element("div");
  worth.append(element("dt", "Revenue Potential"), element("dd", data.revenue_potential || "N/A"));
  facts.append(sure, worth);
  item.append(head, element("p", data.description ?? ""), facts);
  if (isNew) list.prepend(item);
  else list.append(item);
  while (list.children.length > SHOWN) list.lastChild.remove();
  by("nothing").hidden = true;
}

const asked = (path, use) => fetch(path).then((answer) => answer.json()).then(use).catch(() => {});

/** What only the program counts, asked for at most once a second. */
function askNumbers() {
  asking ??= setTimeout(() => {
    asking = undefined;
    asked("stats", (told) => {
      crew.computed(object(told));
      paint();
    });
  }, 1000);
}

follow(
  { on: "Connected - Live Updates", off: "Disconnected" },
  () => {
    crew = new Crew();
    by("opportunities").replaceChildren();
    by("nothing").hidden = false;
  },
  (event) => {
    const wasLive = crew.isLive;
    if (crew.take(event)) {
      row(event, wordsOf(event), fieldsOf(event));
      if (event.event_type === "opportunity_discovered") opportunity(object(event.data), true);
      if (crew.isLive && CHANGES.has(event.event_type)) askNumbers();
    }
    if (crew.isLive && !wasLive) {
      bornAt = Date.now() - crew.uptime * 1000;
      // Those that are older than the history.
      asked("opportunities", (told) => told.opportunities.forEach((one) => opportunity(object(one), false)));
    }
    paint();
  },
);
setInterval(() => crew.isLive && put("uptime", duration((Date.now() - bornAt) / 1000)), 1000);
