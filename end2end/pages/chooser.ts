// The identity provider's page of demo people.
import { expect, type Page } from "@playwright/test";

export const ADA = { name: "Ada Byron", email: "ada@acme.example", role: "IT administrator" };
export const BOB = { name: "Bob Crane", email: "bob@acme.example", role: "Employee" };
export const EVE = { name: "Eve Dorn", email: "eve@acme.example", role: "Contractor" };
export const GRACE = { name: "Grace Hale", email: "grace@acme.example", role: "Employee" };
export type Person = typeof ADA;

export class Chooser {
  get heading() {
    return this.page.getByRole("heading", { level: 1, name: "Sign in" });
  }
  get cancel() {
    return this.page.getByRole("button", { name: "Cancel" });
  }

  constructor(readonly page: Page) {}

  person(person: Person) {
    return this.page.getByRole("button", { name: person.name });
  }

  async choose(person: Person) {
    await expect(this.heading).toBeVisible();
    await this.person(person).click();
  }
}
