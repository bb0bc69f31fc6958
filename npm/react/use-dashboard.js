// A React hook over one session: its events as they come, whether the connection stands, and the ways to steer it.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { connect } from "../src/index.js";

/** The commands of a dashboard, by the names of their helpers: how arguments become parameters. */
const COMMANDS = {
  halt: ["halt", (reason) => ({ reason })],
  resume: ["resume", () => ({})],
  getExecutionState: ["get_execution_state", () => ({})],
  getSkillStatus: ["get_skill_status", (skill_id) => ({ skill_id })],
  approveFileChange: ["approve_file_change", (file_path) => ({ file_path })],
  revertFileChange: ["revert_file_change", (file_path) => ({ file_path })],
  setBreakpoint: ["set_breakpoint", (location) => ({ location })],
  removeBreakpoint: ["remove_breakpoint", (location) => ({ location })],
  stepOver: ["step_over", () => ({})],
};

/**
 * Events of a session, from its first on; without a session, of all sessions from now on.
 *
 * `{ events, connected, error, sendCommand, clearEvents, halt, resume, … }`. At most `limit` events are kept, the newest.
 */
export function useDashboard(sessionId, { url = globalThis.location?.origin, token, project, limit = 1_000 } = {}) {
  const [events, setEvents] = useState([]);
  const [connected, setConnected] = useState(false);
  const [error, setError] = useState(null);
  const server = useRef(null);

  useEffect(() => {
    const loopscope = connect(url, { token, project, onRefused: setError });
    server.current = loopscope;
    setEvents([]);
    setError(null);
    const end = loopscope.onState((state) => {
      setConnected(state === "live");
      if (state === "live") setError(null);
    });
    const filter = sessionId ? { session: sessionId, since: "0" } : {};
    loopscope.subscribe(filter, (more) => setEvents((all) => [...all, ...more].slice(-limit)), {
      onReset: () => setEvents([]),
      onError: setError,
    });
    return () => {
      end();
      server.current = null;
      setConnected(false);
      loopscope.close({ timeoutMs: 0 });
    };
  }, [sessionId, url, token, project, limit]);

  const clearEvents = useCallback(() => setEvents([]), []);
  const sendCommand = useCallback(
    async (type, parameters = {}) => {
      try {
        return await server.current?.command(sessionId, { type, parameters });
      } catch (refusal) {
        setError(refusal);
        throw refusal;
      }
    },
    [sessionId],
  );
  const helpers = useMemo(() => {
    const helper = ([type, parameters]) => (...given) => sendCommand(type, parameters(...given));
    return Object.fromEntries(Object.entries(COMMANDS).map(([name, command]) => [name, helper(command)]));
  }, [sendCommand]);

  return { events, connected, error, sendCommand, clearEvents, ...helpers };
}
