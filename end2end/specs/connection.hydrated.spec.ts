import type { BrowserContext } from "@playwright/test";
import { ADA } from "../pages/chooser.ts";
import { type Chat, STORY, STORY_BEGINS, STORY_ENDS } from "../pages/chat.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(({ noise }) => noise.expect(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/));

test("a lost connection is shown, and the page catches up when it returns", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await model.next(model.gate(12));
  await chat.ask(STORY);
  await chat.see(chat.partial.getByText(STORY_BEGINS));

  // A browser that is told to be offline keeps the streams that it has, so the next one fails.
  await page.route("**/api/chat/live*", (route) => route.abort());
  await chat.reload();
  await expect(chat.lost).toBeVisible();
  await expect(chat.partial).toContainText(STORY_BEGINS);
  await model.release();
  await page.unroute("**/api/chat/live*");
  await expect(chat.lost).toBeHidden({ timeout: 15_000 });
  await chat.see(chat.theirs(STORY_ENDS));
  await chat.rest();
  await expect(chat.theirs(STORY_BEGINS)).toHaveCount(1);
});

/** In a conversation that has begun, says something that cannot be sent. */
async function sayOffline(chat: Chat, context: BrowserContext, text: string) {
  await chat.signIn(ADA);
  await chat.ask("Hello");
  await chat.rest();
  await context.setOffline(true);
  await chat.box.fill(text);
  await chat.send.click();
  await expect(chat.sending).toContainText("Not sent");
}

test("a message that could not be sent keeps its place and can be sent again", async ({ chat, context }) => {
  await sayOffline(chat, context, "Thanks");
  await expect(chat.problem).toContainText("Countersign can't be reached. Your text is still here");
  await expect(chat.box).toHaveValue("");
  await context.setOffline(false);
  await chat.sending.getByRole("button", { name: "Try again" }).click();
  await chat.see(chat.theirs("You're welcome."));
  await expect(chat.problem).toHaveCount(0);
  await expect(chat.sending).toHaveCount(0);
  await expect(chat.mine("Thanks")).toHaveCount(1);
});

test("a message that was not sent survives a reload, and goes before the next one", async ({ chat, context }) => {
  await sayOffline(chat, context, "Thanks");
  await context.setOffline(false);
  await chat.reload();
  await expect(chat.box).toHaveValue("Thanks");
  await context.setOffline(true);
  await chat.send.click();
  await expect(chat.sending).toContainText("Not sent");
  await context.setOffline(false);
  await chat.box.fill("very much");
  await chat.send.click();
  await expect(chat.mine("Thanks")).toHaveCount(1);
  await expect(chat.mine("very much")).toHaveCount(1);
  await expect(chat.sending).toHaveCount(0);
  await chat.rest();
  await chat.reload();
  await expect(chat.box).toHaveValue("");
});
