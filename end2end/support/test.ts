// The test function of all specs. It holds every test to this besides: a clean browser console, no secret in what the
// browser got, no protocol sin against a service, and a sandbox left as it was found.
import { expect, test as base, type BrowserContext } from "@playwright/test";
import { Chat } from "../pages/chat.ts";
import { Chooser } from "../pages/chooser.ts";
import { Connections } from "../pages/connections.ts";
import { Console } from "../pages/console.ts";
import { Phone } from "../pages/phone.ts";
import { SignedOut } from "../pages/signed-out.ts";
import * as canary from "./canary.ts";
import { APP } from "./env.ts";
import * as model from "./model.ts";

type Fixtures = {
  /** Whether the page continues by itself; without script it is as old as its last load. */
  live: boolean;
  /** Errors of the browser consoles that the test means to cause. */
  noise: { expect(pattern: RegExp): void; listen(context: BrowserContext): void };
  sandbox: void;
  secrets: void;
  chat: Chat;
  /** The chat in a second browser, where somebody else is signed in at the same time. */
  other: Chat;
  chooser: Chooser;
  connections: Connections;
  console: Console;
  phone: Phone;
  signedOut: SignedOut;
};

export const test = base.extend<Fixtures>({
  live: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),
  noise: [
    async ({ context, live }, use) => {
      // Without script, what is there for the script stays unused.
      const expected = live ? [] : [/^warning: .* was preloaded using link preload but not used/];
      const heard: string[] = [];
      listen(context, heard);
      await use({ expect: (pattern) => expected.push(pattern), listen: (context) => listen(context, heard) });
      expect(heard.filter((line) => !expected.some((pattern) => pattern.test(line))), "the browser console").toEqual([]);
    },
    { auto: true },
  ],
  sandbox: [
    async ({ playwright }, use) => {
      const request = await playwright.request.newContext();
      const before = await Console.sins(request);
      await model.behave();
      await use();
      await model.behave();
      await Console.restore(request);
      expect((await Console.sins(request)).slice(before.length), "protocol sins").toEqual([]);
      await request.dispose();
    },
    { auto: true },
  ],
  secrets: [
    // It asks for the page so that the page is still there at the end.
    async ({ page, live }, use) => {
      const watching = canary.watch(page.context());
      await use();
      expect(await watching.end(live), "secrets that the browser got").toEqual([]);
    },
    { auto: true },
  ],
  chat: async ({ page, live }, use) => use(new Chat(page, live)),
  other: async ({ browser, live, noise }, use) => {
    const context = await browser.newContext({ baseURL: APP, javaScriptEnabled: live });
    noise.listen(context);
    const watching = canary.watch(context);
    await use(new Chat(await context.newPage(), live));
    expect(await watching.end(live), "secrets that the second browser got").toEqual([]);
    await context.close();
  },
  chooser: async ({ page }, use) => use(new Chooser(page)),
  connections: async ({ page }, use) => use(new Connections(page)),
  // In a tab of its own: the person's page stays where it is.
  console: async ({ context }, use) => use(new Console(await context.newPage())),
  phone: async ({ context }, use) => use(new Phone(await context.newPage())),
  signedOut: async ({ page }, use) => use(new SignedOut(page)),
});

export { expect };

function listen(context: BrowserContext, heard: string[]) {
  context.on("console", (message) => {
    if (["error", "warning", "assert"].includes(message.type())) heard.push(`${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (error) => heard.push(`uncaught: ${error.error().message}`));
}
