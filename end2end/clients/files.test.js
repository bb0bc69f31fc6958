// curl walks the site's files: types, ETags, revalidation, and what is not there.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { startServer } from "../tests/server.js";

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** One request by curl: status and headers, names in lower case. */
function curl(path, ...args) {
  const text = execFileSync("curl", ["-sS", "-o", "/dev/null", "-D", "-", ...args, server.url + path]).toString();
  const [first, ...lines] = text.trim().split("\r\n");
  const headers = Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2)).map(([k, v]) => [k.toLowerCase(), v]));
  return { status: Number(first.split(" ")[1]), headers };
}

for (const [path, type] of [
  ["/pkg/loopscope.js", "text/javascript; charset=utf-8"],
  ["/pkg/loopscope_bg.wasm", "application/wasm"],
  ["/pkg/loopscope.css", "text/css; charset=utf-8"],
  ["/favicon.svg", "image/svg+xml"],
]) {
  test(`${path} has its type and is revalidated by its ETag`, () => {
    const first = curl(path);
    assert.equal(first.status, 200);
    assert.equal(first.headers["content-type"], type);
    assert.ok(first.headers["content-length"] > 0);
    assert.equal(curl(path, "-H", `If-None-Match: ${first.headers.etag}`).status, 304);
    assert.equal(curl(path, "-H", 'If-None-Match: "other"').status, 200);
  });
}

test("what is not there is 404, and nothing outside the site is served", () => {
  for (const path of ["/pkg/nothing.js", "/pkg/../Cargo.toml", "/..%2fCargo.toml", "/pkg/loopscope.0000.js"]) {
    assert.equal(curl(path, "--path-as-is").status, 404, path);
  }
});
