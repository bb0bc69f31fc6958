// A React hook over one session: its events as they come, whether the connection stands, and the ways to steer it.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { connect } from "../src/index.js";
import { must } from "../src/error.js";
import { helpers } from "./commands.js";
import { frame } from "./frame.js";
import { newest } from "./newest.js";
import { documentedServer, unreachable } from "./server.js";

/**
 * Events of a session, from its first on; without a session, of all sessions from now on.
 *
 * `{ events, connected, error, sendCommand, clearEvents, halt, resume, … }`. At most `limit` events are kept, the newest.
 */
export function useDashboard(sessionId, { url = documentedServer(["8766"]), token, project, limit = 1_000 } = {}) {
  const [events, setEvents] = useState([]);
  const [connected, setConnected] = useState(false);
  const [error, setError] = useState(null);
  const server = useRef(null);

  useEffect(() => {
    let isOver = false;
    let before;
    setEvents([]);
    setError(null);
    let loopscope;
    try {
      loopscope = connect(url, { token, project, onRefused: (refusal) => isOver || setError(refusal) });
    } catch (refusal) {
      setError(refusal);
      return undefined;
    }
    server.current = loopscope;
    const end = loopscope.onState((state) => {
      setConnected(state === "live");
      if (state === "live") setError(null);
      if (state === "offline" && before === "connecting") setError((known) => known ?? unreachable(url));
      before = state;
    });
    let subscription;
    // StrictMode mounts twice in one go: what is over by then is never dialled.
    queueMicrotask(() => {
      if (isOver) return;
      subscription = loopscope.subscribe(
        sessionId ? { session: sessionId, since: "0" } : {},
        (more) => setEvents((all) => newest([...all, ...more.map(frame)], limit)),
        { onReset: () => setEvents([]), onError: setError },
      );
    });
    return () => {
      isOver = true;
      end();
      // Before the connection, which closes a little later: nothing of this session may reach the next.
      subscription?.close();
      server.current = null;
      setConnected(false);
      loopscope.close({ timeoutMs: 0 });
    };
  }, [sessionId, url, token, project, limit]);

  const clearEvents = useCallback(() => setEvents([]), []);
  const sendCommand = useCallback(
    async (type, parameters = {}) => {
      try {
        must(sessionId, "sessionId", "given: a command is for one session");
        return await server.current?.command(sessionId, { type, parameters });
      } catch (refusal) {
        setError(refusal);
        throw refusal;
      }
    },
    [sessionId],
  );
  const commands = useMemo(() => helpers(sendCommand), [sendCommand]);

  return { events, connected, error, sendCommand, clearEvents, ...commands };
}
