import type { Command, LoopscopeError, LoopscopeEvent } from "../src/index.js";

export interface DashboardOptions {
  /** The server's address; the page's own where none is given. */
  url?: string;
  token?: string;
  project?: string;
  /** How many events are kept, the newest; 1,000. */
  limit?: number;
}

type Ask = Promise<Command | undefined>;

export interface Dashboard {
  events: LoopscopeEvent[];
  connected: boolean;
  error: LoopscopeError | null;
  sendCommand(type: string, parameters?: Record<string, unknown>): Ask;
  clearEvents(): void;
  halt(reason?: string): Ask;
  resume(): Ask;
  getExecutionState(): Ask;
  getSkillStatus(skillId?: string): Ask;
  approveFileChange(filePath: string): Ask;
  revertFileChange(filePath: string): Ask;
  setBreakpoint(location: string): Ask;
  removeBreakpoint(location: string): Ask;
  stepOver(): Ask;
}

/** Events of a session from its first on (of all sessions from now on without one), and the ways to steer it. */
export function useDashboard(sessionId?: string, options?: DashboardOptions): Dashboard;
