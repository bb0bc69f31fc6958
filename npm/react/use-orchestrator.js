// A React hook over the orchestrator contract: a Socket.IO client, its events, and the nine commands of a dashboard.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { io as socketIo } from "socket.io-client";
import { LoopscopeError } from "../src/error.js";
import { helpers } from "./commands.js";
import { newest } from "./newest.js";
import { documentedServer, unreachable } from "./server.js";

/** How long a command's result is waited for. */
const ANSWER_MS = 10_000;

/**
 * Events of a session from now on; without one, of all sessions. A command without a session is for all that run.
 *
 * `{ events, connected, error, sendCommand, clearEvents, reconnect, halt, resume, … }`. At most `limit` events are kept,
 * the newest; `onEvent` is called with each of them, once.
 */
export function useOrchestrator(sessionId, options = {}) {
  const { url = documentedServer(["8000", "8766"]), token, limit = 1_000, onEvent, io = socketIo } = options;
  const { reconnectionAttempts = 5, reconnectionDelay = 1_000 } = options;
  const [events, setEvents] = useState([]);
  const [connected, setConnected] = useState(false);
  const [error, setError] = useState(null);
  const socket = useRef(null);
  // What may change with every render without a new connection.
  const now = useRef({});
  useEffect(() => {
    now.current = { limit, onEvent, io };
  });

  useEffect(() => {
    const settings = {
      auth: { ...(sessionId ? { session_id: sessionId } : {}), ...(token ? { token } : {}) },
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      reconnection: true,
      reconnectionAttempts,
      reconnectionDelay,
      // Each hook has a connection of its own, opened when all of it is listened to.
      forceNew: true,
      autoConnect: false,
    };
    const own = now.current.io(url, settings);
    let isOver = false;
    let again;
    socket.current = own;
    setEvents([]);
    setError(null);
    own.onAny((type, payload) => {
      const event = read(type, payload);
      const { limit, onEvent } = now.current;
      setEvents((all) => newest([...all, event], limit));
      onEvent?.(event);
    });
    own.on("connect", () => {
      setConnected(true);
      setError(null);
    });
    own.on("connect_error", (cause) => {
      setConnected(false);
      // The library tries again where nobody answered, and not where the server said no.
      const lost = `no connection to ${url} (${cause.message})`;
      setError(own.active ? unreachable(url, lost, cause) : new LoopscopeError("refused", cause.message, { cause }));
    });
    const gaveUp = () => setError(unreachable(url, `no connection to ${url} after ${reconnectionAttempts} attempts`));
    own.io.on("reconnect_failed", gaveUp);
    own.on("disconnect", (reason) => {
      setConnected(false);
      // The library takes a server's word for the end of it. Asking again brings the connection back, or the reason.
      if (reason === "io server disconnect") again = setTimeout(() => own.connect(), reconnectionDelay);
    });
    // StrictMode mounts twice in one go: what is over by then is never dialled.
    queueMicrotask(() => isOver || own.connect());
    return () => {
      isOver = true;
      clearTimeout(again);
      own.offAny();
      own.off();
      own.io.off("reconnect_failed", gaveUp);
      own.disconnect();
      socket.current = null;
      setConnected(false);
    };
  }, [sessionId, url, token, reconnectionAttempts, reconnectionDelay]);

  const clearEvents = useCallback(() => setEvents([]), []);
  const reconnect = useCallback(() => void socket.current?.connect(), []);
  const sendCommand = useCallback(async (type, params = {}) => {
    const failed = (error) => ({ success: false, error, command_type: type, timestamp: new Date().toISOString() });
    // The library would keep it and send it later, when it may no longer be meant.
    if (!socket.current?.connected) return failed("not connected");
    try {
      return await socket.current.timeout(ANSWER_MS).emitWithAck("command", { ...params, type });
    } catch (cause) {
      return failed(`no answer: ${cause.message}`);
    }
  }, []);
  const commands = useMemo(() => helpers(sendCommand), [sendCommand]);

  return { events, connected, error, sendCommand, clearEvents, reconnect, ...commands };
}

/** A program's events come wrapped, as `{timestamp, data, session_id}`, the server's own flat: `data` is either's fields. */
function read(type, payload) {
  const isObject = payload !== null && typeof payload === "object" && !Array.isArray(payload);
  const fields = isObject ? payload : {};
  return {
    type,
    timestamp: fields.timestamp ?? new Date().toISOString(),
    session_id: fields.session_id ?? null,
    data: fields.data ?? payload,
    payload,
  };
}
