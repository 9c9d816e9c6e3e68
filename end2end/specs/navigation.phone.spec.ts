import { ADA } from "../pages/chooser.ts";
import { PAGES, TOOLS } from "../pages/navigation.ts";
import { accessible } from "../support/axe.ts";
import { fits } from "../support/fits.ts";
import { expect, test } from "../support/test.ts";

// A narrow phone.
test.use({ viewport: { width: 360, height: 740 } });

test("the drawer opens, Escape and a tap outside close it, and it leads to every page", async ({ chat, page }) => {
  test.slow();
  await chat.signIn(ADA);
  await chat.ask("What is 12 * 7?");
  await chat.rest();
  await expect(chat.column).toBeHidden();
  await chat.menu.tap();
  await expect(chat.column).toBeInViewport();
  await accessible(page);
  await page.keyboard.press("Escape");
  await expect(chat.column).toBeHidden();
  await expect(chat.menu, "the focus is back where it was").toBeFocused();

  await chat.menu.tap();
  await expect(chat.column).toBeVisible();
  await page.touchscreen.tap(350, 400);
  await expect(chat.column).toBeHidden();

  for (const { link, path, heading } of [...PAGES, TOOLS]) {
    await chat.menu.tap();
    await chat.column.getByRole("link", { name: link, exact: true }).tap();
    await expect(page).toHaveURL(path);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
    await expect(chat.column).toBeHidden();
    await fits(page);
    await accessible(page);
  }
});
