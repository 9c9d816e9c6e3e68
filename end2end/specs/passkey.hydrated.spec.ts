// A passkey of Chromium's virtual authenticator (CDP domain WebAuthn): enrolment by a new sign-in, approval on another
// device, and the page that removes it. The approval needs a server with a policy: APPROVALS_FILE with
// `[default]`, `approvals = ["passkey"]`, `device = "other"`.
import type { BrowserContext, CDPSession, Page } from "@playwright/test";
import { ADA } from "../pages/chooser.ts";
import { Chooser } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

/** Gives the tab an authenticator that verifies its user by itself. */
async function authenticator(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return session;
}

/** Signs Ada in again in this browser, as the page of passkeys asks. */
async function signInAgain(page: Page) {
  await page.goto("/auth/login?again=true&return_to=/passkeys");
  await new Chooser(page).choose(ADA);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Passkeys");
}

async function enrol(page: Page, name: string) {
  await page.getByLabel("Name of the device").fill(name);
  await page.getByRole("button", { name: "Set up a passkey" }).click();
  await expect(page.getByRole("heading", { name })).toBeVisible();
}

async function remove(page: Page, name: string) {
  await page.goto("/passkeys");
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await expect(page.getByRole("heading", { name })).toHaveCount(0);
}

test("a passkey is set up after a new sign-in, and removed", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await page.goto("/passkeys");
  await expect(page.getByRole("main")).toContainText("sign in again");
  await authenticator(page);
  await signInAgain(page);
  await enrol(page, "Test laptop");
  await remove(page, "Test laptop");
});

test("a change is confirmed with a passkey on another device", async ({ chat, browser, page }) => {
  test.skip(!process.env.APPROVALS_FILE, "the server needs a policy with passkeys");
  const phone: BrowserContext = await browser.newContext();
  const other = await phone.newPage();
  await authenticator(other);
  await signInAgain(other);
  await enrol(other, "Test phone");
  await chat.signIn(ADA);
  await chat.ask("Reset the password of bob@acme.example");
  await expect(page.getByText("waiting for your approval").first()).toBeVisible();
  await other.goto("/approve");
  await other.getByRole("link", { name: /Reset/ }).click();
  await expect(other.getByRole("main")).toContainText("bob@acme.example");
  await other.getByRole("button", { name: "Confirm with passkey" }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Approved");
  await chat.rest();
  await remove(other, "Test phone");
  await phone.close();
});
