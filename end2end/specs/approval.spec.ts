import { ADA, BOB, GRACE } from "../pages/chooser.ts";
import type { Chat } from "../pages/chat.ts";
import type { Tuple } from "../pages/console.ts";
import { expect, test } from "../support/test.ts";

const RESET = "Reset the password of eve@acme.example";
const WAITS = "Reset the password of eve@acme.example: waiting for your confirmation";

/** The code on the card, once the phone has been called. */
async function code(chat: Chat) {
  const card = chat.card(WAITS).filter({ hasText: "Confirm only if your phone shows this code" });
  await chat.see(card);
  await expect(card).toContainText("Nothing has been changed yet.");
  await card.getByText("What exactly will run").click();
  await expect(card.getByRole("definition").filter({ hasText: /^eve@acme\.example$/ })).toBeVisible();
  return card.locator(".code").innerText();
}

test("an elevated action is done after confirmation on the phone, which shows the same code", async ({ chat, phone }) => {
  await chat.signIn(ADA);
  await chat.ask(RESET);
  await phone.answer(ADA, await code(chat), "Approve");
  const done = chat.card(/^Reset the password of eve@acme\.example: done/);
  await chat.see(done);
  await chat.rest();
  await done.locator("summary").click();
  await expect(done).toContainText("This was confirmed, code");
});

test("an action that is declined on the phone is not done", async ({ chat, connections, console, phone, live }) => {
  // After a no there is a time of quiet for that person, so each run takes another one.
  const person = live ? GRACE : BOB;
  const manages: Tuple = { user: `user:auth0|${person.email.split("@")[0]}`, relation: "manage_okta", object: "okta:users" };
  await console.add(manages);
  await console.join(person, "Okta administrators");
  await chat.signIn(person);
  await connections.connect("Okta");
  await chat.open();
  await chat.ask(RESET);
  await phone.answer(person, await code(chat), "Deny");
  const denied = chat.card("Reset the password of eve@acme.example: declined by you");
  await chat.see(denied);
  await expect(denied).toContainText("You declined this. Nothing was changed.");
  await chat.rest();
  await console.remove(manages);
  await console.leave(person, "Okta administrators");
});

test("a request that is cancelled on the page ends, and one button asks again", async ({ chat, live }) => {
  await chat.signIn(ADA);
  await chat.ask(RESET);
  await code(chat);
  await chat.card(WAITS).getByRole("button", { name: "Cancel request" }).click();
  const cancelled = chat.card("Reset the password of eve@acme.example: cancelled");
  await chat.see(cancelled);
  await expect(cancelled).toContainText("You cancelled this. If your phone still asks, you can ignore it. Nothing was changed.");
  await chat.rest();
  // A person may be asked five times a minute, so it is asked again where it is harder: without a script.
  if (live) return;
  await cancelled.getByRole("button", { name: "Ask again" }).click();
  await chat.see(chat.card(WAITS));
  await chat.card(WAITS).getByRole("button", { name: "Cancel request" }).click();
  await chat.see(cancelled.nth(1));
  await chat.rest();
});

test("a person without the permission is refused before any phone rings", async ({ chat, phone, live }) => {
  const person = live ? BOB : GRACE;
  // One that was cancelled earlier may still ring there.
  await phone.open(person);
  const before = await phone.pushes.count();
  await chat.signIn(person);
  await chat.ask(RESET);
  const refused = chat.card("Reset the password of eve@acme.example: not permitted");
  await chat.see(refused);
  await expect(refused).toContainText("it needs read_okta on okta:users. Nothing was changed.");
  await chat.rest();
  await phone.open(person);
  await expect(phone.pushes).toHaveCount(before);
});
