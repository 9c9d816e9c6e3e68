import { ADA } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

test("on a phone's screen code and countdown share a line, and nothing is cut off", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask("Delete the user eve@acme.example");
  const card = chat.card("Delete the user eve@acme.example for good: waiting for your approval");
  await expect(card).toContainText("only if it shows this code");
  const [code, timer] = [await card.locator(".code").boundingBox(), await card.getByRole("timer").boundingBox()];
  expect(Math.abs(middle(code) - middle(timer)), "one line").toBeLessThan(8);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await card.getByRole("button", { name: "Cancel" }).click();
  await expect(chat.card("Delete the user eve@acme.example for good: cancelled")).toBeVisible();
  await chat.rest();
});

const middle = (box: { y: number; height: number } | null) => (box ? box.y + box.height / 2 : Number.NaN);
