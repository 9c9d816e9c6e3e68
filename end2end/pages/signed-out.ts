// The page of who is not signed in.
import { expect, type Page } from "@playwright/test";

export class SignedOut {
  get heading() {
    return this.page.getByRole("heading", { level: 1, name: "Your IT help desk, acting as you and never beyond" });
  }
  get signIn() {
    return this.page.getByRole("link", { name: "Sign in" });
  }

  constructor(readonly page: Page) {}

  async isShown() {
    await expect(this.heading).toBeVisible();
    await expect(this.signIn).toBeVisible();
  }
}
