import { GRACE } from "../pages/chooser.ts";
import { accessible } from "../support/axe.ts";
import { expect, test } from "../support/test.ts";

// The provider lets a person be asked five times a minute: the administrator is asked in other tests.
const GRACE_MANAGES = { user: "user:auth0|grace", relation: "manage_okta", object: "okta:users" };
const WAITS = "Disable the user eve@acme.example: waiting for your confirmation";

test("a waiting approval shows in every tab, in the title and to screen readers, and counts down", async ({ chat, connections, console, page }) => {
  await console.add(GRACE_MANAGES);
  await console.join(GRACE, "Okta administrators");
  await chat.signIn(GRACE);
  await connections.connect("Okta");
  await chat.open();
  await chat.ask("Disable the user eve@acme.example");
  const card = chat.card(WAITS);
  await expect(card).toContainText("Confirm only if your phone shows this code");
  await expect(page).toHaveTitle(/^\(1\) /);
  const code = await card.locator(".code").innerText();
  await expect(page.getByRole("status").filter({ hasText: `The code is ${code}.` })).toBeAttached();
  await expect(chat.stop, "the card has the way out").toBeHidden();

  const timer = card.getByRole("timer");
  await expect(timer).toHaveText(/^[45]:\d\d left$/);
  const before = await timer.innerText();
  await expect(timer).not.toHaveText(before);
  await expect(timer).toHaveAccessibleName(/^\d minutes \d+ seconds? left$/);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await accessible(page);
  }

  const other = await chat.secondTab();
  await expect(other.card(WAITS).locator(".code")).toHaveText(code);
  await other.open("/");
  await expect(other.page).toHaveTitle(/^\(1\) /);
  await expect(other.strip).toContainText("Disable the user eve@acme.example");
  await other.strip.getByRole("link", { name: "Show" }).click();
  await expect(other.page).toHaveURL(page.url());
  await other.ready();
  await other.card(WAITS).getByRole("button", { name: "Cancel request" }).click();
  for (const tab of [chat, other]) {
    await expect(tab.card("Disable the user eve@acme.example: cancelled")).toBeVisible();
    await expect(tab.page).not.toHaveTitle(/Confirm/);
    await tab.rest();
  }
  await console.remove(GRACE_MANAGES);
  await console.leave(GRACE, "Okta administrators");
});
