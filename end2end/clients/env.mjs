// Reads the file of variables that the server was given: the first word of the command line.
import { readFileSync } from "node:fs";

const lines = readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean);

/** A value may be quoted for a shell. */
const unquoted = (value) => (/^'.*'$/.test(value) ? value.slice(1, -1).replaceAll("'\\''", "'") : value);

export const env = Object.fromEntries(
  lines.map((line) => [line.slice(0, line.indexOf("=")), unquoted(line.slice(line.indexOf("=") + 1))]),
);
