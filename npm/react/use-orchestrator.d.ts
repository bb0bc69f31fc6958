import type { ManagerOptions, Socket, SocketOptions } from "socket.io-client";
import type { LoopscopeError } from "../src/index.js";

/** What the server or a program said, in the order in which it came. */
export interface OrchestratorEvent {
  /** Its name: `skill:started`, `command:result`, `execution_state`, … */
  type: string;
  timestamp: string;
  session_id: string | null;
  /** Its fields, however they came: programs' events are wrapped in `{timestamp, data, session_id}`, the server's are not. */
  data: any;
  /** Exactly what came. */
  payload: any;
}

/** `command:result`. Where no server answers, `success` is false too, and `error` says so. */
export interface CommandResult {
  success: boolean;
  message?: string;
  error?: string;
  command_type?: string;
  command_id?: string;
  timestamp: string;
  [more: string]: unknown;
}

export interface OrchestratorOptions {
  /**
   * The server's address. Without it, the page's own where that is on port 8000 or 8766, else `http://localhost:8000`.
   * Pages of localhost and 127.0.0.1 on ports 3000 and 5173 may connect; others must be in the server's `access.origins`.
   */
  url?: string;
  token?: string;
  /** How many events are kept, the newest; 1,000. With 0, none. */
  limit?: number;
  /** Called with every event, once; also with those that `limit` leaves out. */
  onEvent?(event: OrchestratorEvent): void;
  /** How often it tries again before it gives up; 5. */
  reconnectionAttempts?: number;
  /** How long it waits before that, at first, in milliseconds; 1,000. */
  reconnectionDelay?: number;
  /** Used instead of the `io` of `socket.io-client`. */
  io?(url: string, options: Partial<ManagerOptions & SocketOptions>): Socket;
}

type Ask = Promise<CommandResult>;

/** Commands go to the session, without one to all that run. They never fail: the result says whether they were taken. */
export interface Orchestrator {
  events: OrchestratorEvent[];
  connected: boolean;
  error: LoopscopeError | null;
  sendCommand(type: string, params?: Record<string, unknown>): Ask;
  clearEvents(): void;
  /** Tries again, where it gave up. */
  reconnect(): void;
  halt(reason?: string): Ask;
  resume(): Ask;
  /** Is answered by `execution_state` in `events`. */
  getExecutionState(): Ask;
  /** Is answered by `skill_status` in `events`. */
  getSkillStatus(skillId?: string): Ask;
  approveFileChange(filePath: string): Ask;
  revertFileChange(filePath: string): Ask;
  setBreakpoint(location: string): Ask;
  removeBreakpoint(location: string): Ask;
  stepOver(): Ask;
}

/** Events of an orchestrator's session from now on (of all sessions without one), and a dashboard's nine commands. */
export function useOrchestrator(sessionId?: string, options?: OrchestratorOptions): Orchestrator;
