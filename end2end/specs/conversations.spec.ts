import { BOB } from "../pages/chooser.ts";
import { Conversations } from "../pages/conversations.ts";
import { expect, test } from "../support/test.ts";

test("a conversation is renamed, found by a word of an own message, deleted, restored, and deleted for good", async ({
  chat,
  page,
  noise,
}) => {
  // The deleted conversation.
  noise.expect(/404/);
  const conversations = new Conversations(page);
  const word = unique();
  const [title, renamed] = [`Thanks for the ${word}`, `Renamed ${unique()}`];
  await chat.signIn(BOB);
  await chat.ask(title);
  await chat.rest();
  const conversation = page.url().replace("?", "");

  await conversations.open();
  await conversations.rename(title, renamed);
  await chat.open(conversation);
  await expect(chat.title).toHaveText(renamed);

  await conversations.find(word);
  await expect(conversations.row(renamed)).toContainText(`Found: ${word}`);

  await conversations.delete(renamed);
  await conversations.undo();
  await expect(page).toHaveURL(conversation);
  await expect(chat.mine(word)).toBeVisible();

  await conversations.find(word);
  await conversations.delete(renamed);
  await conversations.find(word);
  await expect(conversations.nothing).toBeVisible();
  expect((await page.goto(conversation))?.status()).toBe(404);
});

test("the search of the column finds a conversation from every page", async ({ chat, page }) => {
  const conversations = new Conversations(page);
  const word = unique();
  await chat.signIn(BOB);
  await chat.ask(`Thanks for the ${word}`);
  await chat.rest();
  await page.goto("/activity");
  const search = chat.column.getByRole("searchbox", { name: "Search conversations" });
  await search.fill(word);
  await search.press("Enter");
  await conversations.row(`Thanks for the ${word}`).getByRole("link").first().click();
  await expect(chat.mine(word)).toBeVisible();
});

/** A word that no other conversation holds. */
function unique(): string {
  const letters = [...crypto.randomUUID().replaceAll("-", "")].map((digit) => "abcdefghijklmnop"[parseInt(digit, 16)]);
  return letters.slice(0, 12).join("");
}
