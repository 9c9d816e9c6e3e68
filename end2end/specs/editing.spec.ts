import { ADA } from "../pages/chooser.ts";
import { GROUPS } from "../pages/chat.ts";
import { expect, test } from "../support/test.ts";

test("an edited message replaces the old one, which stays readable", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask("Hello");
  await chat.rest();
  const conversation = new URL(page.url()).pathname;
  await chat.ask("Thanks");
  await chat.rest();

  await chat.mine("Hello").hover();
  await chat.mine("Hello").getByRole("link", { name: "Edit" }).click();
  await chat.ready();
  await expect(chat.box).toHaveValue("Hello");
  await expect(page.getByText("Your message and all that followed are replaced.")).toBeVisible();
  await chat.box.fill(GROUPS);
  await chat.send.click();
  await expect(page).toHaveURL(new RegExp(`${conversation}\\??$`));
  await chat.see(chat.card(/Read your Okta groups: done/));
  await chat.rest();

  const old = chat.log.locator("details.replaced");
  await expect(old).toHaveCount(1);
  await expect(old.getByText("Thanks")).toBeHidden();
  await old.locator("summary").first().click();
  await expect(old.getByText("Thanks")).toBeVisible();
  await expect(chat.box).toHaveValue("");
});

test("a message can be sent again, and has a link", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask("Hello");
  await chat.rest();
  await chat.mine("Hello").hover();
  await chat.mine("Hello").getByRole("link", { name: "Link" }).click();
  await expect(page).toHaveURL(/\/c\/\w+\?at=1#m1$/);
  await chat.ready();
  await expect(page.locator("#m1")).toBeVisible();
  await page.locator("#m1").hover();
  await page.locator("#m1").getByRole("button", { name: "Send again" }).click();
  await chat.ready();
  await chat.see(chat.log.locator("details.replaced"));
  await chat.rest();
  await expect(chat.log.locator("> .item > .said.mine", { hasText: "Hello" })).toHaveCount(1);
});
