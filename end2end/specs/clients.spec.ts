// Clients of other makers work against the sandbox as they do against the real services.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { python } from "../clients/python.ts";
import { RUN_ENV } from "../support/env.ts";
import { test } from "../support/test.ts";

const at = (path: string) => fileURLToPath(new URL(`../clients/${path}`, import.meta.url));
// Rejects with all that the client said when it fails.
const run = (program: string, script: string) => promisify(execFile)(program, [at(script), RUN_ENV], { timeout: 30_000 });

test("OpenFGA's SDK checks and writes", () => run(process.execPath, "openfga.mjs").then(() => {}));
test("openid-client signs in, refreshes and signs out", () => run(process.execPath, "openid.mjs").then(() => {}));
test("boto3 converses, stores and reads a secret", async () => {
  test.setTimeout(300_000);
  await run(python(), "aws.py");
});
test("MCP's Python SDK lists and calls in both revisions", async () => {
  test.setTimeout(300_000);
  await run(python(), "mcp_tasks.py");
});
test("Auth0's Python SDKs sign in, connect an account, get its token and ask a phone", async () => {
  test.setTimeout(300_000);
  console.log((await run(python(), "auth0_sdk.py")).stdout);
});
