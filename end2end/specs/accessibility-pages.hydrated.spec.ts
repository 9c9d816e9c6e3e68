import { ADA, GRACE } from "../pages/chooser.ts";
import { AUDIT, PAGES, TOOLS } from "../pages/navigation.ts";
import { StyleGuide } from "../pages/style-guide.ts";
import { accessible } from "../support/axe.ts";
import { expect, test } from "../support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`axe finds no violation on a page of the navigation, ${colorScheme}:`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    for (const [person, pages] of [[ADA, [...PAGES, TOOLS]], [GRACE, [AUDIT]]] as const) {
      test(`${person.role}`, async ({ page, chat }) => {
        test.slow();
        await chat.signIn(person);
        // An entry for the lists.
        await chat.ask("What is 12 * 7?");
        await chat.rest();
        for (const { link, path, heading } of pages) {
          await chat.column.getByRole("link", { name: link, exact: true }).click();
          await expect(page).toHaveURL(path);
          await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
          await accessible(page);
        }
      });
    }

    test("an entry of the ledger", async ({ page, chat }) => {
      await chat.signIn(ADA);
      await chat.ask("What is 12 * 7?");
      await chat.rest();
      await page.goto("/activity");
      await page.locator("tr.entry summary").first().click();
      await page.getByRole("link", { name: "Open this entry" }).first().click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Recorded action");
      await accessible(page);
    });

    test("every section of the style guide", async ({ page, chat, noise }) => {
      // The code to scan of a made-up request.
      noise.expect(/404 \(Not Found\)/);
      test.slow();
      await chat.signIn(ADA);
      await new StyleGuide(page).open();
      await accessible(page);
    });
  });
}
