// Event ids: UUIDv7, which sort by time, and rise within one millisecond.
let last = 0n;

/** A new UUIDv7. */
export function uuidv7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  // 48 bits of milliseconds, then 12 bits that count on within one of them.
  const now = BigInt(Date.now()) << 12n;
  last = now > last ? now : last + 1n;
  const [milliseconds, count] = [last >> 12n, Number(last & 0xfffn)];
  for (let at = 0; at < 6; at += 1) bytes[at] = Number((milliseconds >> BigInt(40 - 8 * at)) & 0xffn);
  bytes[6] = 0x70 | (count >> 8);
  bytes[7] = count & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
