// Cuts the loop, the server (kill -9) and the browser's network at random under load, then compares three sets:
// what the producer was told is stored, what the journal holds, and what the page in Chromium has seen.
//
//   node chaos/chaos.mjs --binary ../target/debug/loopscope [--cuts 100] [--rate 1000] [--seed 1] [--page on|off]
//
// Everything runs on loopback, on free ports, in a temporary folder, and ends by itself.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import WebSocket, { WebSocketServer } from 'ws';
import { chromium } from '@playwright/test';

const { values: flags } = parseArgs({
  options: {
    binary: { type: 'string', default: '../target/debug/loopscope' },
    cuts: { type: 'string', default: '100' },
    rate: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    page: { type: 'string', default: 'on' },
  },
});
const cuts = Number(flags.cuts);
const rate = Number(flags.rate);
const SESSION = 'chaos-session';

/** A small seeded generator, so that a failing run can be repeated. */
function mulberry32(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const random = mulberry32(Number(flags.seed));

async function freePort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A TCP proxy whose connections can be cut, and which can refuse for a while. */
class Proxy {
  constructor(target) {
    this.target = target;
    this.sockets = new Set();
    this.refusing = false;
  }
  async listen() {
    this.server = net.createServer((client) => {
      if (this.refusing) return client.destroy();
      const upstream = net.connect(this.target, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          this.sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.pipe(upstream).pipe(client);
    });
    await new Promise((done) => this.server.listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
  }
  async cut(millis) {
    this.refusing = true;
    for (const socket of this.sockets) socket.destroy();
    await sleep(millis);
    this.refusing = false;
  }
  close() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

/** The server's process; can be killed without a word and started again on the same file and port. */
class Server {
  constructor(folder, port, loopPort) {
    Object.assign(this, { folder, port, loopPort, starts: 0 });
  }
  async start() {
    this.starts += 1;
    this.child = spawn(
      path.resolve(flags.binary),
      ['--host', '127.0.0.1', '--port', String(this.port), '--db-path', path.join(this.folder, 'chaos.db'),
        '--convergence-url', `ws://127.0.0.1:${this.loopPort}`, '--log-level', 'warn'],
      { stdio: ['ignore', 'inherit', 'inherit'], cwd: this.folder },
    );
    this.gone = new Promise((done) => this.child.once('exit', done));
    for (let attempt = 0; attempt < 600; attempt += 1) {
      try {
        const answer = await fetch(`http://127.0.0.1:${this.port}/healthz`);
        if (answer.ok) return;
      } catch { /* not up yet */ }
      await sleep(25);
    }
    throw new Error('the server did not come up within 15 s');
  }
  async kill() {
    this.child.kill('SIGKILL');
    await this.gone;
  }
  async stop() {
    this.child.kill('SIGTERM');
    await this.gone;
  }
}

/** Publishes at a steady rate, resends whatever was not acknowledged, and remembers what was. */
class Producer {
  constructor(port) {
    Object.assign(this, { port, acknowledged: new Set(), waiting: new Map(), next: 1, running: true, frames: 0 });
    this.loop = this.run();
  }
  connect() {
    return new Promise((done) => {
      const socket = new WebSocket(`ws://127.0.0.1:${this.port}/ws/v1`);
      socket.on('open', () => done(socket));
      socket.on('error', () => {});
      socket.on('close', () => { if (this.socket === socket) this.socket = null; done(null); });
      socket.on('message', (text) => this.onMessage(JSON.parse(text)));
    });
  }
  onMessage(message) {
    if (message.type !== 'ack') return;
    const batch = this.waiting.get(message.id);
    if (!batch) return;
    for (const receipt of message.receipts) {
      if (receipt.status === 'rejected') throw new Error(`rejected: ${JSON.stringify(receipt)}`);
      this.acknowledged.add(receipt.event_id);
    }
    this.waiting.delete(message.id);
  }
  send(id, events) {
    this.frames += 1;
    this.socket?.send(JSON.stringify({ type: 'publish', id, events }));
  }
  async run() {
    const perTick = Math.max(1, Math.round(rate / 50));
    while (this.running || this.waiting.size > 0) {
      if (!this.socket) {
        this.socket = await this.connect();
        if (!this.socket) { await sleep(50); continue; }
        for (const [id, events] of this.waiting) this.send(id, events);
      }
      if (this.running && this.waiting.size < 200) {
        const id = `b${this.frames}-${this.next}`;
        const events = Array.from({ length: perTick }, () => this.event());
        this.waiting.set(id, events);
        this.send(id, events);
      }
      await sleep(20);
    }
    this.socket?.close();
  }
  event() {
    const n = this.next;
    this.next += 1;
    return {
      event_id: `chaos-${n}`, session_id: SESSION, timestamp: new Date().toISOString(),
      iteration: 1 + Math.floor(n / 5000), event_type: 'STEP_PROGRESS', state: 'IDLE',
      data: { step: 'diagnose', done: n, total: 1_000_000, padding: 'x'.repeat(120) },
    };
  }
}

/** A loop in the contract's sense: serves a WebSocket, broadcasts, replays nothing. */
function startLoop() {
  const loop = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  let n = 0;
  loop.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.send(JSON.stringify({ type: 'connected', timestamp: new Date().toISOString() }));
  });
  const timer = setInterval(() => {
    n += 1;
    const frame = JSON.stringify({
      event_id: `loop-${n}`, session_id: 'chaos-loop', timestamp: new Date().toISOString(), iteration: 1,
      state: 'IDLE', event_type: 'STEP_STARTED', data: { step: 'diagnose', tool: 'clippy', args: [] },
    });
    for (const client of loop.clients) client.send(frame);
  }, 20);
  return {
    ready: new Promise((done) => loop.once('listening', () => done(loop.address().port))),
    cut: () => { for (const client of loop.clients) client.terminate(); },
    close: () => { clearInterval(timer); for (const client of loop.clients) client.terminate(); loop.close(); },
  };
}

/** What the page's own sockets bring it, frame by frame, over every reconnection. */
class Seen {
  constructor(page) {
    Object.assign(this, { seqs: new Set(), again: 0, resets: [], sockets: 0 });
    page.on('websocket', (socket) => {
      this.sockets += 1;
      socket.on('framereceived', ({ payload }) => this.frame(JSON.parse(payload)));
    });
  }
  frame(message) {
    if (message.type === 'reset') this.resets.push(message.reason);
    for (const event of message.events ?? (message.event ? [message.event] : [])) {
      if (event.session_id !== SESSION) continue;
      if (this.seqs.has(event.seq)) this.again += 1;
      this.seqs.add(event.seq);
    }
  }
  /** Places between the snapshot that the page began with and the end that no frame brought. */
  gaps(snapshot, last) {
    let gaps = 0;
    for (let seq = snapshot + 1; seq <= last; seq += 1) if (!this.seqs.has(seq)) gaps += 1;
    return gaps;
  }
}

/** Where the page says it is: the number beside its Events tab. */
const EVENTS_TAB = 'nav[aria-label="Session"] a[href$="tab=events"] .c';
const figure = (text) => Number(text.replaceAll(/[^0-9]/g, ''));

/** Every row of a session, read page by page. */
async function rows(port, session) {
  const all = [];
  let after = 0;
  for (;;) {
    const url = `http://127.0.0.1:${port}/api/v1/sessions/${session}/events?after=${after}&limit=1000`;
    const page = await (await fetch(url)).json();
    if (!page.events) throw new Error(JSON.stringify(page));
    all.push(...page.events);
    if (page.events.length === 0) return all;
    after = page.events.at(-1).seq;
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'loopscope-chaos-'));
const loop = startLoop();
const server = new Server(folder, await freePort(), await loop.ready);
await server.start();
const browserSide = new Proxy(server.port);
await browserSide.listen();
const producer = new Producer(server.port);
while (producer.acknowledged.size === 0) await sleep(20);

let browser;
let page;
let seen;
let snapshot = 0;
if (flags.page === 'on') {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  page = await browser.newPage();
  seen = new Seen(page);
  const html = await (await page.goto(`http://127.0.0.1:${browserSide.port}/sessions/${SESSION}`)).text();
  snapshot = figure(html.match(/tab=events"[^>]*>.*?class="c"[^>]*>([0-9,]+)/s)[1]);
  await page.getByRole('button', { name: /^Connection: Live/ }).waitFor();
}

const done = { loop: 0, server: 0, network: 0 };
for (let cut = 0; cut < cuts; cut += 1) {
  await sleep(150 + random() * 700);
  const what = ['loop', 'server', 'network'][Math.floor(random() * 3)];
  done[what] += 1;
  if (what === 'loop') loop.cut();
  if (what === 'server') { await server.kill(); await sleep(random() * 400); await server.start(); }
  if (what === 'network') await browserSide.cut(random() * 600);
  if ((cut + 1) % 10 === 0) console.log(`${cut + 1} cuts, ${producer.acknowledged.size} events acknowledged`);
}
producer.running = false;
await producer.loop;

const stored = await rows(server.port, SESSION);
const failures = [];
const ids = new Set(stored.map((event) => event.event_id));
if (ids.size !== stored.length) failures.push(`${stored.length - ids.size} rows twice`);
for (const id of producer.acknowledged) if (!ids.has(id)) failures.push(`acknowledged but not stored: ${id}`);
for (const id of ids) if (!producer.acknowledged.has(id)) failures.push(`stored but never acknowledged: ${id}`);
stored.forEach((event, at) => { if (event.seq !== at + 1) failures.push(`seq ${event.seq} at place ${at + 1}`); });
const fromLoop = await rows(server.port, 'chaos-loop');
fromLoop.forEach((event, at) => { if (event.seq !== at + 1) failures.push(`loop: seq ${event.seq} at place ${at + 1}`); });

if (page) {
  const last = stored.at(-1).seq;
  const shown = () => page.locator(EVENTS_TAB).first().textContent().then(figure);
  for (let wait = 0; wait < 300 && (await shown()) < last; wait += 1) await sleep(200);
  const reached = await shown();
  if (reached !== last) failures.push(`the page is at seq ${reached}, the journal at ${last}`);
  const gaps = seen.gaps(snapshot, last);
  if (gaps > 0) failures.push(`${gaps} events were never sent to the page`);
  for (const reason of seen.resets) failures.push(`the page was told to begin anew: ${reason}`);
  console.log(`page: began at seq ${snapshot}, is at ${reached}; ${seen.seqs.size} events over ${seen.sockets} sockets, ` +
    `${gaps} missing, ${seen.again} sent again after a cut`);
  await browser.close();
}

browserSide.close();
loop.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
console.log(`cuts: ${JSON.stringify(done)}; ${stored.length} rows, ${producer.acknowledged.size} acknowledged, ` +
  `${fromLoop.length} from the loop, ${server.starts} server starts, ${producer.next - 1} sent`);
for (const failure of failures.slice(0, 20)) console.error(`FAILED: ${failure}`);
console.log(failures.length === 0 ? 'chaos: every set is equal' : `chaos: ${failures.length} failures`);
process.exit(failures.length === 0 ? 0 : 1);
