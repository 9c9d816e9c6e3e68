import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { ADA } from "../pages/chooser.ts";
import { GROUPS, STORY, STORY_BEGINS } from "../pages/chat.ts";
import { ADA_READS_GROUPS } from "../pages/console.ts";
import { PAGES } from "../pages/navigation.ts";
import * as model from "../support/model.ts";
import { test } from "../support/test.ts";

const shoot = (page: Page, name: string) =>
  page.screenshot({ path: fileURLToPath(new URL(`../../target/shots/${test.info().project.name}/${name}.png`, import.meta.url)) });

test("the signed-out page, the provider and the first page", async ({ page, signedOut, chooser, chat }) => {
  await page.goto("/");
  await shoot(page, "1-signed-out");
  await signedOut.signIn.click();
  await chooser.person(ADA).waitFor();
  await shoot(page, "2-sandbox-sign-in");
  await chooser.choose(ADA);
  await chat.ready();
  await shoot(page, "3-new-conversation");
  await chat.acts.click();
  await shoot(page, "4-acts-as-you");
});

test("a conversation", async ({ page, chat, console, noise }) => {
  noise.expect(/422/);
  await chat.signIn(ADA);
  await chat.ask(GROUPS);
  await chat.see(chat.card(/done/));
  await chat.rest();
  await shoot(page, "5-done");
  await chat.card(/done/).locator("summary").click();
  await console.remove(ADA_READS_GROUPS);
  await page.bringToFront();
  await chat.ask(GROUPS);
  await chat.see(chat.card(/not permitted/));
  await chat.rest();
  await shoot(page, "6-refused");
  await model.next(model.gate(40));
  await chat.ask(STORY);
  await chat.see(chat.partial.getByText(STORY_BEGINS));
  await chat.ask("Thanks");
  await shoot(page, "7-streaming-and-waiting");
  await chat.withdraw.click();
  await chat.stop.click();
  await chat.see(chat.remark("You stopped this answer."));
  await chat.box.fill("x".repeat(40_000));
  await chat.send.click();
  await chat.problem.waitFor();
  await shoot(page, "8-stopped-and-problem");
  await console.open();
  await shoot(console.page, "9-sandbox-console");
});

test("a request for a confirmation, and the pages of the navigation", async ({ page, chat }) => {
  await chat.signIn(ADA);
  await chat.ask("Disable the user eve@acme.example");
  const card = chat.card(/waiting for your confirmation/).filter({ hasText: "Confirm only if your phone shows this code" });
  await chat.see(card);
  await shoot(page, "12-confirmation");
  const conversation = page.url();
  for (const { path } of PAGES) {
    await page.goto(path);
    await shoot(page, `13${path.replaceAll("/", "-")}`);
  }
  await chat.open(conversation);
  await card.getByRole("button", { name: "Cancel request" }).click();
  await chat.rest();
});

test("the column on a phone, and a page that does not exist", async ({ page, chat, noise }) => {
  noise.expect(/404/);
  await chat.signIn(ADA);
  if (await chat.menu.isVisible()) {
    await chat.menu.click();
    await shoot(page, "10-drawer");
  }
  await page.goto("/c/neverwas");
  await shoot(page, "11-nothing-here");
});
