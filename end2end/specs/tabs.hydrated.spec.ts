// Many tabs of one browser: HTTP/1.1 has six connections to a server, and each stream takes one.
import { ADA } from "../pages/chooser.ts";
import { Chat } from "../pages/chat.ts";
import { hide } from "../support/hide.ts";
import { expect, test } from "../support/test.ts";

const RESET = "Reset the password of bob@acme.example";

test("of seven tabs the hidden ones have no stream but one, and all know what waits", async ({ chat, context, page }) => {
  await chat.signIn(ADA);
  await chat.ask("Hello");
  await chat.rest();
  const tabs = [page];
  for (let tab = 1; tab < 7; tab++) {
    const other = new Chat(await context.newPage(), true);
    await other.open(page.url());
    tabs.push(other.page);
    await hide(tabs[tab - 1]!, true);
  }
  const last = tabs[6]!;
  const quiet = async () => (await Promise.all(tabs.map((tab) => tab.locator("body[data-quiet]").count()))).reduce((a, b) => a + b);
  // The first tab holds the lock, the last one is in view.
  await expect.poll(quiet).toBe(5);

  // The seventh tab still gets an answer: there are connections left.
  const front = new Chat(last, true);
  await front.ask(RESET);
  await front.see(last.locator("#waiting"));
  await expect(tabs[3]!).toHaveTitle(/^\(1\) /);
  await expect(tabs[3]!.locator("[data-inbox]")).toHaveText("1");

  // A tab that comes into view catches up.
  await hide(tabs[3]!, false);
  await expect(tabs[3]!.locator("#waiting")).toBeVisible();
  await front.page.getByRole("button", { name: "Cancel request" }).click();
  await expect(tabs[3]!.locator("#waiting")).toBeHidden();
  await expect(tabs[2]!).not.toHaveTitle(/^\(1\) /);

  // The stream moves on with the lock.
  await page.close();
  await expect.poll(async () => (await Promise.all(tabs.slice(1).map((tab) => tab.locator("body[data-quiet]").count()))).reduce((a, b) => a + b)).toBe(3);
  for (const tab of tabs.slice(1, 6)) await tab.close();
});
