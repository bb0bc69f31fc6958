// Steering from the page: controls and their receipts, the queue, replay; nothing is shown before the program said so.
import { expect, test } from "./fixtures.js";
import { ask, attach, orchestration } from "./orchestrator.js";
import { send } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const receipt = (page) => page.getByRole("status", { name: "Receipt" });

/** A session whose program obeys when told to. */
async function steered(server, session, options) {
  await send(server.url, orchestration(session, { ask: false }));
  return attach(server.url, session, options);
}

test("a halt is a receipt, and halted only when the program says so", async ({ page, server }) => {
  let go;
  const told = new Promise((done) => (go = done));
  const obey = async (command, answer) => {
    answer("acknowledged");
    await told;
    await send(server.url, [{ session_id: "halt", event_type: "execution:halted", data: { reason: command.reason } }]);
    answer("succeeded");
  };
  const program = await steered(server, "halt", { obey });
  await page.goto("/sessions/halt");
  await isLive(page);
  await page.getByRole("button", { name: "Halt", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: /^Halt / });
  await expect(dialog.getByRole("button", { name: "Halt" })).toBeFocused();
  await dialog.getByLabel(/^Reason/).fill("look at the disk");
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(receipt(page)).toContainText(/Halt by local acknowledged/);
  await expect(page.locator(".head .pill")).toHaveText("Running");
  go();
  await expect(receipt(page)).toContainText(/delivered .*ms → acknowledged .*ms → succeeded/);
  await expect(page.locator(".head .pill")).toHaveText("Halted");
  expect(program.got[0]).toMatchObject({ type: "HALT", reason: "look at the disk" });
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Halt", exact: true })).toHaveCount(0);
  await program.close();
});

test("a refusal of the program can be read, and Escape gives the focus back", async ({ page, server }) => {
  const obey = (command, answer) => answer("failed", { error: `there is no skill ${command.parameters.skill_name}` });
  const program = await steered(server, "refuse", { obey });
  await page.goto("/sessions/refuse");
  await isLive(page);
  const inject = page.getByRole("button", { name: "Inject…" });
  await inject.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Skill" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(inject).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Inject" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("Name the skill.");
  await dialog.getByLabel("Skill", { exact: true }).fill("dance");
  await dialog.getByLabel("When").selectOption("end");
  await dialog.getByRole("button", { name: "Inject" }).click();
  await expect(receipt(page)).toContainText("there is no skill dance");
  expect(program.got[0].parameters).toEqual({ skill_name: "dance", parameters: {}, position: "end" });
  await program.close();
});

test("going back asks on Cancel first, and names its checkpoint", async ({ page, server }) => {
  const program = await steered(server, "back", { obey: (_, answer) => answer("succeeded") });
  await page.goto("/sessions/back?tab=checkpoints");
  await isLive(page);
  await page.getByRole("button", { name: "Roll back to before analyse" }).click();
  const dialog = page.getByRole("dialog", { name: /before analyse.*2 steps/ });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Roll back" }).click();
  await expect(receipt(page)).toContainText("succeeded");
  expect(program.got[0]).toMatchObject({ type: "ROLLBACK", parameters: { steps: 2, checkpoint_id: "cp-1" } });
  await program.close();
});

test("a program's own commands have buttons, and files can be approved", async ({ page, server }) => {
  const commands = ["HALT", { type: "tune", label: "Tune", parameters: { rate: 0.1 } }, "approve_file_change"];
  const program = await steered(server, "own", { commands, obey: (_, answer) => answer("succeeded") });
  await page.goto("/sessions/own?tab=files");
  await isLive(page);
  await expect(page.getByRole("button", { name: "Inject…" })).toHaveCount(0);
  await page.getByRole("button", { name: "Tune…" }).click();
  await page.getByRole("dialog").getByLabel(/^Parameters/).fill('{"rate":0.5}');
  await page.getByRole("dialog").getByRole("button", { name: "Tune" }).click();
  await expect(receipt(page)).toContainText(/Tune by local succeeded/);
  await page.getByRole("button", { name: "Approve auth/session.py" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await expect(receipt(page)).toContainText("Approve file change");
  // The page may know that it is queued before the program has it.
  await expect
    .poll(() => program.got.map(({ parameters }) => parameters))
    .toEqual([{ rate: 0.5 }, { file_path: "auth/session.py" }]);
  // Only the program's own event makes it approved.
  await expect(page.getByText("Approved", { exact: true })).toHaveCount(0);
  await send(server.url, [{ session_id: "own", event_type: "file_approved", data: { file_path: "auth/session.py" } }]);
  await expect(page.getByText("Approved", { exact: true })).toBeVisible();
  await program.close();
});

test("where nobody is attached it says so before anything is pressed, and the command waits", async ({ page, server }) => {
  await send(server.url, orchestration("alone", { ask: false }));
  await page.goto("/sessions/alone");
  await isLive(page);
  const halt = page.getByRole("button", { name: "Halt", exact: true });
  await expect(halt).toHaveAccessibleDescription(/No program is attached/);
  await halt.click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("No program is attached");
  await dialog.getByRole("button", { name: "Queue: Halt" }).click();
  await expect(receipt(page)).toContainText("queued · waiting for a program");
  await expect(page.locator(".head .pill")).toHaveText("Running");
  const program = await attach(server.url, "alone", { obey: (_, answer) => answer("succeeded") });
  await expect(receipt(page)).toContainText("succeeded");
  await expect(halt).not.toHaveAccessibleDescription(/No program/);
  await program.close();
});

test("what waits is moved by buttons and keys, and taken back", async ({ page, server }) => {
  await send(server.url, orchestration("queue", { ask: false }));
  for (const skill_name of ["one", "two", "three"]) await ask(server.url, "queue", { type: "INJECT", parameters: { skill_name } });
  await page.goto("/sessions/queue?tab=audit");
  await isLive(page);
  const queue = page.getByRole("region", { name: "Queue" });
  const order = () => queue.getByRole("listitem").allTextContents().then((all) => all.map((text) => /one|two|three/.exec(text)[0]));
  expect(await order()).toEqual(["one", "two", "three"]);
  const down = queue.getByRole("listitem").first().getByRole("button", { name: "Move INJECT down" });
  await down.click();
  await expect.poll(order).toEqual(["two", "one", "three"]);
  await expect(queue.getByRole("listitem").nth(1).getByRole("button", { name: "Move INJECT down" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect.poll(order).toEqual(["two", "three", "one"]);
  await queue.getByRole("listitem").first().getByRole("button", { name: "Cancel INJECT" }).click();
  await expect.poll(order).toEqual(["three", "one"]);
  await expect(page.getByRole("region", { name: "Commands" })).toContainText("cancelled");
  const program = await attach(server.url, "queue");
  await expect.poll(() => program.got.map((command) => command.parameters.skill_name)).toEqual(["three", "one"]);
  await program.close();
});

test("commands of another run are replayed after a preview, those that are chosen", async ({ page, server }) => {
  const first = await steered(server, "taken-from", { obey: (_, answer) => answer("succeeded") });
  for (const skill_name of ["lint", "test"]) await ask(server.url, "taken-from", { type: "INJECT", parameters: { skill_name }, reason: "again" });
  await expect.poll(() => first.got.length).toBe(2);
  await first.close();
  const second = await steered(server, "taken-by", { obey: (_, answer) => answer("succeeded") });
  await page.goto("/sessions/taken-by?tab=audit");
  await isLive(page);
  await page.getByRole("button", { name: "Replay onto this run…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Source run").fill("taken-from");
  await page.keyboard.press("Enter");
  const preview = dialog.getByRole("list", { name: "Preview" });
  await expect(preview.getByRole("listitem")).toHaveCount(2);
  expect(second.got).toEqual([]);
  await preview.getByRole("checkbox").first().uncheck();
  await dialog.getByRole("button", { name: "Queue 1" }).click();
  await expect(dialog).toBeHidden();
  const commands = page.getByRole("region", { name: "Commands" });
  await expect(commands).toContainText("a replay of another run's command");
  await expect(commands).toContainText("succeeded");
  expect(second.got.map((command) => command.parameters.skill_name)).toEqual(["test"]);
  await second.close();
});

test("the buttons are gone when the run is over", async ({ page, server }) => {
  await send(server.url, orchestration("over", { ended: true, ask: false }));
  await page.goto("/sessions/over");
  await isLive(page);
  await expect(page.getByRole("button", { name: "Halt", exact: true })).toHaveCount(0);
  await expect(page.locator(".head .pill")).toHaveText("Completed");
});
