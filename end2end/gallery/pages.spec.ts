import { ADA, BOB, EVE, GRACE } from "../pages/chooser.ts";
import { GROUPS, STORY, STORY_BEGINS } from "../pages/chat.ts";
import { AUDIT, PAGES, TOOLS } from "../pages/navigation.ts";
import { Phone } from "../pages/phone.ts";
import * as model from "../support/model.ts";
import { NARROW, pictures } from "./camera.ts";

const name = (path: string) => path.slice(1).replaceAll("/", "-");
const RESET = "Reset the password of eve@acme.example";

pictures(["signed-out"], async (visitor) => {
  await visitor.page.goto("/");
  await visitor.shoot("signed-out");
});

pictures(["error-not-found", "error-sign-in", "error-query", "error-not-permitted"], async (visitor) => {
  await visitor.signIn(EVE);
  await visitor.page.goto("/c/neverwas");
  await visitor.shoot("error-not-found");
  await visitor.page.goto("/auth/callback?state=x");
  await visitor.shoot("error-sign-in");
  await visitor.page.goto("/activity?from=banana");
  await visitor.shoot("error-query");
  await visitor.page.goto(AUDIT.path);
  await visitor.shoot("error-not-permitted");
});

pictures(["start", "drawer", "acts-as-you", "answer", "menu", "writing"], async (visitor) => {
  const { page } = visitor;
  await visitor.signIn(ADA);
  await visitor.shoot("start");
  await page.setViewportSize({ width: NARROW, height: 780 });
  await page.locator(".btn.menu").click();
  await visitor.shoot("drawer", { widths: [NARROW] });
  await page.goto("/");
  await visitor.ready();
  await page.locator(".head .chip").click();
  await visitor.shoot("acts-as-you");
  await page.goto("/");
  await visitor.ready();
  await visitor.ask(GROUPS);
  await visitor.card("done").waitFor();
  await visitor.rest();
  await visitor.shoot("answer");
  await page.locator(".head .dots").click();
  await visitor.shoot("menu");
  await page.keyboard.press("Escape");
  await model.next(model.gate(40));
  await visitor.ask(STORY);
  await page.locator(".said[aria-hidden]", { hasText: STORY_BEGINS }).waitFor();
  await visitor.ask("Thanks");
  await page.locator("[data-place=waiting]").waitFor();
  await visitor.shoot("writing");
  await model.release();
  await visitor.rest();
});

pictures(["confirmation", "strip", "inbox-waiting", "phone", "confirmed"], async (visitor) => {
  const { page } = visitor;
  await visitor.signIn(ADA);
  await visitor.ask(RESET);
  const code = page.locator("#waiting .code");
  await code.waitFor();
  await visitor.shoot("confirmation");
  const conversation = page.url();
  await page.goto("/");
  await visitor.ready();
  await visitor.shoot("strip");
  await page.goto("/inbox");
  await visitor.shoot("inbox-waiting");
  await page.goto(conversation);
  const shown = (await code.textContent()) ?? "";
  await page.goto("about:blank");
  const phone = new Phone(page);
  await phone.open(ADA);
  await visitor.shoot("phone");
  await phone.answer(ADA, shown, "Approve");
  await page.goto(conversation);
  await visitor.card("done").waitFor();
  await visitor.rest();
  await visitor.shoot("confirmed");
});

pictures(["refused"], async (visitor) => {
  await visitor.signIn(EVE);
  await visitor.ask(GROUPS);
  await visitor.card("refused").waitFor();
  await visitor.rest();
  await visitor.shoot("refused");
});

pictures(["account"], async (visitor) => {
  await visitor.signIn(BOB);
  await visitor.ask("List my repositories");
  const card = visitor.card("account");
  await card.waitFor();
  await visitor.shoot("account");
  await card.locator("form[action='/api/chat/cancel'] button").click();
  await visitor.rest();
});

pictures([...PAGES.map(({ path }) => name(path)), name(TOOLS.path), "conversations-search"], async (visitor) => {
  await visitor.signIn(ADA);
  for (const { path } of [...PAGES, TOOLS]) {
    await visitor.page.goto(path);
    await visitor.shoot(name(path));
  }
  await visitor.page.goto("/conversations?q=groups");
  await visitor.shoot("conversations-search");
});

pictures([name(AUDIT.path)], async (visitor) => {
  await visitor.signIn(GRACE);
  await visitor.page.goto(AUDIT.path);
  await visitor.shoot(name(AUDIT.path));
});
