// The page of all conversations.
import { expect, type Page } from "@playwright/test";

export class Conversations {
  get deleted() {
    return this.page.getByRole("status").filter({ hasText: "The conversation was deleted." });
  }
  get nothing() {
    return this.page.getByText(/^Nothing found/);
  }
  private get search() {
    return this.page.getByRole("main").getByRole("search");
  }

  constructor(readonly page: Page) {}

  async open() {
    await this.page.goto("/conversations");
    await expect(this.page.getByRole("heading", { level: 1, name: "Conversations" })).toBeVisible();
  }

  async find(words: string) {
    await this.open();
    await this.search.getByRole("searchbox").fill(words);
    await this.search.getByRole("button", { name: "Search" }).click();
    await expect(this.page).toHaveURL(/[?]q=/);
  }

  row(title: string) {
    const link = this.page.getByRole("link", { name: title, exact: true });
    return this.page.getByRole("main").getByRole("listitem").filter({ has: link });
  }

  async rename(title: string, to: string) {
    const row = await this.unfold(title);
    await row.getByRole("textbox", { name: "New title" }).fill(to);
    await row.getByRole("button", { name: "Rename", exact: true }).click();
    await expect(this.row(to)).toBeVisible();
    await expect(this.row(title)).toHaveCount(0);
  }

  async delete(title: string) {
    const row = await this.unfold(title);
    await row.getByRole("button", { name: "Delete", exact: true }).click();
    await expect(this.deleted).toBeVisible();
    await expect(this.row(title)).toHaveCount(0);
  }

  /** Takes the deletion back, which opens the conversation. */
  async undo() {
    await this.deleted.getByRole("button", { name: "Undo" }).click();
  }

  private async unfold(title: string) {
    const row = this.row(title);
    await row.locator("summary").click();
    return row;
  }
}
