import { ADA, EVE } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

for (const path of ["/c/neverwas", "/c/..%2f..%2fetc", "/nothing/here", "/c/%00"]) {
  test(`${path} is not found`, async ({ chat, page, noise }) => {
    noise.expect(/404/);
    await chat.signIn(ADA);
    expect((await page.goto(path))?.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await page.getByRole("link", { name: "Go to your conversations" }).click();
    await chat.ready();
  });
}

test("another person's conversation looks like a missing one", async ({ chat, page, context, noise }) => {
  noise.expect(/404/);
  await chat.signIn(ADA);
  await chat.ask("Thanks");
  await chat.rest();
  const conversation = page.url();
  await context.clearCookies();
  await chat.signIn(EVE);
  expect((await page.goto(conversation))?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  await expect(page.getByText("Thanks")).toHaveCount(0);
});
