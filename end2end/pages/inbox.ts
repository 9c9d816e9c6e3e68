// The inbox: what waits for the person.
import { expect, type Page } from "@playwright/test";
import type { Person } from "./chooser.ts";
import type { Tuple } from "./console.ts";

export class Inbox {
  constructor(readonly page: Page) {}

  async open() {
    await this.page.goto("/inbox");
    await expect(this.page.getByRole("heading", { level: 1, name: "Inbox" })).toBeVisible();
  }

  /** Somebody's request for access that the person may answer, or the access that they were granted. */
  request(person: Person, { relation, object }: Tuple) {
    const asks = this.page.getByRole("main").getByRole("listitem").filter({ hasText: `Asks for ${relation} on ${object}.` });
    return asks.filter({ hasText: person.name });
  }
}
