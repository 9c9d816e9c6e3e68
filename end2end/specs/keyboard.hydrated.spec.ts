import type { Page } from "@playwright/test";
import { ADA } from "../pages/chooser.ts";
import { GROUPS } from "../pages/chat.ts";
import { expect, test } from "../support/test.ts";

test("sign in, ask, read and sign out with the keyboard alone", async ({ chat, page, signedOut, chooser }) => {
  await page.goto("/");
  await tabTo(page, "Sign in");
  await page.keyboard.press("Enter");
  await expect(chooser.heading).toBeVisible();
  await tabTo(page, /^Ada Byron/);
  await page.keyboard.press("Enter");
  await chat.ready();

  // "Send" has nothing to send yet.
  const pages = ["Inbox", "What you can ask", "Permissions", "Activity", "Connected accounts",
    "Passkeys", "Tool sources"];
  expect(await stops(page)).toEqual([
    ...["Skip to content", "Countersign", "New conversation", "Search conversations"],
    ...pages,
    ...["Sign out", "English", "Español", "Deutsch", "Acts as you", "See everything that you can ask", "Message"],
  ]);

  await chat.box.focus();
  await page.keyboard.type("What are my");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("Okta groups?");
  await expect(chat.box).toHaveValue("What are my\nOkta groups?");
  await page.keyboard.press("Enter");
  await chat.see(chat.mine("What are my\nOkta groups?"));
  await chat.see(chat.card(/done/));
  await chat.rest();
  await expect(chat.box, "the composer of the new conversation has the focus").toBeFocused();
  await expect(chat.box).toHaveValue("");

  await page.keyboard.type(GROUPS);
  await page.keyboard.press("Enter");
  await chat.see(chat.card(/done/).nth(1));
  await chat.rest();
  await expect(chat.box, "after a message it has the focus again").toBeFocused();

  await tabTo(page, /^Read your Okta groups/, "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(chat.card(/done/).nth(1).locator("code"), "the last card opens").toBeVisible();

  // The column is nearer from behind than past all conversations.
  await tabTo(page, "Sign out", "Shift+Tab");
  await page.keyboard.press("Enter");
  await signedOut.isShown();
});

test('the skip link leads past the navigation, and "/" to the search', async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask("Thanks");
  await chat.rest();
  await page.goto("/activity");
  await page.keyboard.press("Tab");
  expect((await focus(page)).name).toBe("Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("main") !== null), "the focus is in the content").toBe(true);

  await chat.open("/");
  await chat.box.press("/");
  await expect(chat.box, "in the box it is a character").toHaveValue("/");
  await chat.acts.focus();
  await page.keyboard.press("/");
  await expect(chat.column.getByRole("searchbox", { name: "Search conversations" })).toBeFocused();
});

/** Presses a key until something of this name has the focus. */
async function tabTo(page: Page, name: string | RegExp, key = "Tab") {
  const passed: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press(key);
    const focused = await focus(page);
    expect(focused.visible, `the focus on ${focused.name} can be seen`).toBe(true);
    if (typeof name === "string" ? focused.name === name : name.test(focused.name)) return;
    passed.push(focused.name);
  }
  throw new Error(`no Tab leads to ${name}, only to ${passed.join(", ")}`);
}

/** The Tab stops from the page's beginning, without those of the list of conversations and of the suggestions. */
async function stops(page: Page): Promise<string[]> {
  const names: string[] = [];
  // To the end first, wherever the focus is: after it comes the beginning.
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press("Tab");
    if (!(await focus(page)).name) break;
  }
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press("Tab");
    const focused = await focus(page);
    if (!focused.name) break;
    expect(focused.visible, `the focus on ${focused.name} can be seen`).toBe(true);
    if (!focused.listed) names.push(focused.name);
  }
  return names;
}

function focus(page: Page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { name: "", visible: false, listed: false };
    const name = element.getAttribute("aria-label") ?? element.textContent?.trim() ?? "";
    // A box that surrounds its field may show the focus in the field's place.
    const ring = (style: CSSStyleDeclaration) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const box = element.closest(".box, .find");
    const around = element.matches("textarea, input") && box !== null && ring(getComputedStyle(box));
    const listed = element.closest(".rail .scroll, .tries") !== null;
    return { name, visible: ring(getComputedStyle(element)) || around, listed };
  });
}
