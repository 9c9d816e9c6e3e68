// Keeps the phone up to date: asks for the same page each second and takes over what changed.
// What did not change stays as it is, so that focus and open details are kept.
"use strict";

const part = (page, id) => page.getElementById(id);

function takeOver(fresh) {
  const [now, next] = [part(document, "live"), part(fresh, "live")];
  if (!now || !next) return;
  if (now.dataset.version === next.dataset.version && now.dataset.version !== undefined) {
    for (const left of next.querySelectorAll("[id^='left-']")) {
      const own = part(document, left.id);
      if (own && own.textContent !== left.textContent) own.textContent = left.textContent;
    }
  } else if (now.innerHTML !== next.innerHTML) {
    const focused = document.activeElement?.id;
    now.replaceWith(document.adoptNode(next));
    if (focused && document.activeElement === document.body) part(document, focused)?.focus();
  }
  const [status, said] = [part(document, "status"), part(fresh, "status")];
  if (status && said && status.textContent !== said.textContent) status.textContent = said.textContent;
}

async function refresh() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.ok) takeOver(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    // The sandbox is away; the next second asks again.
  }
  setTimeout(refresh, 1000);
}

setTimeout(refresh, 1000);
