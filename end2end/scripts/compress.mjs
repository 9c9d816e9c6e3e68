// Puts a Brotli and a gzip file beside each file of a directory, at their best: the server sends them as they are.
// WebAssembly is checked first.
//
//   node compress.mjs target/site

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [directory] = process.argv.slice(2);
if (!directory) throw new Error("which directory? node compress.mjs target/site");

for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const bytes = readFileSync(path);
  // A file that an engine refuses must not come as far as a browser.
  if (path.endsWith(".wasm")) new WebAssembly.Module(bytes);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
}
