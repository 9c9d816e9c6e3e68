import { ADA, BOB } from "../pages/chooser.ts";
import { TASKS } from "../pages/chat.ts";
import { ADA_LISTS_TASKS } from "../pages/console.ts";
import { expect, test } from "../support/test.ts";

const WHAT = "Call the tool get_tasks of the MCP server tasks";

test("assigned tasks are listed through the MCP server for a permitted person", async ({ chat, console }) => {
  await chat.signIn(ADA);
  await chat.ask(TASKS);
  await chat.see(chat.card(new RegExp(`^${WHAT}: done`)));
  await chat.see(chat.theirs(/Retire the old mail gateway/));
  await chat.rest();
  await expect(chat.log).not.toContainText("Close the books for November");

  await console.remove(ADA_LISTS_TASKS);
  await chat.ask(TASKS);
  const refusal = chat.card(`${WHAT}: not permitted`);
  await chat.see(refusal);
  await expect(refusal).toContainText("it needs can_call on tool:tasks/get_tasks. Nothing was changed.");
  await chat.rest();
  await console.add(ADA_LISTS_TASKS);
});

test("only an operator sees the tools of MCP servers", async ({ chat, page }) => {
  await chat.signIn(ADA);
  await page.goto("/activity");
  await chat.column.getByRole("link", { name: "Tool sources" }).click();
  const tasks = page.getByRole("region", { name: "tasks" });
  await expect(tasks.getByRole("heading", { name: "tasks___get_tasks" })).toBeVisible();
  await expect(tasks).toContainText("can_call on tool:tasks/get_tasks");
});

test("a person who is not an operator is told which permission is missing", async ({ chat, page, noise }) => {
  // The page that says so.
  noise.expect(/403/);
  await chat.signIn(BOB);
  await expect(chat.column.getByRole("link", { name: "Permissions" })).toBeVisible();
  await expect(chat.column.getByRole("link", { name: "Tool sources" })).toHaveCount(0);
  await page.goto("/tools");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tool sources are for operators");
  await expect(page.getByRole("main")).toContainText("it needs operator on tenant:default.");
});
