// After all tests that took the pictures of the look again: makes the files small.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decode, encode } from "./png.ts";

const PICTURES = fileURLToPath(new URL("../pictures", import.meta.url));

export default function shrink() {
  if (process.env.UPDATE_PICTURES !== "1") return;
  for (const name of readdirSync(PICTURES)) {
    const path = `${PICTURES}/${name}`;
    const png = readFileSync(path);
    // One that has a palette is small already.
    if (png[25] !== 3) writeFileSync(path, encode(decode(png)));
  }
}
