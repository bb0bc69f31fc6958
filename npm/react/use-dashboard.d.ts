import type { Command, LoopscopeError, LoopscopeEvent } from "../src/index.js";

export interface DashboardOptions {
  /**
   * The server's address, http or ws. Without it, the page's own where that is on port 8766, else
   * `http://localhost:8766`. A page of another origin must be in the server's `access.origins`.
   */
  url?: string;
  token?: string;
  project?: string;
  /** How many events are kept, the newest; 1,000. With 0, none. */
  limit?: number;
}

/** An event as the convergence contract's socket has it, with what Loopscope knows of it beside. */
export interface DashboardEvent extends LoopscopeEvent {
  type: "event";
  /** The event's name as it was sent. */
  event_type: string;
  /** The state that the event shows; `IDLE` where it shows none. */
  state: string;
  /** What the program sent. */
  data: Record<string, any>;
}

type Ask = Promise<Command | undefined>;

/** A command goes to the session's program, is told as it was put on record, and fails where there is no session. */
export interface Dashboard {
  events: DashboardEvent[];
  connected: boolean;
  error: LoopscopeError | null;
  sendCommand(type: string, parameters?: Record<string, unknown>): Ask;
  clearEvents(): void;
  halt(reason?: string): Ask;
  resume(): Ask;
  /** Asks the program. The server itself answers `useOrchestrator`. */
  getExecutionState(): Ask;
  /** Asks the program. The server itself answers `useOrchestrator`. */
  getSkillStatus(skillId?: string): Ask;
  approveFileChange(filePath: string): Ask;
  revertFileChange(filePath: string): Ask;
  setBreakpoint(location: string): Ask;
  removeBreakpoint(location: string): Ask;
  stepOver(): Ask;
}

/** Events of a session from its first on (of all sessions from now on without one), and the ways to steer it. */
export function useDashboard(sessionId?: string, options?: DashboardOptions): Dashboard;
