import { ADA } from "../pages/chooser.ts";
import { GROUPS } from "../pages/chat.ts";
import { expect, test } from "../support/test.ts";

test("signing out ends the session, here and at the provider", async ({ chat, page, signedOut, chooser, context }) => {
  await chat.signIn(ADA);
  await chat.ask(GROUPS);
  await chat.rest();
  const conversation = page.url();
  const cookies = await context.cookies();

  await chat.signOut.click();
  await signedOut.isShown();

  await test.step("going back and reloading show nothing of the session", async () => {
    await page.goBack();
    await signedOut.isShown();
    await expect(page.getByText(GROUPS)).toHaveCount(0);
    await page.reload();
    await signedOut.isShown();
  });
  await test.step("the old cookie no longer works", async () => {
    await context.addCookies(cookies);
    await page.goto(conversation);
    await signedOut.isShown();
  });
  await test.step("the provider asks for a new sign-in", async () => {
    await context.clearCookies();
    await page.goto("/");
    await signedOut.signIn.click();
    await expect(chooser.person(ADA)).toBeVisible();
  });
});
