import type { Page } from "@playwright/test";
import { ADA } from "../pages/chooser.ts";
import { GROUPS, STORY, STORY_ENDS } from "../pages/chat.ts";
import { expect, test } from "../support/test.ts";

test("nothing is wider than the screen, and the composer is always visible", async ({ chat, page, signedOut, noise }) => {
  noise.expect(/404/);
  await page.goto("/");
  await signedOut.isShown();
  await fits(page);
  await chat.signIn(ADA);
  await fits(page);
  await expect(chat.box).toBeInViewport();
  await chat.ask(GROUPS);
  await chat.see(chat.card(/done/));
  await chat.rest();
  await chat.ask(`${STORY} ${"wide".repeat(40)}`);
  await chat.see(chat.theirs(STORY_ENDS));
  await chat.rest();
  await fits(page);
  await expect(chat.box).toBeInViewport();
  await expect(chat.send).toBeInViewport();
  await chat.account.tap();
  await expect(chat.signOut).toBeInViewport();
  await fits(page);
  await page.goto("/c/neverwas");
  await fits(page);
});

test("the conversations open in a sheet", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask(`Hello ${"to everybody ".repeat(5)}`);
  await chat.rest();
  await chat.open("/");
  const sheet = page.getByRole("banner").getByRole("navigation", { name: "Conversations" });
  await expect(sheet).toBeHidden();
  await page.locator("summary[aria-label=Conversations]").tap();
  await expect(sheet).toBeVisible();
  await fits(page);
  expect(await sheet.evaluate((pane) => pane.scrollWidth - pane.clientWidth), "the sheet scrolls sideways").toBeLessThanOrEqual(0);
  await sheet.getByRole("link", { name: "Hello to everybody" }).first().tap();
  await expect(chat.title).toHaveText(/^Hello to everybody/);
  await expect(sheet).toBeHidden();
  await expect(chat.mine("Hello to everybody")).toBeVisible();
});

test("buttons and links are large enough to tap", async ({ chat, page }) => {
  await chat.signIn(ADA);
  for (const target of await page.locator("button:visible, summary:visible, a.btn:visible").all()) {
    const box = await target.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), await target.innerText()).toBeGreaterThanOrEqual(40);
  }
});

async function fits(page: Page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}
