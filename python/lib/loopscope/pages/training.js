// The training page: performance, seeds, the policy's health, actions, alerts, events.

import { READINGS, Run, accuracyWords, params, signed, tone } from "./run.mjs";
import { by, element, follow, put, row } from "./live.js";
import { object, scalars, text } from "./values.mjs";

const STAR = 10;
const CHIPS = { GERMINATE: "good", FOSSILIZE: "info", PRUNE: "bad", CULL: "bad" };

let run = new Run();
let count = 0;
let isDue = false;

const mark = (id, className) => {
  by(id).className = className;
};

function seedRow(seed, scale, hasEnvs) {
  const item = element("li");
  const name = element("b", hasEnvs && seed.env !== null ? `${seed.slot} env ${seed.env}` : seed.slot);
  const details = [seed.blueprint, seed.params === null ? null : `${params(seed.params)} params`].filter(Boolean).join(" · ");
  const bar = element("span", "", "bar");
  bar.style.setProperty("--share", `${(Math.abs(seed.contribution ?? 0) / scale) * 100}%`);
  bar.classList.add(tone(seed.contribution ?? 0) || "none");
  const points = element("span", seed.contribution === null ? "--" : signed(seed.contribution), `points ${tone(seed.contribution ?? 0)}`);
  const star = seed.efficiency !== null && seed.efficiency > STAR;
  const efficiency = seed.efficiency === null ? "" : `${star ? "★ " : ""}${seed.efficiency.toFixed(2)}x`;
  item.append(name, element("small", details), bar, points, element("span", efficiency, star ? "star" : ""));
  return item;
}

function paint() {
  isDue = false;
  put("epoch", run.epoch === null ? "--/--" : `${run.epoch}/${run.most}`);
  put("mode", run.mode);
  const [accuracy, against, how] = accuracyWords(run);
  put("accuracy", accuracy);
  put("against", against);
  mark("against", how);
  put("ratio", `${run.ratio.toFixed(2)}x`);
  put("efficiency", `${run.efficiency.toFixed(2)}x`);
  mark("efficiency", tone(run.efficiency, 1));
  for (const [name, reading] of Object.entries(READINGS)) {
    const value = run.policy[name];
    const [word, look] = value === null ? ["", ""] : reading(value);
    put(name, value === null ? "--" : value.toFixed(4));
    put(`${name}-word`, word);
    mark(`${name}-word`, look);
  }
  const rows = run.rows;
  const scale = rows.reduce((most, seed) => Math.max(most, Math.abs(seed.contribution ?? 0)), 1);
  const hasEnvs = new Set(rows.map((seed) => seed.env)).size > 1;
  by("seeds").replaceChildren(...rows.slice(0, 24).map((seed) => seedRow(seed, scale, hasEnvs)));
  by("no-seeds").hidden = rows.length > 0;
  by("actions").replaceChildren(...run.chips.map((word) => element("li", word, CHIPS[word] ?? "")));
  const alerts = run.alertsAt(Date.now());
  by("alerts").replaceChildren(...alerts.reverse().map((alert) => element("li", alert.words, alert.isCritical ? "critical" : "")));
  by("no-alerts").hidden = alerts.length > 0;
  put("count", `${count} events`);
}

/** Once a frame of the screen, however many events come. */
function soon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(paint);
}

follow(
  { on: "● Connected", off: "● Disconnected" },
  () => {
    run = new Run();
    count = 0;
    soon();
  },
  (event) => {
    const data = object(event.data);
    const words = scalars(data, 8).map(([name, value]) => `${name} ${value}`).join(" · ");
    count += 1;
    row(event, text(event.message) ?? (words || "No description"), []);
    run.take(event);
    soon();
  },
);
// Alerts grow old.
setInterval(soon, 10_000);
paint();
