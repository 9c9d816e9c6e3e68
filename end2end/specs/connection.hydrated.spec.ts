import { ADA } from "../pages/chooser.ts";
import { STORY, STORY_BEGINS, STORY_ENDS } from "../pages/chat.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(({ noise }) => noise.expect(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|Failed to fetch|network error/i));

test("a lost connection is said, and when it is back the page catches up", async ({ chat, context }) => {
  await chat.signIn(ADA);
  await model.next(model.gate(12));
  await chat.ask(STORY);
  await chat.see(chat.partial.getByText(STORY_BEGINS));

  await context.setOffline(true);
  await expect(chat.lost).toBeVisible();
  await model.release();
  await context.setOffline(false);
  await expect(chat.lost).toBeHidden({ timeout: 15_000 });
  await chat.see(chat.theirs(STORY_ENDS));
  await chat.rest();
  await expect(chat.theirs(STORY_BEGINS)).toHaveCount(1);
});

test("a message that could not be sent stays in the box and can be sent again", async ({ chat, context }) => {
  await chat.signIn(ADA);
  await chat.ask("Hello");
  await chat.rest();
  await context.setOffline(true);
  await chat.box.fill("Thanks");
  await chat.send.click();
  await expect(chat.problem).toContainText("The server cannot be reached. Your text is still here");
  await expect(chat.box).toHaveValue("Thanks");
  await context.setOffline(false);
  await chat.send.click();
  await chat.see(chat.theirs("You're welcome."));
  await expect(chat.problem).toHaveCount(0);
  await expect(chat.mine("Thanks")).toHaveCount(1);
});
