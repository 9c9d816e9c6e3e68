import { STORY, STORY_BEGINS, STORY_ENDS, type Chat } from "../pages/chat.ts";
import { ADA } from "../pages/chooser.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

/** Higher than the screen. */
const LINES = `Thanks for all of this:\n${Array.from({ length: 30 }, (_, n) => `row ${n + 1}`).join("\n")}`;

test("an own message is in view, however long the one before it was", async ({ chat }) => {
  await chat.signIn(ADA);
  await chat.ask(LINES);
  await chat.rest();
  await chat.ask("hello");
  await expect(chat.mine("hello")).toBeInViewport();
  await chat.rest();
  await expect(chat.mine("hello")).toBeInViewport();

  // Even for a reader who was somewhere else.
  await scrollUp(chat);
  await chat.ask("Thanks again");
  await expect(chat.mine("Thanks again")).toBeInViewport();
  await chat.rest();
});

test("a reader who scrolled up is not moved by an answer, and a button leads to the end", async ({ chat }) => {
  await chat.signIn(ADA);
  await chat.ask(LINES);
  await chat.rest();
  await model.next(model.gate(12));
  await chat.ask(STORY);
  await chat.see(chat.partial.getByText(STORY_BEGINS));
  await expect(chat.down).toBeHidden();

  await scrollUp(chat);
  await expect(chat.down).toHaveText("To the end");
  const read = chat.mine("row 1");
  await expect(read).toBeInViewport();
  const before = (await read.boundingBox())?.y ?? Number.NaN;
  await model.release();
  await chat.rest();
  await expect(chat.theirs(STORY_ENDS)).toBeAttached();
  expect(Math.abs(((await read.boundingBox())?.y ?? Number.NaN) - before), "the place moved").toBeLessThan(3);

  await expect(chat.down).toHaveText("New messages");
  await chat.down.click();
  await expect(chat.theirs(STORY_ENDS).getByText(STORY_ENDS)).toBeInViewport();
  await expect(chat.down).toBeHidden();
});

/** To the beginning of what is shown, as a wheel or a key does. */
async function scrollUp(chat: Chat) {
  await chat.pane.evaluate((pane) => pane.scrollBy(0, -pane.scrollHeight));
}
