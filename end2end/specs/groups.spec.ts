import { ADA, BOB, EVE } from "../pages/chooser.ts";
import { GROUPS } from "../pages/chat.ts";
import { ADA_READS_GROUPS } from "../pages/console.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

test("the administrator's groups are streamed below a card with the call", async ({ chat }) => {
  await chat.signIn(ADA);
  await model.next(model.call("okta_groups", {}), model.gate(3));
  await chat.ask(GROUPS);
  await chat.see(chat.card(/^Read your Okta groups: done · 3 groups$/));
  // Without script the page shows the words of the moment at which it was loaded.
  await chat.see(chat.partial.filter({ hasText: /^You belong to/ }));
  await expect(chat.log.getByRole("listitem")).toHaveCount(0);

  await model.release();
  await chat.see(chat.theirs("You belong to three groups:"));
  await expect(chat.log.getByRole("listitem")).toHaveText(["Everyone", "IT Helpdesk", "VPN users"]);
  await chat.rest();
  await expect(chat.partial).toHaveCount(0);

  await chat.reload();
  await expect(chat.title, "the first action names the conversation").toHaveText("Read your Okta groups");
});

test("a removed permission takes effect at once, and so does a granted one", async ({ chat, console }) => {
  await chat.signIn(ADA);
  await chat.ask(GROUPS);
  await chat.see(chat.theirs("You belong to three groups:"));
  await chat.rest();

  await console.remove(ADA_READS_GROUPS);
  await chat.ask(GROUPS);
  const refusal = chat.card("Read your Okta groups: not permitted");
  await chat.see(refusal);
  await expect(refusal).toContainText("it needs read_okta on okta:groups. Nothing was changed.");
  await chat.see(chat.theirs(/couldn't do that/));
  await chat.rest();

  await console.add(ADA_READS_GROUPS);
  await chat.ask(GROUPS);
  await chat.see(chat.card(/groups: done/).nth(1));
  await chat.see(chat.theirs("You belong to three groups:").nth(1));
  await chat.rest();
});

test("a contractor without permission is refused", async ({ chat }) => {
  await chat.signIn(EVE);
  await chat.ask(GROUPS);
  const refusal = chat.card("Read your Okta groups: not permitted");
  await chat.see(refusal);
  await expect(refusal).toContainText("it needs read_okta on okta:groups.");
  await expect(refusal).toContainText("Once an administrator grants it, it works right away.");
  await chat.rest();
  await expect(chat.log).not.toContainText("Contractors");
});

test("an employee connects the needed account, and the same turn continues; after disconnecting it is needed again", async ({
  chat,
  connections,
}) => {
  await chat.signIn(BOB);
  await connections.disconnect("Okta");
  await chat.open();
  await chat.ask(GROUPS);
  const wanted = chat.card("Read your Okta groups: account needed");
  await chat.see(wanted);
  await expect(wanted).toContainText("This needs your account at Okta");
  await expect(wanted).toContainText("okta.users.read");
  await wanted.getByRole("button", { name: "Connect Okta" }).click();
  await connections.allow("Okta");
  await chat.ready();
  await chat.see(chat.card(/groups: done · 2 groups/));
  await chat.see(chat.theirs("You belong to two groups:"));
  await chat.rest();

  await connections.disconnect("Okta");
  await chat.open();
  await chat.ask(GROUPS);
  await chat.see(wanted);
  await wanted.getByRole("button", { name: "Not now" }).click();
  const declined = chat.card("Read your Okta groups: not connected");
  await chat.see(declined);
  await expect(declined).toContainText("which is not connected. Nothing was done.");
  await chat.rest();
});
