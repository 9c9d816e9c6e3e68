// The page of who is not signed in.
import { expect, type Page } from "@playwright/test";

export class SignedOut {
  get heading() {
    return this.page.getByRole("heading", { level: 1, name: "IT help that can only do what you can do" });
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
