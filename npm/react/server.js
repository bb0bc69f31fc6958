// Where the server is when nobody says: the page's own, if that is on a port that Loopscope's clients know, else the
// address that the contract documents.
import { LoopscopeError } from "../src/error.js";

/** The first of `ports` is the documented one. */
export function documentedServer(ports) {
  const page = globalThis.location;
  return page && ports.includes(page.port) ? page.origin : `http://localhost:${ports[0]}`;
}

/** No connection, and what to look at: browsers do not tell a page why. */
export function unreachable(url, words = `no connection to ${url}`, cause) {
  const page = globalThis.location?.origin;
  const isOwn = !page || !page.startsWith("http") || page === originOf(url);
  const origins = isOwn ? "" : ` Does it let pages of ${page} in (its setting access.origins)?`;
  return new LoopscopeError("unreachable", `${words}. Is Loopscope running there?${origins}`, { cause });
}

function originOf(url) {
  try {
    return new URL(String(url).replace(/^ws/, "http")).origin;
  } catch {
    return undefined;
  }
}
