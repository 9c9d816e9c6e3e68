import { ADA } from "../pages/chooser.ts";
import { STORY, STORY_BEGINS, STORY_ENDS } from "../pages/chat.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(async ({ chat }) => {
  await chat.signIn(ADA);
  await model.next(model.gate(12));
  await chat.ask(STORY);
  await chat.see(chat.partial.getByText(STORY_BEGINS));
});

test("a message waits for its turn and is then answered", async ({ chat }) => {
  await chat.ask("Thanks");
  await expect(chat.mine("Thanks")).toContainText("Sent next");
  await model.release();
  await chat.see(chat.theirs(STORY_ENDS));
  await chat.see(chat.theirs("You're welcome."));
  await chat.rest();
  await expect(chat.mine("Thanks")).not.toContainText("Sent next");
  const order = await chat.log.locator(".said:not([aria-hidden])").allInnerTexts();
  const place = (text: string) => order.findIndex((said) => said.includes(text));
  expect(place(STORY_ENDS), "each answer stands below its question").toBeLessThan(place("Thanks"));
});

test("a waiting message can be removed", async ({ chat }) => {
  await chat.ask("Thanks");
  await chat.withdraw.click();
  await chat.see(chat.mine("Thanks").getByText("Removed"));
  await expect(chat.withdraw).toHaveCount(0);
  await model.release();
  await chat.see(chat.theirs(STORY_ENDS));
  await chat.rest();
  await expect(chat.theirs("You're welcome.")).toHaveCount(0);
});

test("an answer can be stopped, and its text so far stays", async ({ chat }) => {
  await chat.stop.click();
  await chat.see(chat.remark("You stopped this answer."));
  await chat.rest();
  await expect(chat.stop).toBeHidden();
  await expect(chat.theirs(STORY_BEGINS)).toBeVisible();
  await model.release();
  await chat.ask("Thanks");
  await chat.see(chat.theirs("You're welcome."));
  await chat.rest();
});
