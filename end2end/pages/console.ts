// The sandbox's console.
import { expect, type APIRequestContext, type Page } from "@playwright/test";
import { CONSOLE } from "../support/env.ts";
import type { Person } from "./chooser.ts";

export type Tuple = { user: string; relation: string; object: string };

/** What lets the administrator read groups. */
export const ADA_READS_GROUPS: Tuple = { user: "user:auth0|ada", relation: "read_okta", object: "okta:groups" };

/** What lets her list her tasks at the MCP server. */
export const ADA_LISTS_TASKS: Tuple = { user: "user:auth0|ada", relation: "can_call", object: "tool:tasks/get_tasks" };

/** The permission that the contractor lacks to calculate, and can be granted for a time. */
export const EVE_CALCULATES: Tuple = { user: "user:auth0|eve", relation: "can_call", object: "tool:countersign/calculate" };

export class Console {
  get permissions() {
    return this.page.getByRole("region", { name: "Permissions" });
  }

  constructor(readonly page: Page) {}

  async open() {
    await this.page.goto(CONSOLE);
    await expect(this.page.getByText("Sandbox: these people and services are made up.")).toBeVisible();
  }

  removal(tuple: Tuple) {
    return this.permissions.getByRole("button", { name: `Remove ${tuple.user} ${tuple.relation} ${tuple.object}` });
  }

  async remove(tuple: Tuple) {
    await this.open();
    await this.removal(tuple).click();
    await expect(this.removal(tuple)).toHaveCount(0);
  }

  async add(tuple: Tuple) {
    await this.open();
    await this.permissions.getByRole("textbox", { name: "User" }).fill(tuple.user);
    await this.permissions.getByRole("textbox", { name: "Relation" }).fill(tuple.relation);
    await this.permissions.getByRole("textbox", { name: "Object" }).fill(tuple.object);
    await this.permissions.getByRole("button", { name: "Add tuple" }).click();
    await expect(this.removal(tuple)).toBeVisible();
  }

  /** Puts a person into an Okta group. */
  async join(person: Person, group: string) {
    const answer = await this.page.request.post(`${CONSOLE}/groups/add`, { form: { login: person.email, group } });
    expect(answer.ok()).toBe(true);
  }

  /** Takes a person out of an Okta group. */
  async leave(person: Person, group: string) {
    const answer = await this.page.request.post(`${CONSOLE}/groups/remove`, { form: { login: person.email, group } });
    expect(answer.ok()).toBe(true);
  }

  async signOutEverywhere(person: Person) {
    await this.open();
    await this.page.getByRole("button", { name: `Sign out everywhere: ${person.name}` }).click();
  }

  /** Gives back what a test that failed halfway may have taken away, and takes away what one may have given. */
  static async restore(request: APIRequestContext) {
    const shown = await text(request);
    const holds = (tuple: Tuple) => shown.includes(`Remove ${tuple.user} ${tuple.relation} ${tuple.object}`);
    if (!holds(ADA_READS_GROUPS)) await request.post(`${CONSOLE}/tuples/add`, { form: ADA_READS_GROUPS });
    if (holds(EVE_CALCULATES)) await request.post(`${CONSOLE}/tuples/remove`, { form: EVE_CALCULATES });
  }

  /** What the sandbox holds against its clients so far, oldest first. */
  static async sins(request: APIRequestContext): Promise<string[]> {
    const section = (await text(request)).split('<section id="sins"')[1]?.split("</section>")[0] ?? "";
    const rows = section.split("<tbody>")[1]?.split("</tbody>")[0].split("</tr>") ?? [];
    return rows.map((row) => row.replaceAll(/<[^>]*>/g, " ").trim()).filter(Boolean).reverse();
  }
}

async function text(request: APIRequestContext): Promise<string> {
  return (await request.get(CONSOLE)).text();
}
