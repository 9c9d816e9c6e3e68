// The width of a page.
import { expect, type Page } from "@playwright/test";

/** Fails if anything on the page is wider than the screen. */
export async function fits(page: Page) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
}
