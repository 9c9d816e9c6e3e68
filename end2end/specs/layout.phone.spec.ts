import { ADA } from "../pages/chooser.ts";
import { GROUPS, STORY, STORY_ENDS } from "../pages/chat.ts";
import { fits } from "../support/fits.ts";
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
  await chat.menu.tap();
  await expect(chat.signOut).toBeInViewport();
  await fits(page);
  await page.goto("/c/neverwas");
  await fits(page);
});

test("the conversations open in a drawer", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask(`Hello ${"to everybody ".repeat(5)}`);
  await chat.rest();
  await chat.open("/");
  const drawer = chat.column;
  await expect(drawer).toBeHidden();
  await chat.menu.tap();
  await expect(drawer).toBeVisible();
  await fits(page);
  expect(await drawer.evaluate((pane) => pane.scrollWidth - pane.clientWidth), "the drawer scrolls sideways").toBeLessThanOrEqual(0);
  await drawer.getByRole("link", { name: "Hello to everybody" }).first().tap();
  await expect(chat.title).toHaveText(/^Hello to everybody/);
  await expect(drawer).toBeHidden();
  await expect(chat.mine("Hello to everybody")).toBeVisible();
});

test("buttons and links are large enough to tap", async ({ chat, page }) => {
  await chat.signIn(ADA);
  for (const target of await page.locator("button:visible, summary:visible, a.btn:visible").all()) {
    const box = await target.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), await target.innerText()).toBeGreaterThanOrEqual(40);
  }
});
