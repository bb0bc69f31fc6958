/** `critical`, `high`, `medium`, `low` or `info`. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** An event as the server gives it. Times are UTC, RFC 3339 with microseconds. */
export interface LoopscopeEvent {
  offset: number;
  seq: number;
  event_id: string;
  project?: string;
  session_id: string;
  timestamp: string;
  received_at: string;
  name: string;
  kind: string;
  dialect: string;
  iteration: number;
  state?: string;
  severity?: Severity;
  data: Record<string, unknown>;
}

export type CommandState = "queued" | "delivered" | "acknowledged" | "succeeded" | "failed" | "expired" | "cancelled";

export interface Command {
  command_id: string;
  project: string;
  session_id: string;
  type: string;
  parameters: Record<string, any>;
  state: CommandState;
  by?: string;
  reason?: string;
  result?: unknown;
  error?: unknown;
  created_at: string;
  [more: string]: unknown;
}

export interface NewCommand {
  type: string;
  parameters?: Record<string, unknown>;
  reason?: string;
  idempotency_key?: string;
  expires_in_seconds?: number;
}

export interface Options {
  token?: string;
  /** Everything on the connection is of this project: what is sent, read and asked for. */
  project?: string;
  /** Used instead of the platform's. */
  WebSocket?: new (address: URL) => unknown;
  fetch?: typeof globalThis.fetch;
  /** The most that waits for the server, in bytes; 32 MiB. Events beyond it are dropped and counted. */
  maxBytes?: number;
  /** An event was dropped; with how many were dropped so far. Without it, a warning on the console. */
  onDropped?(dropped: number): void;
  /** The server refused an event. Without it, a warning on the console. */
  onRejected?(error: LoopscopeError, event: Record<string, unknown> | undefined): void;
  /** There is no connection, and why: the token, the version, no WebSocket here. Once; without it, a warning on the console. */
  onRefused?(error: LoopscopeError): void;
}

export interface Counters {
  /** Events taken; handed to the socket, also again; on the server's disk. */
  queued: number;
  sent: number;
  acknowledged: number;
  /** Of the acknowledged, those that the server had already. */
  duplicates: number;
  rejected: number;
  dropped: number;
  /** Not acknowledged yet. */
  pending: number;
}

export type State = "offline" | "connecting" | "live" | "closed";

export interface Filter {
  session?: string;
  project?: string;
  names?: string[];
  kinds?: string[];
  dialects?: string[];
  severity?: Severity;
  /** A cursor to go on from; `"0"` is before everything. Without it, from now on. */
  since?: string;
}

/** It ends by `close()`, by leaving its loop, or with the connection. */
export interface Subscription extends AsyncIterable<LoopscopeEvent> {
  /** What was read, to go on from with `since`. */
  readonly cursor: string | undefined;
  /** How many offsets are still to come while it catches up. */
  readonly behind: number;
  close(): void;
}

export interface Finding {
  description: string;
  severity?: Severity;
  file?: string;
  line?: number;
  type?: string;
  [more: string]: unknown;
}

export interface Step {
  progress(done: number, total?: number, message?: string): void;
  complete(data?: Record<string, unknown>): void;
  fail(error: unknown): void;
}

/** What it gives is the command's result: something that JSON can say, of 64 KiB at most. What it throws is its error. */
export type Handler = (command: Command) => unknown;

export interface Runner {
  /** Resolves when the server gives this program the session's commands; fails with a `LoopscopeError` where it does not. */
  readonly attached: Promise<unknown>;
  handle(type: string, handler: Handler): void;
  close(): void;
}

export interface DecisionOptions {
  options: (string | { label: string; [more: string]: unknown })[];
  /** The choice that is made when the time is over, or the session or the connection ends first. */
  fallback?: unknown;
  timeoutSeconds?: number;
  id?: string;
  [more: string]: unknown;
}

export class Session {
  readonly id: string;
  /** False where the event was dropped: too much waits, or the connection is closed. */
  emit(name: string, data?: object, options?: { severity?: Severity; state?: string; timestamp?: Date; eventId?: string; dialect?: string }): boolean;
  iteration(number?: number): void;
  state(word: string): void;
  step(name: string): Step;
  step<T>(name: string, work: (step: Step) => T, data?: object): T;
  finding(finding: Finding): void;
  fix(fix: { description: string; file?: string; type?: string; [more: string]: unknown }): void;
  metrics(values: Record<string, number>, place?: { step?: number; epoch?: number }): void;
  log(message: unknown, options?: { severity?: Severity; [more: string]: unknown }): void;
  error(error: unknown): void;
  /** What people chose, or `fallback`. Fails as `closed` where the session or the connection ends first and there is none. */
  decision(question: string, options: DecisionOptions): Promise<any>;
  commands(handlers: Record<string, Handler>, options?: { name?: string; takeOver?: boolean; onDetached?(reason: string): void }): Runner;
  /** True when the server has everything on disk. */
  finish(outcome?: "completed" | "converged" | "failed", options?: { timeoutMs?: number }): Promise<boolean>;
}

export interface SessionOptions {
  id?: string;
  name?: string;
  target?: string;
  config?: Record<string, unknown>;
  tags?: string[];
  /** `convergence` where the names are a loop's: its page then shows the stages. `generic` without it. */
  dialect?: string;
}

export class Loopscope {
  constructor(url?: string, options?: Options);
  readonly state: State;
  readonly counters: Counters;
  onState(handler: (state: State) => void): () => void;
  ready(options?: { timeoutMs?: number }): Promise<unknown>;
  session(options?: SessionOptions): Session;
  send(event: Record<string, unknown>): boolean;
  flush(timeoutMs?: number): Promise<boolean>;
  subscribe(filter?: Filter, onEvents?: (events: LoopscopeEvent[]) => void, options?: { onReset?(reason: string): void; onError?(error: LoopscopeError): void }): Subscription;
  overview(): Promise<any>;
  sessions(parameters?: Record<string, unknown>): Promise<any>;
  getSession(id: string): Promise<any>;
  events(id: string, parameters?: Record<string, unknown>): Promise<{ events: LoopscopeEvent[]; [more: string]: unknown }>;
  metricNames(id: string): Promise<any>;
  series(id: string, parameters: Record<string, unknown>): Promise<any>;
  command(id: string, command: NewCommand): Promise<Command>;
  getCommand(id: string, commandId: string): Promise<Command>;
  decisions(parameters?: Record<string, unknown>): Promise<any>;
  decide(id: string, decisionId: string, choice: unknown, reason?: string): Promise<any>;
  /** Sends what is pending, as far as time allows, and closes; false where something was left. */
  close(options?: { timeoutMs?: number }): Promise<boolean>;
}

/**
 * `code` is the server's (docs/protocol.md), or `unreachable`, `refused`, `wrong_version`, `unexpected`, `closed`,
 * `invalid_argument`.
 */
export class LoopscopeError extends Error {
  readonly code: string;
  readonly field?: string;
  readonly limit?: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
}

/** A server at this address; `http://localhost:8766` without one. Nothing is dialled before something is asked. */
export function connect(url?: string, options?: Options): Loopscope;

/** A new UUIDv7. */
export function uuidv7(): string;
