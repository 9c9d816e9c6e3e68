// Every page in every language: no English sentence is left, and the choice stays.
import { readdirSync, readFileSync } from "node:fs";
import { ADA } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

const TEXTS = new URL("../../crates/languages/", import.meta.url);

/** The texts of a language that have no variables. */
function texts(language: string): Map<string, string> {
  const files = readdirSync(new URL(`${language}/`, TEXTS)).map((name) => readFileSync(new URL(`${language}/${name}`, TEXTS), "utf8"));
  const lines = files.flatMap((file) => file.split("\n")).map((line) => /^([a-z-]+) = ([^{]+)$/.exec(line));
  return new Map(lines.filter((line) => line !== null).map(([, id, text]) => [id!, text!]));
}

/** English sentences, of three words or more, that the language says in other words. */
function foreign(language: string): string[] {
  const [english, other] = [texts("en"), texts(language)];
  const own = [...other.values()].join("\n");
  return [...english].map(([, text]) => text).filter((text) => text.split(" ").length > 2 && !own.includes(text));
}

for (const { language, locale, signIn, title, help } of [
  { language: "de", locale: "de-AT", signIn: "Anmelden", title: "Was Countersign für Sie tun darf", help: "Was Sie fragen können" },
  { language: "es", locale: "es-MX", signIn: "Iniciar sesión", title: "Qué puede hacer Countersign por ti", help: "Qué puedes pedir" },
]) {
  test.describe(language, () => {
    test.use({ locale });

    test(`every page speaks ${language}`, async ({ page, chooser, phone: _, noise }) => {
      noise.expect(/404 \(Not Found\)/);
      const english = foreign(language);
      expect(english.length).toBeGreaterThan(100);
      const look = async () => {
        const text = await page.locator("body").innerText();
        expect(english.filter((sentence) => text.includes(sentence)), page.url()).toEqual([]);
        await expect(page.locator("html")).toHaveAttribute("lang", language);
      };
      await page.goto("/");
      await look();
      await page.getByRole("link", { name: signIn }).click();
      await chooser.choose(ADA);
      await expect(page.locator("#message")).toBeVisible();
      await look();
      for (const path of ["help", "permissions", "inbox", "conversations", "activity", "connections", "passkeys", "tools", "nowhere"]) {
        await page.goto(`/${path}`);
        await look();
        if (path === "permissions") await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
      }
      await page.goto("/");
      await page.locator("#message").fill("Reset the password of bob@acme.example");
      await page.locator("#message").press("Enter");
      if (await page.evaluate(() => document.body.dataset.hydrated === undefined)) await page.locator("form .first").last().click();
      // A reload before the conversation has its address would show another page.
      await expect(page).toHaveURL(/\/c\/\w+\??$/);
      await expect(async () => {
        if (!(await page.locator("#waiting").isVisible())) await page.reload();
        await expect(page.locator("#waiting .code")).toBeVisible({ timeout: 500 });
      }).toPass();
      await look();
      await page.locator("#waiting footer button").click();
      await expect(page.locator("details.call")).toBeVisible();
      await look();
      await page.goto("/help");
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(help);
    });
  });
}

test("the choice is kept, goes before the browser's language, and leads back to the page", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await page.goto("/help");
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page).toHaveURL(/\/help$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Was Sie fragen können");
  await expect(page.getByRole("button", { name: "Deutsch" })).toHaveAttribute("aria-current", "true");
  await page.goto("/permissions");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Was Countersign für Sie tun darf");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("What Countersign may do for you");
});
