// Where everything is, as whoever started the services says; by itself, where `cargo xtask run` puts it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const APP = process.env.BASE_URL ?? "http://localhost:3000";
export const CONSOLE = process.env.CONSOLE_URL ?? "http://localhost:4100";
export const RUN_ENV = process.env.RUN_ENV ?? fileURLToPath(new URL("../../target/run.env", import.meta.url));

/** A variable that the server was given. */
export function given(name: string): string {
  const line = readFileSync(RUN_ENV, "utf8").split("\n").find((line) => line.startsWith(`${name}=`));
  if (!line) throw new Error(`${RUN_ENV} has no ${name}`);
  const value = line.slice(name.length + 1);
  return /^'.*'$/.test(value) ? value.slice(1, -1).replaceAll("'\\''", "'") : value;
}

/** Debian's Chromium, for Playwright's own cannot be had everywhere. */
export function browser() {
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  const quiet = ["quic", "background-networking", "component-update", "sync"].map((what) => `--disable-${what}`);
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", ...quiet];
  return { browserName: "chromium" as const, launchOptions: { executablePath, args } };
}
