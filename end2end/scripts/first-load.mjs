// Prints what a browser loads to show a page for the first time, compressed with Brotli at its best.
// It must never need a browser: it signs in by plain requests, as any client could.
//
//   node first-load.mjs http://localhost:3300

import { brotliCompressSync, constants } from "node:zlib";

const BUDGET_KIB = 120;

const app = process.argv[2];
if (!app) throw new Error("which server? node first-load.mjs http://localhost:3300");

const cookies = new Map();
const rows = [];

await measure("signed-out page", (await visit(`${app}/`)).text);
await measure("chat page", (await signIn()).text);
print();

// The way of a browser: to the provider, one click on the first person, and back.
async function signIn() {
  const chooser = await visit(`${app}/auth/login`);
  const action = one(chooser.text, /<form method="post" action="([^"]+)"/, "the form of people");
  const state = one(chooser.text, /name="state" value="([^"]*)"/, "its state");
  const sub = one(chooser.text, /name="sub" value="([^"]+)"/, "a person");
  const body = new URLSearchParams({ state: plain(state), sub: plain(sub) });
  return visit(new URL(plain(action), chooser.url), { method: "POST", body });
}

async function measure(page, html) {
  add(page, "HTML", Buffer.from(html));
  for (const path of new Set(html.match(/\/pkg\/[\w.\/-]+\.(?:css|js|wasm)/g))) {
    const answer = await fetch(new URL(path, app));
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    add(page, path.slice(path.lastIndexOf(".") + 1).toUpperCase(), Buffer.from(await answer.arrayBuffer()));
  }
}

function add(page, kind, bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  rows.push({ page, kind, bytes: bytes.length, brotli: brotliCompressSync(bytes, { params }).length });
}

// Follows redirects by hand, since only so each hop's cookies are kept. Cookies go by host, and ours is one host.
async function visit(url, init = {}) {
  for (let hops = 0; hops < 20; hops++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { cookie, accept: "text/html", origin: new URL(url).origin };
    const answer = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      const [name, ...value] = pair.split("=");
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value.join("="));
    }
    const text = await answer.text();
    const next = answer.headers.get("location");
    if (!next) {
      if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text.slice(0, 200)}`);
      return { url: String(url), text };
    }
    url = new URL(next, url);
    init = {};
  }
  throw new Error(`${url}: redirects without an end`);
}

function one(text, pattern, what) {
  const found = pattern.exec(text);
  if (!found) throw new Error(`the page doesn't show ${what}: ${text.slice(0, 400)}`);
  return found[1];
}

function plain(attribute) {
  return attribute.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");
}

function print() {
  const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(9);
  for (const page of new Set(rows.map((row) => row.page))) {
    const own = rows.filter((row) => row.page === page);
    const total = own.reduce((sum, row) => sum + row.brotli, 0);
    console.log(`\n${page.padEnd(18)}${"KiB".padStart(9)}${"Brotli".padStart(9)}`);
    for (const row of own) console.log(`  ${row.kind.padEnd(16)}${kib(row.bytes)}${kib(row.brotli)}`);
    const verdict = total <= BUDGET_KIB * 1024 ? "within" : "OVER";
    console.log(`  ${"total".padEnd(16)}${" ".repeat(9)}${kib(total)}   ${verdict} the budget of ${BUDGET_KIB}`);
  }
}
