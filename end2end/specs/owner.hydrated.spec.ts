import { Chat } from "../pages/chat.ts";
import { ADA, BOB } from "../pages/chooser.ts";
import { Conversations } from "../pages/conversations.ts";
import { expect, test } from "../support/test.ts";

test("a draft is not shown to the next person in the same tab", async ({ chat, context, signedOut }) => {
  await chat.signIn(ADA);
  await chat.box.fill("for Ada alone");
  await chat.signOut.click();
  await signedOut.isShown();
  await chat.signIn(BOB);
  await expect(chat.box).toHaveValue("");

  await chat.box.fill("for Bob alone");
  // The session ends without a sign-out, so nothing removes the draft.
  await context.clearCookies();
  await chat.signIn(ADA);
  await expect(chat.box).toHaveValue("");
  await context.clearCookies();
  await chat.signIn(BOB);
  await expect(chat.box, "it is kept for its own person").toHaveValue("for Bob alone");
});

test("a page of one person sends nothing for another who signed in in a second tab", async ({ chat, context, noise }) => {
  noise.expect(/403/);
  await chat.signIn(ADA);
  await chat.box.fill("Thanks, quetzalcoatlus");

  const second = new Chat(await context.newPage(), true);
  await second.open("/");
  await second.signOut.click();
  await second.signIn(BOB);

  await chat.send.click();
  await expect(chat.problem).toContainText("Somebody else is signed in in this browser now. Nothing was sent");
  await expect(chat.box).toHaveValue("Thanks, quetzalcoatlus");
  await expect(chat.page).toHaveURL(/\/$/);

  const conversations = new Conversations(second.page);
  await conversations.find("quetzalcoatlus");
  await expect(conversations.nothing).toBeVisible();
  await chat.page.getByRole("alert").getByRole("link", { name: "Reload" }).click();
  await expect(chat.person).toContainText(BOB.name);
  await expect(chat.box, "the text is Ada's").toHaveValue("");
});
