import { BOB } from "../pages/chooser.ts";
import { STORY } from "../pages/chat.ts";
import { expect, test } from "../support/test.ts";

test("a session that the provider ends is over in the open page too, and no text is lost", async ({ chat, page, console, chooser, noise }) => {
  noise.expect(/401/);
  await chat.signIn(BOB);
  await chat.ask(STORY);
  await chat.rest();
  const conversation = page.url();
  await console.signOutEverywhere(BOB);

  await chat.box.fill("and another one");
  await chat.send.click();
  await expect(chat.problem).toContainText("You've been signed out.");
  await expect(chat.box).toHaveValue("and another one");

  await page.getByRole("alert").getByRole("link", { name: "Sign in" }).click();
  await chooser.choose(BOB);
  await expect(page).toHaveURL(conversation);
  await expect(chat.box).toHaveValue("and another one");
});
