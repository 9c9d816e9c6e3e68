// Notifications: turned on in a browser whose push service is the sandbox's, since Chromium's own is on the Internet; the
// message that the sandbox's browser decrypts; the service worker, to which CDP delivers a message.
import type { BrowserContext, Page } from "@playwright/test";
import type { Chat } from "../pages/chat.ts";
import { ADA } from "../pages/chooser.ts";
import { APP, given } from "../support/env.ts";
import { expect, test } from "../support/test.ts";

const ON = "You are notified in this browser.";

/** Lets the page subscribe at the sandbox's push service. */
async function withPushService(page: Page) {
  const service = given("PUSH_SERVICES");
  await page.exposeFunction("subscribeAtSandbox", async (applicationServerKey: string) => {
    const answer = await page.request.post(`${service}/subscriptions`, { data: { applicationServerKey } });
    return answer.json();
  });
  await page.addInitScript(() => {
    const encode = (key: Uint8Array) =>
      btoa(String.fromCharCode(...key)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
    const revive = (kept: string | null) => {
      if (!kept) return null;
      const json = JSON.parse(kept);
      const unsubscribe = async () => (localStorage.removeItem("pushed"), true);
      return { ...json, toJSON: () => json, unsubscribe };
    };
    PushManager.prototype.getSubscription = async () => revive(localStorage.getItem("pushed")) as never;
    PushManager.prototype.subscribe = async (options) => {
      const ask = (window as never as { subscribeAtSandbox(key: string): Promise<unknown> }).subscribeAtSandbox;
      const json = await ask(encode(options!.applicationServerKey as Uint8Array));
      localStorage.setItem("pushed", JSON.stringify(json));
      return revive(JSON.stringify(json)) as never;
    };
  });
}

/** Signs Ada in and turns notifications on in her browser. */
async function turnOn(chat: Chat, context: BrowserContext, page: Page) {
  await context.grantPermissions(["notifications"], { origin: APP });
  await withPushService(page);
  await chat.signIn(ADA);
  await page.goto("/inbox");
  await page.getByRole("button", { name: "Notify me in this browser" }).click();
  await expect(page.getByText(ON)).toBeVisible();
}

test("notifications are turned on, listed and removed", async ({ chat, context, page }) => {
  await turnOn(chat, context, page);
  const own = page.getByRole("listitem").filter({ hasText: "This browser" });
  await expect(own).toContainText("Chrome, Linux");
  await own.getByRole("button", { name: /^Remove/ }).click();
  await expect(page.getByText("You are not notified in any browser.")).toBeVisible();
  expect(await page.evaluate(() => localStorage.getItem("pushed"))).toBeNull();
  await expect(page.getByRole("button", { name: "Notify me in this browser" })).toBeVisible();
});

test("a browser whose subscription cannot be looked up is offered nothing", async ({ chat, page }) => {
  await page.addInitScript(() => {
    // The provider's page is no secure context.
    if (!("ServiceWorkerContainer" in window)) return;
    Object.defineProperty(ServiceWorkerContainer.prototype, "getRegistration", {
      value: async () => ({ pushManager: { getSubscription: () => Promise.reject(new Error("broken")) } }),
    });
  });
  await chat.signIn(ADA);
  await page.goto("/inbox");
  await expect(page.getByText("Your notifications cannot be looked up right now.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Notify me in this browser" })).toBeHidden();
});

test("a person who blocks notifications reads how to allow them", async ({ chat, page }) => {
  await page.addInitScript(() => Object.defineProperty(Notification, "permission", { get: () => "denied" }));
  await chat.signIn(ADA);
  await page.goto("/inbox");
  await expect(page.getByText("Your browser blocks notifications of this site.")).toBeVisible();
});

test("a message shows a notification that says nothing of the request", async ({ chat, context, page }) => {
  await turnOn(chat, context, page);
  const session = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find((one) => !one.isDeleted && one.scopeURL.startsWith(APP));
      if (own) resolve(own.registrationId);
    });
  });
  await session.send("ServiceWorker.enable");
  const registrationId = await registered;
  await session.send("ServiceWorker.deliverPushMessage", { origin: APP, registrationId, data: '{"waits":"approval"}' });
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title, body }) => `${title} ${body}`);
    });
  await expect.poll(shown).toEqual(["A request waits for you Open your inbox to see it."]);
  await page.getByRole("listitem").filter({ hasText: "This browser" }).getByRole("button", { name: /^Remove/ }).click();
});
