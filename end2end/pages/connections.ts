// The page of connected accounts, and the third party's own question on the way there.
import { expect, type Page } from "@playwright/test";

export class Connections {
  constructor(readonly page: Page) {}

  private account(provider: string) {
    return this.page.getByRole("region", { name: provider });
  }

  async open() {
    await this.page.goto("/connections");
    await expect(this.page.getByRole("heading", { level: 1, name: "Connected accounts" })).toBeVisible();
  }

  /** Connects with all that the tools may ask for, whether or not it was connected before. */
  async connect(provider: string) {
    await this.open();
    await this.account(provider).getByRole("button", { name: new RegExp(`^(Connect|Update access to) ${provider}`) }).click();
    await this.allow(provider);
    await expect(this.account(provider)).toContainText("It allows");
  }

  /** Ends the account, if it is connected. */
  async disconnect(provider: string) {
    await this.open();
    const end = this.page.locator("summary", { hasText: `Disconnect ${provider}…` });
    if ((await end.count()) === 0) return;
    await end.click();
    await expect(this.account(provider)).toContainText("Countersign will no longer be able to do this for you:");
    await this.page.getByRole("button", { name: `Disconnect ${provider} now` }).click();
    await expect(this.account(provider)).toContainText("Not connected");
  }

  /** Says yes on the third party's page. */
  async allow(provider: string) {
    await expect(this.page.getByRole("heading", { level: 1, name: `Connect ${provider}` })).toBeVisible();
    await this.page.getByRole("button", { name: "Allow" }).click();
  }

  /** Chooses an account at GitHub, which is asked there and not by the identity provider. */
  async chooseAtGitHub(login: string) {
    await expect(this.page.getByRole("heading", { level: 1, name: "Authorize at GitHub" })).toBeVisible();
    await this.page.getByRole("button", { name: login }).click();
  }

  /** Says no at GitHub. */
  async cancelAtGitHub() {
    await this.page.getByRole("button", { name: "Cancel" }).click();
    await expect(this.page.getByRole("heading", { level: 1, name: "The account is not connected" })).toBeVisible();
  }
}
