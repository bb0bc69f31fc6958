// The bundled page's script: one socket, numbers, the newest fifty events. Nothing that came is ever read as markup.
const by = (id) => document.getElementById(id);
const contract = document.body.dataset.contract;
const KEPT = 50;
let attempts = 0;
let live = false;
let numbers = { events: 0, executed: 0, found: 0, uptime: 0 };
let bornAt = Date.now();
const accuracies = new Map();
const actions = [];
const alerts = [];

const put = (id, text) => {
  const place = by(id);
  if (place && place.textContent !== String(text)) place.textContent = text;
};
const say = (on, text) => {
  by("link").dataset.state = on ? "on" : "off";
  put("link", text);
};
const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
const duration = (seconds) => {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole}s`;
  return whole < 3600 ? `${Math.floor(whole / 60)}m` : `${Math.floor(whole / 3600)}h ${Math.floor((whole % 3600) / 60)}m`;
};

function row(event) {
  const item = document.createElement("li");
  item.dataset.severity = String(event.severity ?? "info").toLowerCase();
  const stamp = String(event.timestamp ?? "");
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(stamp) ? stamp : `${stamp}Z`;
  const at = new Date(zoned);
  const time = element("time", Number.isNaN(at.getTime()) ? "" : at.toLocaleTimeString());
  const data = event.data ?? {};
  const words = event.message || data.description || Object.entries(data)
    .filter(([, value]) => value !== null && typeof value !== "object").slice(0, 8)
    .map(([key, value]) => `${key} ${value}`).join(" · ") || "No description";
  item.append(element("b", String(event.event_type).replaceAll("_", " ").toUpperCase()), time, element("p", words));
  by("stream").prepend(item);
  while (by("stream").children.length > KEPT) by("stream").lastChild.remove();
  by("none").hidden = true;
}

function opportunity(data) {
  const list = by("opportunities");
  const id = String(data.opportunity_id);
  [...list.children].find((item) => item.dataset.id === id)?.remove();
  const item = document.createElement("li");
  item.dataset.id = id;
  const confidence = Number.isFinite(data.confidence_score) ? `${(data.confidence_score * 100).toFixed(1)}%` : "--";
  item.append(element("b", data.title || "Untitled Opportunity"), element("p", data.description ?? ""),
    element("p", `${data.category || "General"} · ${confidence} · ${data.revenue_potential || "N/A"}`));
  list.prepend(item);
}

// What only the program knows: asked for at most once a second.
let asking;
function askNumbers() {
  asking ??= setTimeout(() => {
    asking = undefined;
    fetch("/stats").then((answer) => answer.json()).then((told) => {
      put("quality", `${(told.metrics.avg_quality_score ?? 0).toFixed(1)}%`);
      put("active", told.active_agents);
    }, () => {});
  }, 1000);
}

function ofAgents(event) {
  const data = event.data ?? {};
  if (event.event_type === "connection_established") return;
  if (event.event_type === "metrics_updated" && !event.event_id) {
    const said = data.metrics ?? {};
    numbers = { events: said.total_events ?? 0, executed: said.total_agents_executed ?? 0,
      found: said.total_opportunities_discovered ?? 0 };
    bornAt = Date.now() - (data.system_uptime_seconds ?? 0) * 1000;
    put("quality", `${(said.avg_quality_score ?? 0).toFixed(1)}%`);
    put("active", data.active_agents ?? 0);
    live = true;
  } else {
    row(event);
    const type = event.event_type;
    if (type === "opportunity_discovered") opportunity(data);
    if (live) {
      numbers.events += 1;
      if (type === "agent_execution_completed") numbers.executed += 1;
      if (type === "opportunity_discovered") numbers.found += 1;
      askNumbers();
    }
  }
  put("events", numbers.events);
  put("executed", numbers.executed);
  put("found", numbers.found);
  put("count", `${Math.min(numbers.events, 100)} events`);
}

function ofTraining(event) {
  if (!event.event_type) return;
  const data = event.data ?? {};
  const type = event.event_type;
  row(event);
  numbers.events += 1;
  put("count", `${numbers.events} events`);
  if (type === "TRAINING_STARTED") {
    put("mode", String(data.reward_mode ?? "shaped").toUpperCase());
    by("epoch").dataset.most = data.max_epochs ?? 100;
  }
  if (type === "EPOCH_COMPLETED") {
    put("epoch", `${event.epoch ?? "--"}/${by("epoch").dataset.most ?? 100}`);
    if (Number.isFinite(data.val_accuracy)) accuracies.set(data.env_id ?? 0, data.val_accuracy);
    const all = [...accuracies.values()];
    if (all.length) put("accuracy", `${(all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(1)}%`);
  }
  if (type === "PPO_UPDATE_COMPLETED" && !data.skipped) {
    const variance = data.value_variance ?? (Number.isFinite(data.value_std) ? data.value_std ** 2 : undefined);
    for (const [id, value] of [["variance", variance], ["entropy", data.entropy], ["kl", data.kl_divergence ?? data.approx_kl]]) {
      if (Number.isFinite(value)) put(id, value.toFixed(4));
    }
  }
  const action = { SEED_GERMINATED: "GERMINATE", SEED_FOSSILIZED: "FOSSILIZE", SEED_CULLED: "CULL", SEED_PRUNED: "PRUNE" }[type];
  if (action) {
    actions.push(action);
    put("actions", actions.slice(-5).join(" "));
  }
  if (["warning", "error", "critical"].includes(String(event.severity).toLowerCase()) || type === "GOVERNOR_ROLLBACK") {
    alerts.push(event.message || data.detail || data.reason || type);
    put("alerts", alerts.slice(-3).join(", "));
  }
}

function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.onopen = () => {
    attempts = 0;
    live = false;
    by("stream").replaceChildren();
    by("opportunities")?.replaceChildren();
    say(true, contract === "agents" ? "Connected - Live Updates" : "● Connected");
  };
  socket.onmessage = (message) => (contract === "agents" ? ofAgents : ofTraining)(JSON.parse(message.data));
  socket.onclose = () => {
    say(false, contract === "agents" ? "Disconnected" : "● Disconnected");
    setTimeout(connect, Math.min(30_000, 1000 * 2 ** attempts++) * (0.5 + Math.random() / 2));
  };
}

if (by("uptime")) setInterval(() => live && put("uptime", duration((Date.now() - bornAt) / 1000)), 1000);
connect();
