import { ADA } from "../pages/chooser.ts";
import { GROUPS } from "../pages/chat.ts";
import { APP } from "../support/env.ts";
import { expect, test } from "../support/test.ts";

/** Every token, key and secret of the sandbox contains it. */
const CANARY = "CANARYcountersign";

test("no token reaches the browser", async ({ chat, page, context }) => {
  const bodies: Promise<string>[] = [];
  context.on("response", (response) => {
    if (response.url().startsWith(`${APP}/auth/callback`)) return;
    // The stream of a conversation ends with its page; a redirect has no body.
    if (response.url().startsWith(APP)) bodies.push(response.text().then((body) => `${response.url()} ${body}`, () => ""));
  });
  await chat.signIn(ADA);
  await chat.ask(GROUPS);
  await chat.see(chat.theirs("You belong to three groups:"));
  await chat.rest();
  await chat.reload();
  await page.goto("about:blank");
  const read = await Promise.all(bodies);
  expect(read.filter((body) => body.length > 100).length).toBeGreaterThan(1);
  expect(read.filter((body) => body.includes(CANARY))).toEqual([]);
  const own = (await context.cookies(APP)).filter((cookie) => cookie.name.includes("countersign"));
  expect(own).toHaveLength(1);
  expect(own[0]).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  expect(own[0].value).not.toContain(CANARY);
});
