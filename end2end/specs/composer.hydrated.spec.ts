import { ADA } from "../pages/chooser.ts";
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
