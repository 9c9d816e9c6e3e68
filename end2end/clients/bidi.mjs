// Firefox by WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/): Debian's Firefox is older than what Playwright drives.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const LONGEST_MS = 15_000;
const QUIET = ["app.update.enabled", "browser.shell.checkDefaultBrowser", "datareporting.policy.dataSubmissionEnabled"];

export class Firefox {
  static async start(program) {
    const profile = mkdtempSync(join(tmpdir(), "firefox-"));
    writeFileSync(join(profile, "user.js"), QUIET.map((name) => `user_pref("${name}", false);\n`).join(""));
    const child = spawn(program, ["--headless", "--remote-debugging-port=0", "--profile", profile], { stdio: ["ignore", "ignore", "pipe"] });
    const address = await new Promise((found, failed) => {
      child.once("error", failed);
      child.once("exit", (code) => failed(new Error(`Firefox ended with ${code}`)));
      let said = "";
      child.stderr.on("data", (bytes) => {
        said += bytes;
        const line = /WebDriver BiDi listening on (\S+)/.exec(said);
        if (line) found(line[1]);
      });
    });
    const socket = new WebSocket(`${address}/session`);
    await new Promise((open, failed) => {
      socket.onopen = open;
      socket.onerror = failed;
    });
    const firefox = new Firefox(child, profile, socket);
    await firefox.send("session.new", { capabilities: {} });
    await firefox.send("session.subscribe", { events: ["log.entryAdded"] });
    return firefox;
  }

  constructor(child, profile, socket) {
    Object.assign(this, { child, profile, socket, next: 1, open: new Map(), errors: [] });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.method === "log.entryAdded" && message.params.level === "error") this.errors.push(message.params.text);
      const answer = this.open.get(message.id);
      this.open.delete(message.id);
      if (message.type === "success") answer?.resolve(message.result);
      if (message.type === "error") answer?.reject(new Error(`${message.error}: ${message.message}`));
    };
  }

  send(method, params) {
    const id = this.next++;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.open.set(id, { resolve, reject }));
  }

  async tab() {
    const { context } = await this.send("browsingContext.create", { type: "tab" });
    return new Tab(this, context);
  }

  stop() {
    this.socket.close();
    this.child.removeAllListeners("exit");
    const gone = new Promise((done) => this.child.once("exit", done));
    this.child.kill();
    return gone.then(() => rmSync(this.profile, { recursive: true, force: true }));
  }
}

class Tab {
  constructor(firefox, context) {
    Object.assign(this, { firefox, context });
  }

  open(url) {
    return this.firefox.send("browsingContext.navigate", { context: this.context, url, wait: "complete" });
  }

  size(width, height) {
    return this.firefox.send("browsingContext.setViewport", { context: this.context, viewport: { width, height } });
  }

  /** Evaluates an expression whose value is text, a number, a boolean or nothing. */
  async value(expression) {
    const target = { context: this.context };
    const answer = await this.firefox.send("script.evaluate", { expression, target, awaitPromise: true });
    if (answer.type === "exception") throw new Error(`${expression}: ${answer.exceptionDetails.text}`);
    return answer.result.value;
  }

  /** Waits until the expression is true. A page that is being replaced has no value. */
  async until(expression) {
    const begun = Date.now();
    while (!(await this.value(expression).catch(() => false))) {
      if (Date.now() - begun > LONGEST_MS) throw new Error(`not in time: ${expression} at ${await this.value("location.href")}`);
      await pause(50);
    }
  }

  /** Presses the first element that fits, as a person does. */
  async press(selector) {
    await this.until(`document.readyState === "complete" && !!document.querySelector(${JSON.stringify(selector)})`);
    const [x, y] = JSON.parse(
      await this.value(`(() => {
        const element = document.querySelector(${JSON.stringify(selector)});
        element.scrollIntoView({ block: "center" });
        const { x, y, width, height } = element.getBoundingClientRect();
        return JSON.stringify([Math.floor(x + width / 2), Math.floor(y + height / 2)]);
      })()`),
    );
    const steps = [{ type: "pointerMove", x, y }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }];
    await this.act({ type: "pointer", id: "mouse", actions: steps });
  }

  /** Types text; `\n` is Enter. */
  type(text) {
    const keys = [...text].map((sign) => (sign === "\n" ? "\uE007" : sign));
    return this.act({ type: "key", id: "keyboard", actions: keys.flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]) });
  }

  act(source) {
    return this.firefox.send("input.performActions", { context: this.context, actions: [source] });
  }

  async picture(path) {
    const { data } = await this.firefox.send("browsingContext.captureScreenshot", { context: this.context });
    writeFileSync(path, Buffer.from(data, "base64"));
  }
}
