// A browser without a window: keeps cookies and follows redirects one by one.
import assert from "node:assert/strict";

export class Browser {
  #cookies = new Map();

  /** The first answer that doesn't lead on, or the first address that `until` accepts. */
  async visit(url, init = {}, until = () => false) {
    for (let hops = 0; hops < 10; hops++) {
      if (until(url)) return { url: new URL(url), text: "" };
      const headers = { cookie: this.#cookie(), accept: "text/html", origin: new URL(url).origin };
      const answer = await fetch(url, { ...init, headers, redirect: "manual" });
      this.#keep(answer.headers.getSetCookie());
      const text = await answer.text();
      const next = answer.headers.get("location");
      if (!next) {
        assert(answer.ok, `${url}: ${answer.status} ${text.slice(0, 300)}`);
        return { url: new URL(url), text };
      }
      url = new URL(next, url).href;
      init = {};
    }
    throw new Error(`${url}: redirects without an end`);
  }

  /** Presses the button of this name and value in the page's form. */
  press(page, name, value, until) {
    const action = page.text.match(/<form method="post" action="([^"]+)"/)?.[1];
    const state = page.text.match(/name="state" value="([^"]*)"/)?.[1];
    assert(action && state, `no form: ${page.text.slice(0, 300)}`);
    const body = new URLSearchParams({ state, [name]: value });
    return this.visit(new URL(action, page.url).href, { method: "POST", body }, until);
  }

  #cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #keep(lines) {
    for (const line of lines) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0/i.test(line)) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
