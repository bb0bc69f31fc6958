// Numbers and texts as they come over the wire: numbers may be texts, and what was not measured is null.

/** A number, also as text; null for anything else. */
export function number(value) {
  if (typeof value === "string" && value.trim() !== "") value = Number(value);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The first of some fields that is a number. */
export function first(data, ...names) {
  for (const name of names) {
    const found = number(data[name]);
    if (found !== null) return found;
  }
  return null;
}

export const text = (value) => (typeof value === "string" && value !== "" ? value : null);

/** A payload as an object, whatever it is. */
export const object = (value) => (value && typeof value === "object" && !Array.isArray(value) ? value : {});

/** The scalar fields of a payload in words, at most `most`. */
export function scalars(data, most, ...without) {
  return Object.entries(data)
    .filter(([name, value]) => value !== null && typeof value !== "object" && value !== "" && !without.includes(name))
    .slice(0, most)
    .map(([name, value]) => [name, typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(4) : String(value)]);
}
