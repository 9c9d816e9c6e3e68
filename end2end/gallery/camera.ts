// Takes each picture in both themes and both widths. The pages are in the language of the project, so nothing here may
// look for words of ours.
import { fileURLToPath } from "node:url";
import { expect, test as base, type Locator, type Page } from "@playwright/test";
import { Chooser, type Person } from "../pages/chooser.ts";

/** The directory of all pictures. */
export const GALLERY = fileURLToPath(new URL("../../target/gallery", import.meta.url));
export const THEMES = ["light", "dark"] as const;
export const NARROW = 360;
export const WIDE = 1440;
const HEIGHTS = { [NARROW]: 780, [WIDE]: 900 };
type Width = keyof typeof HEIGHTS;

const ONLY = process.env.ONLY ?? "";

export class Visitor {
  constructor(
    readonly page: Page,
    private readonly language: string,
    private readonly names: string[],
  ) {}

  async signIn(person: Person) {
    await this.page.goto("/");
    await this.page.locator("main a.btn.first").click();
    await new Chooser(this.page).choose(person);
    await this.ready();
  }

  async ready() {
    await expect(this.page.locator("body[data-hydrated] #message")).toBeVisible();
  }

  async ask(text: string) {
    await this.page.locator("#message").fill(text);
    await this.page.locator("#message").press("Enter");
    await expect(this.page).toHaveURL(/\/c\/\w+$/);
  }

  /** Waits until nothing goes on. */
  async rest() {
    await expect(this.page.locator("[role=log][aria-busy=false]")).toBeVisible();
  }

  card(state: string) {
    return this.page.locator(`.call[data-state=${state}]`).last();
  }

  /** Takes the picture of what is in view, or of an element. */
  async shoot(name: string, options: { of?: Locator; widths?: Width[] } = {}) {
    expect(this.names, "the test names its pictures").toContain(name);
    if (!name.includes(ONLY)) return;
    for (const width of options.widths ?? [NARROW, WIDE]) {
      await this.page.setViewportSize({ width, height: HEIGHTS[width] });
      // An element taller than the window is whole in a taller one.
      const box = await options.of?.boundingBox();
      if (box) await this.page.setViewportSize({ width, height: Math.max(HEIGHTS[width], Math.ceil(box.height) + 120) });
      for (const colorScheme of THEMES) {
        await this.page.emulateMedia({ colorScheme });
        const path = `${GALLERY}/${this.language}/${colorScheme}-${width}/${name}.png`;
        await (options.of ?? this.page).screenshot({ path });
      }
    }
    await this.page.setViewportSize({ width: WIDE, height: HEIGHTS[WIDE] });
  }
}

/** A flow that takes these pictures. It does not run if none of them is wanted. */
export function pictures(names: string[], flow: (visitor: Visitor) => Promise<void>) {
  base(names.join(", "), async ({ page }) => {
    base.skip(!names.some((name) => name.includes(ONLY)), "not wanted");
    await page.setViewportSize({ width: WIDE, height: HEIGHTS[WIDE] });
    await flow(new Visitor(page, base.info().project.name, names));
  });
}
