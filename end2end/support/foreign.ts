// An element that an extension of the browser puts into the page before its program starts.
import type { Page } from "@playwright/test";

export async function foreignElement(page: Page) {
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      const island = document.querySelector("leptos-island");
      if (!island?.firstElementChild) return;
      observer.disconnect();
      const toolbar = document.createElement("div");
      toolbar.textContent = "A toolbar of something else";
      island.prepend(toolbar);
    }).observe(document, { childList: true, subtree: true });
  });
}
