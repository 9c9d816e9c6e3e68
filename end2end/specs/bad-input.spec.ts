import { ADA } from "../pages/chooser.ts";
import { expect, test } from "../support/test.ts";

const LONG = "x".repeat(100 * 1024);
const ROWS = [
  { what: "an empty message", text: "", says: "Write a message first." },
  { what: "a blank message", text: "  \n ", says: "Write a message first." },
  { what: "a message that is too long", text: LONG, says: "Your message is 102400 characters long; at most 32768 fit." },
];

for (const { what, text, says } of ROWS) {
  test(`${what} is not sent, and the text stays in the box`, async ({ chat, noise, page, live }) => {
    noise.expect(/422/);
    await chat.signIn(ADA);
    let conversation = "/";
    for (const where of ["on the first page", "in a conversation"]) {
      await test.step(where, async () => {
        if (where === "in a conversation") {
          await chat.ask("Thanks");
          await chat.rest();
          conversation = page.url();
        }
        await chat.box.fill(text);
        if (live && !text.trim()) {
          // With a script there is no way to send it.
          await expect(chat.send).toBeDisabled();
          await chat.box.press("Enter");
        } else {
          await chat.send.click();
          await expect(chat.problem).toHaveText(new RegExp(`^${says.replaceAll(".", "\\.")}`));
        }
        // A line break at the very beginning is the one thing that HTML takes away; there is none.
        await expect(chat.box).toHaveValue(text);
        await chat.box.fill("");
      });
    }
    // Without script the answer to the form holds the text, not the conversation.
    await chat.open(conversation);
    await expect(chat.log.locator(".said.mine")).toHaveCount(1);
  });
}

test("pasted control characters are taken and shown by their code points", async ({ chat }) => {
  await chat.signIn(ADA);
  await chat.box.fill("bell \u0007 rings");
  await chat.send.click();
  await expect(chat.mine("bell").locator("p")).toHaveText("bell ⟨U+0007⟩ rings");
});

test("text that looks like HTML is shown as it was typed", async ({ chat, page }) => {
  const text = `<img src=x onerror="document.title='owned'"><script>1</script> & </textarea>`;
  await chat.signIn(ADA);
  await chat.ask(text);
  await chat.rest();
  await expect(chat.mine("onerror").locator("p")).toHaveText(text);
  await expect(chat.log.locator("img, script")).toHaveCount(0);
  await expect(page).toHaveTitle(/onerror/);
});
