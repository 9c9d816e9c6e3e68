import { ADA } from "../pages/chooser.ts";
import { STORY, STORY_BEGINS } from "../pages/chat.ts";
import * as model from "../support/model.ts";
import { expect, test } from "../support/test.ts";

for (const [reducedMotion, moves] of [["reduce", false], ["no-preference", true]] as const) {
  test.describe(`with motion "${reducedMotion}"`, () => {
    test.use({ reducedMotion });

    test(`the cursor of an answer ${moves ? "blinks" : "stands still"}`, async ({ chat, page }) => {
      await chat.signIn(ADA);
      await model.next(model.gate(12));
      await chat.ask(STORY);
      await chat.see(chat.partial.getByText(STORY_BEGINS));
      expect((await page.evaluate(() => document.getAnimations().length)) > 0).toBe(moves);
      await model.release();
      await chat.rest();
    });
  });
}
