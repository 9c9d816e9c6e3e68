import { ADA, EVE } from "../pages/chooser.ts";
import { EVE_CALCULATES } from "../pages/console.ts";
import { Inbox } from "../pages/inbox.ts";
import { expect, test } from "../support/test.ts";

const SUM = "What is 12 * 7?";
const WHAT = "Calculate 12 * 7";

test("access is asked for on the card, granted in the inbox, and the turn goes on by itself until it is taken back", async ({
  chat,
  other,
  page,
}) => {
  test.slow();
  await chat.signIn(EVE);
  await chat.ask(SUM);
  const refused = chat.card(`${WHAT}: not permitted`);
  await chat.see(refused);
  await expect(refused).toContainText(`it needs ${EVE_CALCULATES.relation} on ${EVE_CALCULATES.object}.`);
  await chat.rest();
  await refused.getByRole("button", { name: "Ask for access for an hour" }).click();
  await expect(page).toHaveURL(/\/c\/\w+$/);
  await chat.ready();

  const inbox = new Inbox(other.page);
  const request = inbox.request(EVE, EVE_CALCULATES);
  await other.signIn(ADA);
  await inbox.open();
  await expect(request).toContainText("Waiting for an answer");
  await request.getByRole("button", { name: "Grant", exact: true }).click();
  await expect(request).toContainText("Granted by Ada Byron until");

  await chat.see(chat.card(`${WHAT}: done · 84`));
  await chat.rest();
  await expect(chat.mine(SUM)).toHaveCount(2);

  await request.getByRole("link", { name: "Take the access back…" }).click();
  await other.page.getByRole("button", { name: "Take the access back now" }).click();
  await expect(request).toHaveCount(0);
  await chat.ask(SUM);
  await chat.see(refused.nth(1));
  await chat.rest();
  await page.goto("/permissions");
  await expect(page.getByRole("main")).toContainText("Taken back by Ada Byron");
});
