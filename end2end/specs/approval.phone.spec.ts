import { ADA } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

test("a phone's screen shows code, countdown and the way out whole, and nothing is cut off", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask("Disable the user eve@acme.example");
  const card = chat.card("Disable the user eve@acme.example: waiting for your confirmation");
  await expect(card).toContainText("Confirm only if your phone shows this code");
  const cancel = card.getByRole("button", { name: "Cancel request" });
  for (const part of [card.locator(".code"), card.getByRole("timer"), cancel]) {
    await expect(part).toBeInViewport({ ratio: 1 });
  }
  const code = card.locator(".code");
  expect(await code.evaluate((own) => own.scrollWidth - own.clientWidth), "the code is cut off").toBeLessThanOrEqual(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await cancel.click();
  await expect(chat.card("Disable the user eve@acme.example: cancelled")).toBeVisible();
  await chat.rest();
});
