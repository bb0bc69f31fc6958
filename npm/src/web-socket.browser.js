// The browser's own WebSocket.
export const openWebSocket = async () => globalThis.WebSocket;
