// The moving picture of the README: a person asks, confirms on the phone, and it is done.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { ADA } from "../pages/chooser.ts";
import { Phone } from "../pages/phone.ts";
import { animation, type Frame } from "./animation.ts";
import { GALLERY, Visitor } from "./camera.ts";

const LARGEST = 1_500_000;
const ASKED = "Reset the password of eve@acme.example";
const KEPT = fileURLToPath(new URL("../../docs/images/approval.png", import.meta.url));

test.use({ viewport: { width: 860, height: 580 }, colorScheme: "light" });

test("movie", async ({ page }) => {
  test.skip(test.info().project.name !== "en" || !"movie".includes(process.env.ONLY ?? ""), "not wanted");
  const frames: Frame[] = [];
  const take = async (ms: number, of = page) => frames.push({ png: await of.screenshot({ caret: "hide" }), ms });
  const visitor = new Visitor(page, "en", []);
  await visitor.signIn(ADA);
  await take(1200);
  for (let length = 6; length < ASKED.length + 6; length += 6) {
    await page.locator("#message").fill(ASKED.slice(0, length));
    await take(130);
  }
  await take(700);
  await page.locator("#message").press("Enter");
  const code = page.locator("#waiting .code");
  await code.waitFor();
  await expect(page.locator("#waiting .match p")).toContainText("phone");
  await take(3500);
  const phone = new Phone(await page.context().newPage());
  await phone.page.setViewportSize({ width: 860, height: 580 });
  const shown = (await code.textContent()) ?? "";
  await phone.open(ADA);
  await phone.pushes.filter({ hasText: shown }).scrollIntoViewIfNeeded();
  await take(2800, phone.page);
  await phone.answer(ADA, shown, "Approve");
  await take(800, phone.page);
  await page.bringToFront();
  await visitor.card("done").waitFor();
  await visitor.rest();
  await take(4000);
  const movie = animation(frames);
  mkdirSync(GALLERY, { recursive: true });
  writeFileSync(`${GALLERY}/approval.png`, movie);
  expect(movie.length).toBeLessThan(LARGEST);
  if (process.env.UPDATE_PICTURES === "1") copyFileSync(`${GALLERY}/approval.png`, KEPT);
});
