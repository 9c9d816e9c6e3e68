// Pictures of every page and state, for looking at: `cargo xtask gallery`. One project for each language.
import { defineConfig } from "@playwright/test";
import { APP, browser } from "./support/env.ts";

export default defineConfig({
  testDir: "gallery",
  globalTeardown: "./gallery/contents.ts",
  outputDir: "test-results",
  workers: 1,
  reporter: "list",
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: { baseURL: APP, ...browser(), reducedMotion: "reduce", actionTimeout: 15_000 },
  projects: ["en", "es", "de"].map((locale) => ({ name: locale, use: { locale } })),
});
