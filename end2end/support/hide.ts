// Tabs that another one lies over. Without a window no tab is ever hidden.
import type { Page } from "@playwright/test";

export async function hide(page: Page, hidden: boolean) {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
