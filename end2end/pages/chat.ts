// The chat page: the log, the cards, the composer, and how to get there.
import { expect, type Locator, type Page } from "@playwright/test";
import { Chooser, type Person } from "./chooser.ts";
import { SignedOut } from "./signed-out.ts";

export const GROUPS = "What are my Okta groups?";
export const TASKS = "List all my assigned tasks";
export const STORY = "Tell me a story";
/** How the story begins and ends; it is long enough to do things in its middle. */
export const STORY_BEGINS = "Once there was a harbor town";
export const STORY_ENDS = "I only asked whose word it was.";

export class Chat {
  get log() {
    return this.page.getByRole("log", { name: "Conversation" });
  }
  get title() {
    return this.page.getByRole("banner").getByRole("heading", { level: 1 });
  }
  get box() {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }
  get send() {
    return this.page.getByRole("button", { name: "Send", exact: true });
  }
  get stop() {
    return this.page.getByRole("button", { name: "Stop", exact: true });
  }
  get withdraw() {
    return this.log.getByRole("button", { name: "Remove" });
  }
  get problem() {
    return this.page.getByRole("alert").locator("p");
  }
  get lost() {
    return this.page.getByText("You're offline. Reconnecting…");
  }
  /** The area that scrolls. */
  get pane() {
    return this.page.locator(".pane");
  }
  /** The button that leads back to the end. */
  get down() {
    return this.page.getByRole("button", { name: /^(New messages|To the end)$/ });
  }
  /** The line about a request that waits in another conversation, or out of view. */
  get strip() {
    return this.page.getByRole("status").locator(".strip");
  }
  /** An own message that the server has not accepted yet. */
  get sending() {
    return this.log.locator("[data-place=sending]");
  }
  /** The column of every page; on a phone it is a drawer. */
  get column() {
    return this.page.getByRole("navigation", { name: "Countersign", exact: true });
  }
  get menu() {
    return this.page.getByRole("button", { name: "Menu" });
  }
  /** The signed-in person, at the column's foot. */
  get person() {
    return this.page.locator(".me");
  }
  get acts() {
    return this.page.getByRole("button", { name: "Acts as you" });
  }
  get signOut() {
    return this.page.getByRole("button", { name: "Sign out" });
  }
  /** The words that are being said. */
  get partial() {
    return this.log.locator(".said[aria-hidden]");
  }
  get thinking() {
    return this.log.getByText("Thinking…");
  }

  constructor(
    readonly page: Page,
    readonly live: boolean,
  ) {}

  /** The same person's second tab. */
  async secondTab() {
    const other = new Chat(await this.page.context().newPage(), this.live);
    await other.open(this.page.url());
    return other;
  }

  async open(path = "/") {
    await this.page.goto(path);
    await this.ready();
  }

  async reload() {
    await this.page.reload();
    await this.ready();
  }

  /** From wherever a signed-out person is, to the chat. */
  async signIn(person: Person, path = "/") {
    await this.page.goto(path);
    await new SignedOut(this.page).signIn.click();
    await new Chooser(this.page).choose(person);
    await this.ready();
    await expect(this.person).toContainText(person.name);
  }

  async ready() {
    await expect(this.box).toBeVisible();
    if (this.live) await expect(this.page.locator("body[data-hydrated]")).toBeAttached();
  }

  async ask(text: string) {
    await this.box.fill(text);
    await this.send.click();
    await this.see(this.mine(text).last());
    // A plain form is led back to its page with an empty query.
    await expect(this.page).toHaveURL(/\/c\/\w+\??$/);
  }

  /** Own messages that the log holds. */
  mine(text: string): Locator {
    return this.log.locator(".said.mine:not([data-place=sending])", { hasText: text });
  }

  theirs(text: string | RegExp): Locator {
    return this.log.locator(".said:not(.mine, [aria-hidden])", { hasText: text });
  }

  /** Tool cards by what they would do and how that stands, for example "Read your Okta groups: done". */
  card(name: string | RegExp): Locator {
    return this.log.getByRole("group", { name });
  }

  remark(text: string): Locator {
    return this.log.locator(".remark", { hasText: text });
  }

  /** Waits until it is shown. */
  async see(locator: Locator) {
    if (this.live) return expect(locator).toBeVisible();
    await expect(async () => {
      if (await locator.isVisible()) return;
      await this.page.reload();
      await expect(locator).toBeVisible({ timeout: 50 });
    }).toPass({ intervals: [50, 100, 200], timeout: 7_000 });
  }

  /** Waits until nothing goes on. */
  async rest() {
    const busy = this.log.and(this.page.locator("[aria-busy=true]"));
    await expect(async () => {
      if (!this.live) await this.page.reload();
      await expect(busy).toHaveCount(0, { timeout: 50 });
    }).toPass({ intervals: [50, 100, 200], timeout: 15_000 });
  }
}
