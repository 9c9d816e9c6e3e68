// After all other tests: what they let the browser see was searched while they ran; here is the rest, and the table.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { GRACE } from "../pages/chooser.ts";
import { leaks, recorded, RUN_DIR, Search, type Places } from "../support/canary.ts";
import { APP, given, RUN_ENV } from "../support/env.ts";
import { expect, test } from "../support/test.ts";

/** Where there must have been something to search. */
const PLACES = [
  "pages as sent", "pages as shown", "answers of server functions", "headers of answers", "addresses asked for", "history",
  "cookies", "local storage", "session storage", "model requests", "log lines", "ledger", "DynamoDB file",
];

test("no secret is outside its place", async ({ chat, page }) => {
  expect(leaks(readFileSync(RUN_ENV, "utf8")), "the search finds a planted secret").toBe(true);
  const rest = new Search();
  const requests: unknown[] = await fetch(`${given("BEDROCK_ENDPOINT_URL")}/_sandbox/requests`).then((answer) => answer.json());
  for (const request of requests) rest.look("model requests", "a request to the model", JSON.stringify(request));
  for (const line of readFileSync(join(RUN_DIR, "server.log"), "utf8").split("\n")) {
    if (line) rest.look("log lines", line, line);
  }
  await chat.signIn(GRACE);
  const ledger = await page.request.get(`${APP}/activity/export`);
  expect(ledger.ok(), `the auditor's export: ${ledger.status()}`).toBe(true);
  for (const entry of (await ledger.text()).trim().split("\n")) rest.look("ledger", entry, entry);
  const data = join(RUN_DIR, "data");
  for (const file of existsSync(data) ? readdirSync(data) : []) {
    rest.look("DynamoDB file", file, readFileSync(join(data, file), "latin1"));
  }
  const all = sum([...recorded(), rest.places]);
  console.log(table(all));
  expect(PLACES.filter((place) => !all[place]?.texts), "places without any text").toEqual([]);
  expect(Object.values(all).flatMap(({ hits }) => hits)).toEqual([]);
});

function sum(many: Places[]): Places {
  const all: Places = {};
  for (const places of many) {
    for (const [place, { texts, bytes, unread, hits }] of Object.entries(places)) {
      const found = (all[place] ??= { texts: 0, bytes: 0, unread: 0, hits: [] });
      all[place] = {
        texts: found.texts + texts,
        bytes: found.bytes + bytes,
        unread: found.unread + unread,
        hits: [...found.hits, ...hits],
      };
    }
  }
  return all;
}

function table(all: Places): string {
  const rows = Object.entries(all).map(([place, { texts, bytes, unread, hits }]) => [place, texts, bytes, unread, hits.length]);
  const lines = [["searched", "texts", "bytes", "not read", "canaries"], ...rows];
  return lines.map(([place, ...counts]) => `${place}`.padEnd(30) + counts.map((count) => `${count}`.padStart(12)).join("")).join("\n");
}
