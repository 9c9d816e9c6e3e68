import { ADA, BOB, EVE, GRACE } from "../pages/chooser.ts";
import { GROUPS } from "../pages/chat.ts";
import { expect, test } from "../support/test.ts";

test("the signed-out page loads no script", async ({ page, signedOut, live }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(`${request.resourceType()} ${new URL(request.url()).pathname}`));
  const answer = await page.goto("/");
  await page.waitForLoadState("networkidle");
  await signedOut.isShown();
  expect(answer?.status()).toBe(200);
  expect(loaded.filter((what) => /^script|\.(js|wasm)$/.test(what))).toEqual([]);
  const others = "script[src], link[rel=modulepreload], link[rel=preload]";
  await expect(page.locator(others)).toHaveCount(0);
});

for (const person of [ADA, BOB, EVE, GRACE]) {
  test(`${person.name} signs in`, async ({ chat, page }) => {
    await chat.signIn(person);
    const greeting = page.getByRole("main").getByRole("heading", { level: 2 });
    await expect(greeting).toHaveText(`How can I help, ${person.name.split(" ")[0]}?`);
    // An address that nobody vouches for is not held to be the person's.
    const address = person === GRACE ? "" : person.email;
    await expect(chat.person.locator("small")).toHaveText(address);
    await chat.acts.click();
    const sheet = page.locator("#acts");
    await expect(sheet).toContainText(person.name);
    await expect(sheet.getByText(person.email)).toHaveCount(address ? 1 : 0);
  });
}

test("a person who cancels at the provider is told so and can start again", async ({ page, signedOut, chooser, noise }) => {
  noise.expect(/403/);
  await page.goto("/");
  await signedOut.signIn.click();
  await chooser.cancel.click();
  await expect(page.getByRole("heading", { name: "You are not signed in", exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Back to conversations" }).click();
  await signedOut.isShown();
});

test("a sign-in leads back to the requested conversation", async ({ chat, page, context, signedOut, chooser }) => {
  await chat.signIn(ADA);
  await chat.ask(GROUPS);
  await chat.rest();
  const deep = page.url();
  await context.clearCookies();
  await page.goto(deep);
  await signedOut.signIn.click();
  await chooser.choose(ADA);
  await expect(page).toHaveURL(deep);
  await expect(chat.mine(GROUPS)).toBeVisible();
});

test("a return path to another origin leads home", async ({ page, chooser, chat }) => {
  await page.goto("/auth/login?return_to=//evil.example/c/x");
  await chooser.choose(ADA);
  await chat.ready();
  expect(new URL(page.url()).pathname).toBe("/");
});
