// The page with every component in every state.
import { expect, type Page } from "@playwright/test";

/** Its sections by anchor, in order. A test compares them with the page. */
export const SECTIONS = [
  "pieces", "messages", "answer", "calls", "refusals", "unapproved", "approvals", "accounts", "remarks", "lines", "problems",
  "composers", "start", "columns", "answering", "permissions", "connections", "records",
];

export class StyleGuide {
  constructor(readonly page: Page) {}

  async open() {
    await this.page.goto("/styleguide");
    await expect(this.page.getByRole("heading", { level: 1 }).first()).toHaveText("Style guide");
    expect(await this.page.locator(".guide").evaluateAll((all) => all.map(({ id }) => id))).toEqual(SECTIONS);
  }

  section(id: string) {
    return this.page.locator(`#${id}`);
  }
}
