import { ADA } from "../pages/chooser.ts";
import { STORY, STORY_BEGINS, STORY_ENDS } from "../pages/chat.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

test.beforeEach(async ({ chat }) => {
  await chat.signIn(ADA);
  await model.next(model.gate(40));
  await chat.ask(STORY);
  await chat.see(chat.partial.getByText(STORY_BEGINS));
});

test("a reload in the middle of an answer shows the text so far and continues", async ({ chat }) => {
  await chat.see(chat.partial.getByText("looked each captain in the eye,"));
  await chat.reload();
  await expect(chat.mine(STORY)).toBeVisible();
  await expect(chat.partial).toHaveText(/^Once there was a harbor town.*looked each captain in the eye,/);

  await model.release();
  await chat.see(chat.theirs(STORY_ENDS));
  await chat.rest();
  await expect(chat.theirs(STORY_BEGINS)).toHaveCount(1);
  await expect(chat.partial).toHaveCount(0);
});

test("a second tab shows the same", async ({ chat }) => {
  const other = await chat.secondTab();
  await other.see(other.partial.getByText(STORY_BEGINS));
  await model.release();
  for (const tab of [chat, other]) {
    await tab.see(tab.theirs(STORY_ENDS));
    await tab.rest();
    await expect(tab.theirs(STORY_BEGINS)).toHaveCount(1);
  }

  await other.ask("Thanks");
  await chat.see(chat.mine("Thanks"));
  await chat.see(chat.theirs("You're welcome."));
  await other.rest();
});
