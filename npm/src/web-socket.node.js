// Node has a WebSocket of its own from version 22 on; before that it is the `ws` package.
export const openWebSocket = async () => globalThis.WebSocket ?? (await import("ws")).WebSocket;
