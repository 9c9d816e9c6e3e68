import { ADA } from "../pages/chooser.ts";
import { SECTIONS } from "../pages/style-guide.ts";
import { pictures } from "./camera.ts";

pictures(SECTIONS.map((section) => `style-${section}`), async (visitor) => {
  await visitor.signIn(ADA);
  await visitor.page.goto("/styleguide");
  for (const section of SECTIONS) {
    await visitor.shoot(`style-${section}`, { of: visitor.page.locator(`#${section}`) });
  }
});
