// Lighthouse on the pages that people open most, signed in like them. Prints a table and fails below the limits.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import lighthouse, { desktopConfig } from "lighthouse";

const { BASE_URL: APP, CHROMIUM_PATH: executablePath } = process.env;
const PORT = 4395;
const LEAST = { performance: 95, accessibility: 100, "best-practices": 95, seo: 95 };
const CATEGORIES = Object.keys(LEAST);

const settings = {
  onlyCategories: CATEGORIES,
  // A private application keeps search engines out on purpose (`public/robots.txt`).
  skipAudits: ["is-crawlable"],
  // The stream of a conversation never ends, so its page is never quiet. Milliseconds.
  maxWaitForLoad: 8_000,
  disableFullPageScreenshot: true,
};
const mobile = { extends: "lighthouse:default", settings };
const desktop = { ...desktopConfig, settings: { ...desktopConfig.settings, ...settings } };
// The session of the browser is the subject, so it stays.
const flags = { port: PORT, disableStorageReset: true, logLevel: "error" };

const profile = mkdtempSync(join(tmpdir(), "lighthouse-"));
const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", `--remote-debugging-port=${PORT}`];
const context = await chromium.launchPersistentContext(profile, { executablePath, args, locale: "en" });
const rows = [];
try {
  await check("sign-in page, mobile", "/", mobile);
  const conversation = await signIn();
  await check("start page, mobile", "/", mobile);
  await check("a conversation", conversation, desktop);
  await check("activity", "/activity", desktop);
  await check("style guide", "/styleguide", desktop);
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
print();

/** Signs in as the first person of the demo, asks something, and returns the path of the conversation. */
async function signIn() {
  const page = await context.newPage();
  await page.goto(`${APP}/auth/login`);
  await page.getByRole("button", { name: "Ada Byron" }).click();
  await page.locator("body[data-hydrated] #message").fill("What are my Okta groups?");
  await page.locator("#message").press("Enter");
  await page.locator(".call[data-state=done]").waitFor();
  await page.locator("[role=log][aria-busy=false]").waitFor();
  const { pathname } = new URL(page.url());
  await page.close();
  return pathname;
}

async function check(name, path, config) {
  const { lhr } = await lighthouse(`${APP}${path}`, flags, config);
  if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
  const scores = CATEGORIES.map((category) => Math.round((lhr.categories[category].score ?? 0) * 100));
  const low = CATEGORIES.filter((category, place) => scores[place] < LEAST[category]);
  rows.push({ name, scores, low: low.map((category) => `${category}: ${reasons(lhr, category).join("; ")}`) });
}

/** The audits that cost a category points. */
function reasons(lhr, category) {
  const audits = lhr.categories[category].auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => lhr.audits[id]);
  const bad = audits.filter(({ score }) => score !== null && score < 0.9);
  return bad.map(({ id, displayValue, details }) => {
    const nodes = (details?.items ?? []).map(({ node, description }) => node?.snippet ?? description).filter(Boolean);
    return [id, displayValue, ...nodes.slice(0, 3)].filter(Boolean).join(" ");
  });
}

function print() {
  console.log(["".padEnd(24), ...CATEGORIES.map((category) => category.padStart(16))].join(""));
  for (const { name, scores } of rows) {
    console.log([name.padEnd(24), ...scores.map((score) => String(score).padStart(16))].join(""));
  }
  const low = rows.flatMap(({ name, low }) => low.map((reason) => `${name}: ${reason}`));
  for (const line of low) console.log(line);
  if (low.length > 0) process.exitCode = 1;
}
