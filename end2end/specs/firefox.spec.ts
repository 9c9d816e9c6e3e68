// The pages in another engine.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { APP, RUN_ENV } from "../support/env.ts";
import { test } from "../support/test.ts";

test("Firefox signs in, keeps the end of the log in view, counts down, cancels, and shows every component whole", async () => {
  test.setTimeout(90_000);
  const script = fileURLToPath(new URL("../clients/firefox.mjs", import.meta.url));
  await promisify(execFile)(process.execPath, ["--experimental-websocket", script, RUN_ENV, APP], { timeout: 80_000 });
});
