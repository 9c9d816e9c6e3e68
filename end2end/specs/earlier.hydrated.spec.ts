import type { Locator } from "@playwright/test";
import type { Chat } from "../pages/chat.ts";
import { ADA } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

/** A page shows whole turns of 40 KiB in all, so two messages of this length do not fit on one. */
const LONG = "lorem ipsum ".repeat(2200);

test("earlier messages are inserted above, and the reader's place does not move", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await say(chat, "Thanks, one.", LONG);
  await say(chat, "Thanks, two.", LONG);
  await say(chat, "Thanks, three.");
  const conversation = page.url();
  await chat.reload();
  const earlier = page.getByRole("region", { name: "Earlier messages" });
  const show = earlier.getByRole("link", { name: "Show earlier messages" });
  await expect(chat.mine("Thanks, two.")).toBeAttached();
  await expect(chat.mine("Thanks, one.")).toHaveCount(0);

  await show.scrollIntoViewIfNeeded();
  const before = await top(chat.mine("Thanks, two."));
  await show.click();
  const inserted = earlier.locator(".said.mine", { hasText: "Thanks, one." });
  await expect(inserted).toBeAttached();
  await expect(show, "there is nothing before it").toBeHidden();
  // The link is gone from above the message, which stays where it was read.
  expect(Math.abs((await top(chat.mine("Thanks, two."))) - before), "the place moved").toBeLessThan(3);
  expect(await top(inserted)).toBeLessThan(before);
  expect(page.url()).toBe(conversation);
});

async function say(chat: Chat, begin: string, more = "") {
  await chat.box.fill(`${begin} ${more}`);
  await chat.send.click();
  await chat.see(chat.mine(begin));
  await chat.rest();
}

async function top(locator: Locator): Promise<number> {
  return (await locator.boundingBox())?.y ?? Number.NaN;
}
