// A person's phone, as the sandbox's identity provider shows it.
import { expect, type Page } from "@playwright/test";
import { given } from "../support/env.ts";
import type { Person } from "./chooser.ts";

export class Phone {
  get pushes() {
    return this.page.getByRole("article").filter({ has: this.page.getByRole("button", { name: /^Approve/ }) });
  }

  constructor(readonly page: Page) {}

  async open(person: Person) {
    const sub = `auth0|${person.email.split("@")[0]}`;
    await this.page.goto(`${given("OIDC_ISSUER")}phone?person=${encodeURIComponent(sub)}`);
    await expect(this.page.getByRole("heading", { level: 1, name: `Phone of ${person.name}` })).toBeVisible();
  }

  /** Answers the push that shows this code. Others may still ring: CIBA knows no way to take one back. */
  async answer(person: Person, code: string, button: "Approve" | "Deny") {
    await this.open(person);
    const push = this.pushes.filter({ hasText: code });
    await push.getByRole("button", { name: new RegExp(`^${button}`) }).click();
    await expect(push).toHaveCount(0);
  }
}
