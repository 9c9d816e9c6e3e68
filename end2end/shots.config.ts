// Pictures of every page in target/shots/, for looking at. No part of the tests:
//   npx playwright test --config shots.config.ts
import { defineConfig } from "@playwright/test";
import { APP, browser } from "./support/env.ts";

const base = { baseURL: APP, ...browser(), reducedMotion: "reduce" as const, deviceScaleFactor: 2 };
const wide = { ...base, viewport: { width: 1280, height: 800 } };
const phone = { ...base, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export default defineConfig({
  testDir: "shots",
  outputDir: "test-results",
  workers: 1,
  reporter: "list",
  projects: [
    { name: "wide-light", use: { ...wide, colorScheme: "light" } },
    { name: "wide-dark", use: { ...wide, colorScheme: "dark" } },
    { name: "phone-light", use: { ...phone, colorScheme: "light" } },
    { name: "phone-dark", use: { ...phone, colorScheme: "dark" } },
  ],
});
