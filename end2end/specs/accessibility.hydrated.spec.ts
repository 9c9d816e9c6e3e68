import { ADA, BOB, EVE } from "../pages/chooser.ts";
import { GROUPS, STORY, STORY_BEGINS } from "../pages/chat.ts";
import { accessible } from "../support/axe.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds no violation, ${colorScheme}:`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("signed out", async ({ page, signedOut }) => {
      await page.goto("/");
      await signedOut.isShown();
      await accessible(page);
    });

    test('a new conversation, and what "Acts as you" means', async ({ page, chat }) => {
      await chat.signIn(ADA);
      await accessible(page);
      await chat.acts.click();
      await expect(page.getByText("Countersign can do what you can do, and nothing else.")).toBeVisible();
      await accessible(page);
    });

    test("done and refused cards in an answer, with a waiting message", async ({ page, chat, console }) => {
      await chat.signIn(ADA);
      await chat.ask(GROUPS);
      await chat.see(chat.card(/done/));
      await chat.rest();
      await console.remove({ user: "user:auth0|ada", relation: "read_okta", object: "okta:groups" });
      await chat.ask(GROUPS);
      await chat.see(chat.card(/not permitted/));
      await chat.rest();
      await chat.card(/done/).locator("summary").click();
      await model.next(model.gate(12));
      await chat.ask(STORY);
      await chat.see(chat.partial.getByText(STORY_BEGINS));
      await chat.ask("Thanks");
      await accessible(page);
      await chat.withdraw.click();
      await chat.see(chat.mine("Thanks").getByText("Removed"));
      await chat.stop.click();
      await chat.see(chat.remark("You stopped this answer."));
      await accessible(page);
    });

    test("a request for an account, and the connected accounts", async ({ page, chat, connections }) => {
      await chat.signIn(BOB);
      await connections.disconnect("Okta");
      await accessible(page);
      await chat.open();
      await chat.ask(GROUPS);
      const wanted = chat.card(/account needed/);
      await chat.see(wanted.getByRole("timer"));
      await accessible(page);
      await wanted.getByRole("button", { name: "Not now" }).click();
      await chat.rest();
      await connections.connect("Okta");
      await page.locator("summary", { hasText: "Disconnect Okta…" }).click();
      await accessible(page);
      await connections.disconnect("Okta");
    });

    test("a refused message", async ({ page, chat, noise }) => {
      noise.expect(/422/);
      await chat.signIn(EVE);
      await chat.box.fill("x".repeat(40_000));
      await chat.send.click();
      await expect(chat.problem).toBeVisible();
      await accessible(page);
    });

    test("a page that does not exist", async ({ page, chat, noise }) => {
      noise.expect(/404/);
      await chat.signIn(ADA);
      await page.goto("/c/neverwas");
      await accessible(page);
    });
  });
}
