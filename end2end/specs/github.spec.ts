import { BOB, EVE } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

const REPOSITORIES = "List my repositories";

test("GitHub is connected without the identity provider, the same turn continues, and after disconnecting it is needed again", async ({
  chat,
  connections,
  page,
  noise,
}) => {
  // The page that says no was said.
  noise.expect(/403/);
  await chat.signIn(BOB);
  await connections.disconnect("GitHub");
  await chat.open();
  await chat.ask(REPOSITORIES);
  const wanted = chat.card("List your GitHub repositories: account needed");
  await chat.see(wanted);
  await expect(wanted).toContainText("This needs your account at GitHub");
  await expect(wanted).toContainText("repo");
  const conversation = page.url();
  await wanted.getByRole("button", { name: "Connect GitHub" }).click();
  await connections.cancelAtGitHub();
  await chat.open(conversation);
  await wanted.getByRole("button", { name: "Connect GitHub" }).click();
  await connections.chooseAtGitHub("bobcrane");
  await chat.ready();
  await chat.see(chat.card(/^List your GitHub repositories: done · 2 repositories/));
  await chat.see(chat.theirs(/bobcrane\/bobcrane-vault-01/));
  await chat.rest();

  await connections.disconnect("GitHub");
  await chat.open();
  await chat.ask(REPOSITORIES);
  await chat.see(wanted);
  await wanted.getByRole("button", { name: "Not now" }).click();
  const declined = chat.card("List your GitHub repositories: not connected");
  await chat.see(declined);
  await expect(declined).toContainText("which is not connected. Nothing was done.");
  await chat.rest();
});

test("a contractor without permission is refused before any account is asked for", async ({ chat }) => {
  await chat.signIn(EVE);
  await chat.ask(REPOSITORIES);
  const refusal = chat.card("List your GitHub repositories: not permitted");
  await chat.see(refusal);
  await expect(refusal).toContainText("it needs read_github on github:repositories.");
  await chat.rest();
});
