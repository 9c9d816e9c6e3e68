// The pages in Firefox: sign-in, an answer, the scroll area, a request that is cancelled, a page that comes back, and the
// style guide. The pictures go beside the logs.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { Firefox } from "./bidi.mjs";
import { env } from "./env.mjs";

const [, , file, app] = process.argv;
const picture = (name) => join(dirname(file), `firefox-${name}.png`);
const firefox = await Firefox.start(process.env.FIREFOX_PATH ?? "firefox-esr");
try {
  const tab = await firefox.tab();
  await tab.size(1440, 900);
  await signIn(tab);
  await answers(tab);
  await staysAtItsEnd(tab);
  await asksAndCancels(tab);
  await guide(tab);
  // The provider's pages have no icon.
  const own = firefox.errors.filter((text) => !text.includes(env.OIDC_ISSUER));
  assert.deepEqual(own, [], "the console has no errors");
} finally {
  await firefox.stop();
}

async function signIn(tab) {
  await tab.open(app);
  await tab.press("main a.btn.first");
  await tab.press("button[value$=ada]");
  await tab.until("document.body.dataset.hydrated === ''");
  await tab.picture(picture("start"));
}

async function answers(tab) {
  await tab.press("#message");
  await tab.type("Hello\n");
  await tab.until("location.pathname.startsWith('/c/') && document.body.dataset.hydrated === ''");
  await tab.until("document.querySelectorAll('#log .said:not(.mine, [aria-hidden])').length === 1");
  await tab.until("document.querySelector('#log').getAttribute('aria-busy') === 'false'");
}

/** The end stays in view, also below something tall. */
async function staysAtItsEnd(tab) {
  await tab.press("#message");
  // Shift and Enter begin a new line; pasting is what a person does.
  await tab.value(`(() => {
    const box = document.querySelector("#message");
    box.value = "Thanks\\n".repeat(60);
    box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  })()`);
  await tab.type("\n");
  await tab.until("document.querySelectorAll('#log .said:not(.mine, [aria-hidden])').length === 2");
  await tab.until("document.querySelector('#log').getAttribute('aria-busy') === 'false'");
  const inView = (last) => `(() => {
    const [pane, item] = [document.querySelector(".pane"), [...document.querySelectorAll(${JSON.stringify(last)})].at(-1)];
    const [outer, inner] = [pane, item].map((own) => own.getBoundingClientRect());
    return pane.scrollTop === 0 && pane.scrollHeight > pane.clientHeight && inner.bottom <= outer.bottom && inner.top >= outer.top;
  })()`;
  await tab.until(inView("#log .said:not(.mine)"));
  await tab.open(await tab.value("location.href"));
  await tab.until(inView("#log .said:not(.mine)"));
  await tab.value("document.querySelector('.pane').scrollTo(0, -400)");
  await tab.until("!document.querySelector('.down').hidden");
  await tab.press(".down button");
  await tab.until(inView("#log .said:not(.mine)"));
}

async function asksAndCancels(tab) {
  await tab.press("#message");
  await tab.type("Reset the password of bob@acme.example\n");
  await tab.until("!!document.querySelector('#waiting .code')");
  const left = await tab.value("document.querySelector('#waiting [role=timer]').textContent");
  await tab.until(`document.querySelector("#waiting [role=timer]").textContent !== ${JSON.stringify(left)}`);
  await tab.until("document.title.startsWith('(1) ')");
  await tab.picture(picture("approval"));
  await tab.press("#waiting footer button");
  await tab.until("!document.querySelector('#waiting') && !!document.querySelector('.call[data-state=quiet]')");
  await tab.until("!document.title.startsWith('(')");
}

/** Every component, at both widths: nothing is wider than the page. */
async function guide(tab) {
  for (const width of [360, 1440]) {
    await tab.size(width, 900);
    await tab.open(`${app}/styleguide`);
    await tab.picture(picture(`guide-${width}`));
    // Tables and code scroll by themselves.
    const wide = await tab.value(`(() => {
      const over = (part) => {
        const edge = part.getBoundingClientRect().right + 1;
        return [...part.querySelectorAll("*")].filter((own) => !own.closest(".scroll, pre") && own.getBoundingClientRect().right > edge);
      };
      const parts = [...document.querySelectorAll(".guide")].map((part) => [part.id, over(part)]);
      return parts.filter(([, own]) => own.length > 0).map(([id, own]) => [id, ...own.map((one) => one.outerHTML)].join(" ")).join("; ");
    })()`);
    assert.equal(wide, "", `${width} px`);
  }
}
