import { ADA } from "../pages/chooser.ts";
import { foreignElement } from "../support/foreign.ts";
import { expect, test } from "../support/test.ts";

test("a page whose program cannot start says so, and its form still sends", async ({ chat, page, noise }) => {
  noise.expect(/RuntimeError|unreachable|panicked|hydrat/i);
  await chat.signIn(ADA);
  await foreignElement(page);
  await page.reload();
  await expect(page.getByText("A toolbar of something else")).toBeVisible();
  await expect(page.getByRole("alert").getByRole("link", { name: "Reload" })).toBeVisible();
  await chat.box.fill("Hello");
  await chat.send.click();
  await expect(page).toHaveURL(/\/c\/\w+/);
  await expect(chat.log.locator(".said.mine")).toContainText("Hello");
});
