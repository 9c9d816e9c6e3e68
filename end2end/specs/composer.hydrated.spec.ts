import { ADA } from "../pages/chooser.ts";
import { STORY, STORY_BEGINS } from "../pages/chat.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

test("a draft survives a reload, and a sent message does not come back", async ({ chat }) => {
  await chat.signIn(ADA);
  await chat.box.fill("half a thou");
  await chat.reload();
  await expect(chat.box).toHaveValue("half a thou");

  await chat.ask("Thanks");
  await chat.rest();
  await expect(chat.box).toHaveValue("");
  await chat.reload();
  await expect(chat.box).toHaveValue("");

  await chat.box.fill("another half");
  await chat.reload();
  await expect(chat.box).toHaveValue("another half");
  await chat.open("/");
  await expect(chat.box).toHaveValue("");
});

test("an own message appears at once, and the box is empty for the next one", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.ask("Hello");
  await chat.rest();
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  await page.route("**/api/chat/post*", async (route) => {
    await held;
    await route.continue();
  });
  await chat.box.fill("Thanks");
  await chat.send.click();
  await expect(chat.sending).toHaveText("ThanksSending…");
  await expect(chat.box).toHaveValue("");
  await chat.box.fill("typed meanwhile");
  letGo();
  await expect(chat.mine("Thanks")).toHaveCount(1);
  await expect(chat.sending).toHaveCount(0);
  await expect(chat.box).toHaveValue("typed meanwhile");
  await chat.rest();
});

test("Stop stands in the place of Send while a turn runs and the box is empty", async ({ chat }) => {
  await chat.signIn(ADA);
  await model.next(model.gate(12));
  await chat.ask(STORY);
  await chat.see(chat.partial.getByText(STORY_BEGINS));
  await expect(chat.stop).toBeVisible();
  await expect(chat.send).toBeHidden();
  await chat.box.fill("and");
  await expect(chat.send).toBeEnabled();
  await expect(chat.stop).toBeHidden();
  await chat.box.fill("");
  await model.release();
  await chat.rest();
  await expect(chat.stop).toBeHidden();
  await expect(chat.send).toBeDisabled();
});

test("a message that is sent twice is one message", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await chat.box.fill("Thanks");
  // Both before the first can be answered.
  await page.evaluate(() => {
    const form = document.querySelector("textarea")?.form;
    form?.requestSubmit();
    form?.requestSubmit();
  });
  await chat.see(chat.theirs("You're welcome."));
  await chat.rest();
  await chat.reload();
  await expect(chat.mine("Thanks")).toHaveCount(1);
});
