// The look of every component: the style guide's sections against the pictures in `pictures/`, which are together below
// 2 MB. After a wanted change, UPDATE_PICTURES=1 takes them again.
import { execFileSync } from "node:child_process";
import { ADA } from "../pages/chooser.ts";
import { SECTIONS, StyleGuide } from "../pages/style-guide.ts";
import { expect, test } from "../support/test.ts";

/** Sections whose samples differ in their words alone. */
const WORDS = ["unapproved", "remarks", "problems"];

/** The fonts that `cargo xtask setup` installs beside Chromium. Without them every letter would differ. */
const FONTS = ["Liberation Sans", "Liberation Mono", "DejaVu Sans"];
const PINNED = { "--sans": '"Liberation Sans", "DejaVu Sans"', "--mono": '"Liberation Mono", "DejaVu Sans"' };

test.use({ reducedMotion: "reduce" });

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1440]) {
    test.describe(`the style guide looks as in its pictures, ${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test("each section", async ({ chat, page, noise }) => {
        // The code to scan of a made-up request.
        noise.expect(/404 \(Not Found\)/);
        const missing = FONTS.filter((font) => !installed(font));
        const reason = `skipped: the pictures need these fonts: ${missing.join(", ")}`;
        // The reporter does not print it.
        if (missing.length > 0) console.warn(reason);
        test.skip(missing.length > 0, reason);
        test.slow();
        await chat.signIn(ADA);
        const guide = new StyleGuide(page);
        await guide.open();
        await page.evaluate((fonts) => {
          for (const [name, value] of Object.entries(fonts)) document.documentElement.style.setProperty(name, value);
        }, PINNED);
        // Every machine has other emoji.
        const emoji = guide.section("messages").locator("p", { hasText: "🎉" });
        await emoji.evaluate((text) => (text.style.visibility = "hidden"));
        for (const id of SECTIONS.filter((id) => !WORDS.includes(id))) {
          const section = guide.section(id);
          // A section taller than the window would be scrolled.
          const height = await section.evaluate((element) => Math.ceil(element.getBoundingClientRect().height));
          await page.setViewportSize({ width, height: height + 120 });
          await expect.soft(section).toHaveScreenshot(`${colorScheme}-${width}-${id}.png`, { threshold: 0.08, maxDiffPixels: 30 });
        }
      });
    });
  }
}

function installed(font: string): boolean {
  try {
    return execFileSync("fc-match", ["--format=%{family}", font], { encoding: "utf8" }).split(",").includes(font);
  } catch {
    return false;
  }
}
