// Moving pictures of the troubles that people have with such products, and of how this one behaves: another account in
// another tab, seven tabs, a silent network, an element that something else put before the composer.
import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { ADA, BOB } from "../pages/chooser.ts";
import { animation, type Frame } from "./animation.ts";
import { foreignElement } from "../support/foreign.ts";
import { hide } from "../support/hide.ts";
import { GALLERY, Visitor } from "./camera.ts";

const RESET = "Reset the password of bob@acme.example";
const SIZE = { width: 860, height: 580 };

test.use({ viewport: SIZE, colorScheme: "light" });

/** A trouble: what happens, and the pictures that it takes. */
function trouble(name: string, happens: (page: Page, take: (of?: Page, ms?: number) => Promise<void>) => Promise<void>) {
  test(name, async ({ page }) => {
    test.skip(test.info().project.name !== "en" || !name.includes(process.env.ONLY ?? ""), "not wanted");
    const frames: Frame[] = [];
    await happens(page, async (of = page, ms = 2500) => {
      frames.push({ png: await of.screenshot({ caret: "hide" }), ms });
    });
    mkdirSync(GALLERY, { recursive: true });
    writeFileSync(`${GALLERY}/${name}.png`, animation(frames));
  });
}

async function another(page: Page) {
  const tab = await page.context().newPage();
  await tab.setViewportSize(SIZE);
  return tab;
}

trouble("trouble-another-account", async (page, take) => {
  const ada = new Visitor(page, "en", []);
  await ada.signIn(ADA);
  await page.locator("#message").fill(RESET);
  await take();
  // Somebody else signs in in another tab of the same browser.
  const tab = await another(page);
  await tab.goto("/");
  await tab.getByRole("button", { name: "Sign out" }).click();
  await new Visitor(tab, "en", []).signIn(BOB);
  await take(tab);
  await page.bringToFront();
  await page.locator("#message").press("Enter");
  await expect(page.getByText("Somebody else is signed in in this browser now.")).toBeVisible();
  await expect(page.locator("#message")).toHaveValue(RESET);
  await take(page, 4000);
});

trouble("trouble-seven-tabs", async (page, take) => {
  const ada = new Visitor(page, "en", []);
  await ada.signIn(ADA);
  await ada.ask("Hello");
  await ada.rest();
  await take();
  const tabs = [page];
  while (tabs.length < 7) {
    const tab = await another(page);
    await tab.goto(page.url());
    await new Visitor(tab, "en", []).ready();
    await hide(tabs.at(-1)!, true);
    tabs.push(tab);
  }
  const last = tabs[6]!;
  await last.locator("#message").fill(RESET);
  await take(last, 1200);
  await last.locator("#message").press("Enter");
  await expect(last.locator("#waiting .match p")).toContainText("phone");
  await take(last);
  for (const tab of tabs) await expect(tab).toHaveTitle(/^\(1\) /);
  // Another tab comes into view, and has it too.
  await hide(last, true);
  await hide(tabs[2]!, false);
  await expect(tabs[2]!.locator("#waiting")).toBeVisible();
  await take(tabs[2]);
  await tabs[2]!.locator("#waiting footer button").click();
  await hide(last, false);
  await expect(last.locator("#waiting")).toBeHidden();
  await take(last, 4000);
});

trouble("trouble-silent-network", async (page, take) => {
  const ada = new Visitor(page, "en", []);
  await ada.signIn(ADA);
  await ada.ask("Hello");
  await ada.rest();
  await take();
  await page.context().setOffline(true);
  await page.locator("#message").fill("What is 19% of 230?");
  await page.locator("#message").press("Enter");
  await expect(page.getByText("Not sent", { exact: true })).toBeVisible();
  await take();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator(".said.mine[data-place=taken]")).toHaveCount(2);
  await ada.rest();
  await take(page, 4000);
});

trouble("trouble-foreign-element", async (page, take) => {
  const ada = new Visitor(page, "en", []);
  await ada.signIn(ADA);
  await foreignElement(page);
  await page.reload();
  await expect(page.getByText("A toolbar of something else")).toBeVisible();
  await expect(page.locator(".dead")).toBeVisible();
  await take();
  await page.locator("#message").fill("What is 19% of 230?");
  await page.locator("form .first").last().click();
  await expect(page).toHaveURL(/\/c\/\w+/);
  await expect(page.locator(".said.mine")).toHaveCount(1);
  await take(page, 4000);
});
