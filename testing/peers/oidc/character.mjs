// Characters are data: characters.json says what each has of its own, and `ordinary` is the rest.
import { readFileSync } from "node:fs";

const { ordinary, characters } = JSON.parse(readFileSync(new URL("characters.json", import.meta.url), "utf8"));

/** Returns a character whole, by its name or as JSON. */
export function complete(given) {
  const own = given.startsWith("{") ? JSON.parse(given) : characters.find(({ name }) => name === given);
  if (!own) throw new Error(`no character ${given}; there are: ${characters.map(({ name }) => name).join(", ")}`);
  return over(ordinary, own);
}

// Objects are merged, everything else is replaced.
function over(under, own) {
  if (!plain(under) || !plain(own)) return own;
  const merged = Object.entries(own).map(([name, value]) => [name, name in under ? over(under[name], value) : value]);
  return { ...under, ...Object.fromEntries(merged) };
}

const plain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
