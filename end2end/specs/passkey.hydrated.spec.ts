// A passkey of Chromium's virtual authenticator (CDP domain WebAuthn): enrolment by a new sign-in, approval on another
// device, and the page that removes it. The policy of the browser tests (`xtask/src/e2e.rs`) wants a passkey on another
// device for the deletion of a user.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContext, CDPSession, Page } from "@playwright/test";
import { ADA, Chooser } from "../pages/chooser.ts";
import { APP, RUN_ENV, given } from "../support/env.ts";
import { expect, test } from "../support/test.ts";

/** A colleague on whom no other test acts. */
const TARGET = "target-0001@acme.example";

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

// With the keyboard alone, from the question to the receipt that proves the signature offline.
test("a change is confirmed with a passkey on another device, and its receipt proves it", async ({ chat, browser, page, noise }) => {
  const phone: BrowserContext = await browser.newContext({ baseURL: APP });
  noise.listen(phone);
  const other = await phone.newPage();
  await authenticator(other);
  await signInAgain(other);
  await enrol(other, "Test phone");
  await chat.signIn(ADA);
  await chat.box.focus();
  await page.keyboard.type(`Delete the user ${TARGET}`);
  await page.keyboard.press("Enter");
  const card = page.locator("#waiting");
  await expect(card).toContainText("Waiting for confirmation");
  const code = await card.locator(".code").innerText();
  await card.getByText("Show a code to scan").focus();
  await page.keyboard.press("Enter");
  const scan = card.getByRole("img", { name: "Code that opens this request on another device" });
  await expect(scan).toBeVisible();
  expect(await scan.evaluate((own: HTMLImageElement) => own.decode().then(() => own.naturalWidth > 0))).toBe(true);

  const here = await card.getByRole("link", { name: "Open the request" }).getAttribute("href");
  const same = await page.request.get(here!);
  expect(await same.text(), "not on the device that asked").toContain("confirm this on another device");

  await other.goto("/inbox");
  const request = other.locator("main").getByRole("link", { name: /^Delete the user/ });
  await request.focus();
  await other.keyboard.press("Enter");
  await expect(other.getByRole("main")).toContainText(TARGET);
  await expect(other.locator(".code")).toHaveText(code);
  const id = new URL(other.url()).pathname.split("/").pop()!;
  await other.getByRole("button", { name: "Confirm with passkey" }).focus();
  await other.keyboard.press("Enter");
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Approved");
  await chat.rest();
  await expect(chat.card(new RegExp(`^Delete the user ${TARGET} for good: done`))).toBeVisible();

  const receipt = await page.request.get(`/activity/receipt/${id}`);
  expect(receipt.ok()).toBe(true);
  const said = verify(await receipt.text());
  expect(said).toContain("the passkey signed the digest below");

  await remove(other, "Test phone");
  await phone.close();
});

/** Verifies a receipt as an auditor does, by the server's own program and nothing but the ledger's public key. */
function verify(receipt: string): string {
  const variables = Object.fromEntries(readFileSync(RUN_ENV, "utf8").split("\n").filter(Boolean).map((line) => {
    const [name] = line.split("=", 1);
    return [name, given(name!)];
  }));
  const program = process.env.COUNTERSIGN ?? fileURLToPath(new URL("../../target/debug/countersign", import.meta.url));
  const run = (...words: string[]) => execFileSync(program, words, { encoding: "utf8", env: { ...process.env, ...variables } });
  const file = join(mkdtempSync(join(tmpdir(), "countersign-")), "receipt.json");
  writeFileSync(file, receipt);
  const key = run("ledger", "key").trim();
  return execFileSync(program, ["receipt", "verify", file, "--key", key], { encoding: "utf8" });
}
