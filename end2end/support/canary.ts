// The search for secrets that got out. Every token, key and secret of the sandbox carries the canary, plain or as a claim.
import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BrowserContext, Page, Response } from "@playwright/test";
import { APP, RUN_ENV } from "./env.ts";

const MARK = "CANARYcountersign";

/** Where sandbox and server of this run keep what they keep. */
export const RUN_DIR = dirname(RUN_ENV);
const RECORD = join(RUN_DIR, "searched.jsonl");

/** How many texts of a place were searched, how many bytes they had, how many could not be read, and where the canary was. */
export type Found = { texts: number; bytes: number; unread: number; hits: string[] };
export type Places = Record<string, Found>;

/** Whether the canary is in there: plain, or within base64 as the claims of a JWT are. */
export function leaks(text: string): boolean {
  if (text.includes(MARK)) return true;
  for (const [run] of text.matchAll(/[A-Za-z0-9_-]{20,}/g)) {
    for (let skip = 0; skip < 4; skip++) {
      if (Buffer.from(run.slice(skip), "base64url").includes(MARK)) return true;
    }
  }
  return false;
}

/** What was searched so far. */
export class Search {
  readonly places: Places = {};

  private of(place: string): Found {
    return (this.places[place] ??= { texts: 0, bytes: 0, unread: 0, hits: [] });
  }

  /** What was there and could not be read, such as a stream that was broken off. */
  miss(place: string) {
    this.of(place).unread += 1;
  }

  look(place: string, where: string, text: string) {
    const found = this.of(place);
    found.texts += 1;
    found.bytes += Buffer.byteLength(text);
    if (leaks(text)) found.hits.push(where.replaceAll(MARK, "<canary>"));
  }

  get hits(): string[] {
    return Object.entries(this.places).flatMap(([place, { hits }]) => hits.map((where) => `${place}: ${where}`));
  }

  /** Adds it to what earlier tests searched. */
  record() {
    appendFileSync(RECORD, `${JSON.stringify(this.places)}\n`);
  }
}

/** What all tests of this run have searched. */
export function recorded(): Places[] {
  return readFileSync(RECORD, "utf8").trim().split("\n").map((line) => JSON.parse(line));
}

export function forget() {
  if (existsSync(RECORD)) rmSync(RECORD);
}

/** Searches all that the application sends to this browser; `end` searches what the browser holds then. */
export function watch(context: BrowserContext) {
  const search = new Search();
  const reading: Promise<void>[] = [];
  context.on("response", (response) => {
    if (response.url().startsWith(`${APP}/`)) reading.push(read(search, response));
  });
  const follow = (page: Page) => {
    page.on("framenavigated", (frame) => {
      if (frame.url().startsWith(`${APP}/`)) search.look("history", frame.url(), frame.url());
    });
  };
  context.pages().forEach(follow);
  context.on("page", follow);
  return {
    async end(live: boolean) {
      for (const page of context.pages().filter((page) => page.url().startsWith(`${APP}/`))) {
        await held(search, page, live);
      }
      const { cookies, origins } = await context.storageState();
      const { hostname } = new URL(APP);
      for (const { name, value, domain } of cookies) {
        // The provider's own cookie is of the same host in the sandbox, which has ports instead of names.
        if (domain === hostname && name.includes("countersign")) search.look("cookies", name, value);
      }
      const own = origins.filter(({ origin }) => origin === APP).flatMap(({ localStorage }) => localStorage);
      search.look("local storage", APP, JSON.stringify(own));
      // The stream of a conversation ends with its page.
      for (const page of context.pages()) await page.goto("about:blank");
      await Promise.all(reading);
      search.record();
      return search.hits;
    },
  };
}

/** Pages that lead to the provider with its ticket, which the browser has to bring there (Auth0's My Account API). */
const LEADING = ["/connect", "/connections/connect"];
const TICKET = /[?&](amp;)?ticket=[^"&]+/g;

async function held(search: Search, page: Page, live: boolean) {
  search.look("pages as shown", page.url(), await page.content());
  if (live) search.look("session storage", page.url(), await page.evaluate(() => JSON.stringify({ ...sessionStorage })));
}

async function read(search: Search, response: Response) {
  const { pathname } = new URL(response.url());
  // Codes come by address, as the protocols have it; nothing else may.
  const code = pathname.endsWith("/callback");
  search.look("addresses asked for", pathname, code ? pathname : response.url());
  const headers = await response.headersArray().catch(() => []);
  // The provider's sign-out takes the ID token in the address: the one place where a browser gets to see it.
  const told = headers.filter(({ name }) => !(pathname === "/auth/logout" && name.toLowerCase() === "location"));
  search.look("headers of answers", pathname, told.map(({ name, value }) => `${name}: ${value}`).join("\n"));
  const kind = pathname.startsWith("/api/") ? "answers of server functions" : pathname.startsWith("/pkg/") ? "files" : "pages as sent";
  // A redirect has no body.
  if (response.status() >= 300 && response.status() < 400) return;
  const body = await response.text().catch(() => undefined);
  if (body === undefined) search.miss(kind);
  else search.look(kind, pathname, LEADING.includes(pathname) ? body.replaceAll(TICKET, "") : body);
}
