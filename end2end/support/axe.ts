// axe-core on a page, by all of its rules. It is a script, so the browser must run scripts.
import axe from "axe-core";
import { expect, type Page } from "@playwright/test";

/** Fails with what is wrong and where. */
export async function accessible(page: Page) {
  // Not by a script element: the page's policy would refuse it, and rightly.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  const found = violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}): ${node.html.slice(0, 200)} ${node.failureSummary}`));
  expect(found, page.url()).toEqual([]);
}
