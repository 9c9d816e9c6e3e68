// Every flow runs twice: hydrated, and with JavaScript off. What needs a script by its nature is named *.hydrated.spec.ts.
import { defineConfig } from "@playwright/test";
import { APP, browser } from "./support/env.ts";

const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const OTHERS = ["**/clients.spec.ts", "**/firefox.spec.ts", "**/*.phone.spec.ts", "**/*.final.spec.ts"];

export default defineConfig({
  testDir: "specs",
  globalSetup: "./support/forget.ts",
  globalTeardown: "./support/shrink.ts",
  outputDir: "test-results",
  // Permissions and the model's behaviour are the sandbox's, so tests that change them must not meet.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  reporter: "list",
  timeout: 30_000,
  expect: { timeout: 7_000, toHaveScreenshot: { scale: "css", animations: "disabled" } },
  // A missing picture fails, like a different one.
  snapshotPathTemplate: "pictures/{arg}{ext}",
  updateSnapshots: process.env.UPDATE_PICTURES === "1" ? "all" : "none",
  use: { baseURL: APP, ...browser(), actionTimeout: 7_000, navigationTimeout: 15_000, trace: "retain-on-failure" },
  projects: [
    { name: "hydrated", testIgnore: OTHERS },
    { name: "plain", testIgnore: [...OTHERS, "**/*.hydrated.spec.ts"], use: { javaScriptEnabled: false } },
    { name: "phone", testMatch: ["**/groups.spec.ts", "**/*.phone.spec.ts"], use: PHONE },
    { name: "clients", testMatch: ["**/clients.spec.ts", "**/firefox.spec.ts"] },
    { name: "final", testMatch: "**/*.final.spec.ts", dependencies: ["hydrated", "plain", "phone", "clients"] },
  ],
});
