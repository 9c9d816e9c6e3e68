// The conveniences of every page, beside the program of the chat: the reader's time zone, the key for the search, copying,
// the place of the list, and a watch over pages that should be alive. Every page works without it.

// The texts that this script shows, in the language of the page.
const labels = document.querySelector(".shell")?.dataset ?? {};

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `zone=${encodeURIComponent(zone)};path=/;max-age=31536000;samesite=lax${secure}`;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector(".find input");
  if (!search?.checkVisibility()) return;
  event.preventDefault();
  search.focus();
});

// A button with `data-copy` copies that text; without a value, the code block that it stands in. One with
// `data-copy-answer` copies the answer that it stands in, as text.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-answer]");
  if (!button) return;
  const { copy, copyAnswer } = button.dataset;
  const code = () => button.closest("figure")?.querySelector("code")?.textContent ?? "";
  const answer = () => button.closest("article").querySelector("div").innerText;
  const text = copyAnswer === undefined ? copy.replace("{page}", () => location.href) || code() : answer();
  await navigator.clipboard.writeText(text);
  copied(button, button.dataset.copied || labels.labelCopied);
});

// Says for two seconds on the button, and to a screen reader, that something was copied.
function copied(button, text) {
  if (button.dataset.label) return;
  button.dataset.label = button.textContent;
  button.setAttribute("aria-live", "polite");
  button.textContent = text;
  setTimeout(() => {
    button.textContent = button.dataset.label;
    delete button.dataset.label;
  }, 2000);
}

// Each code block of an answer gets its button, also in answers that arrive later.
const withCopy = () => {
  for (const caption of document.querySelectorAll("figure.code-block > figcaption:not(:has(button))")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn quiet copy";
    button.dataset.copy = "";
    button.textContent = labels.labelCopy || "Copy";
    caption.append(button);
  }
};
const log = document.querySelector(".logs");
if (log) {
  withCopy();
  new MutationObserver(withCopy).observe(log, { childList: true, subtree: true });
}

// A suggestion that the person must complete goes into the box, with the caret at its gap.
document.addEventListener("click", (event) => {
  const begin = event.target.closest?.("[data-draft]")?.dataset.draft;
  const box = document.querySelector("#message");
  if (begin === undefined || !box) return;
  const gap = begin.indexOf("…");
  box.value = begin.replace("…", "");
  box.dispatchEvent(new InputEvent("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(gap, gap);
});

const list = document.querySelector(".rail .scroll");
if (list) {
  list.scrollTop = Number(sessionStorage.getItem("list") || 0);
  document.querySelector(".talks [aria-current]")?.scrollIntoView({ block: "nearest" });
  addEventListener("pagehide", () => sessionStorage.setItem("list", String(list.scrollTop)));
}

// A page belongs to a person. Every form says to whom, so that nothing is done in the name of somebody else who has signed
// in in another tab meanwhile.
const owner = document.querySelector(".shell")?.dataset.owner;
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!owner || form.method !== "post" || form.dataset.passkey) return;
    // The button names the address, or else the form does.
    const [at, name] = event.submitter?.hasAttribute("formaction") ? [event.submitter, "formaction"] : [form, "action"];
    const action = new URL(at.getAttribute(name), location.href);
    if (action.searchParams.has("owner")) return;
    action.searchParams.set("owner", owner);
    at.setAttribute(name, action.href);
  },
  true,
);

// Drafts go with their person: a sign-out on a shared computer leaves none behind.
document.addEventListener("submit", (event) => {
  if (!event.target.getAttribute("action")?.includes("/auth/logout")) return;
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith("draft "))
    .forEach((key) => sessionStorage.removeItem(key));
});

// A page whose program does not start, or stops, says so: its forms still work.
if (document.querySelector("leptos-island")) {
  const warn = () => {
    if (document.querySelector(".dead")) return;
    const line = document.createElement("p");
    line.className = "dead";
    line.setAttribute("role", "alert");
    line.append(`${labels.labelStill} `);
    const again = document.createElement("a");
    again.href = "";
    again.textContent = labels.labelReload;
    line.append(again);
    document.body.append(line);
  };
  addEventListener("load", () => setTimeout(() => "hydrated" in document.body.dataset || warn(), 5000));
  const stopped = (cause) => cause instanceof WebAssembly.RuntimeError && warn();
  addEventListener("error", (event) => stopped(event.error));
  // While it starts, nobody waits for its promise.
  addEventListener("unhandledrejection", (event) => stopped(event.reason));
}

// A browser has few connections to one server, and a person many tabs. A hidden tab has no stream, except one, which holds
// a lock: it tells the others how many requests wait, for their titles. Only a page that follows a conversation holds it.
if (document.querySelector("leptos-island") && navigator.locks && window.BroadcastChannel) {
  const { body } = document;
  const channel = new BroadcastChannel(`waiting ${owner}`);
  const count = document.querySelector("[data-inbox]");
  const begin = `(${count.textContent}) `;
  const title = document.title.startsWith(begin) ? document.title.slice(begin.length) : document.title;
  let release = null;
  let asked = false;
  const decide = () => {
    const quiet = document.hidden && !release && "follows" in body.dataset;
    if (quiet === "quiet" in body.dataset) return;
    body.toggleAttribute("data-quiet", quiet);
    dispatchEvent(new Event("quiet"));
  };
  const follow = () => {
    if (!("follows" in body.dataset)) release?.();
    else if (!asked) {
      asked = true;
      navigator.locks.request(`stream ${owner}`, () => new Promise((done) => {
        release = done;
        follow();
        decide();
      })).finally(() => {
        asked = false;
        release = null;
      });
    }
    decide();
  };
  new MutationObserver(follow).observe(body, { attributeFilter: ["data-follows"] });
  document.addEventListener("visibilitychange", decide);
  follow();
  new MutationObserver(() => release && channel.postMessage(count.textContent)).observe(count, { childList: true });
  channel.addEventListener("message", ({ data }) => {
    if (!("quiet" in body.dataset)) return;
    count.textContent = data;
    document.title = data ? `(${data}) ${title}` : title;
  });
}
