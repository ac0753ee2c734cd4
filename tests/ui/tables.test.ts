// What other files have of the tables of commands and settings. `make tables` writes them anew.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { expect, it } from "vitest";
import * as editor from "../../labextension/src/editor/commands";
import {
  labEntries,
  labCommands,
  labPlaces,
  pageCommands,
  scriptCommands,
  type CommandRow,
} from "../../labextension/src/session/commands";
import { lazyCommands } from "../../labextension/src/page/text_commands";
import { codeCommands } from "../../labextension/src/session/code_commands";
import { labSettings, pageSettings } from "../../labextension/src/session/settings";
import { habits, type Habit } from "../../labextension/src/session/habits";
import { clashes } from "../../labextension/src/session/key_presses";
import { ownKeys } from "../../labextension/src/session/keymap";
import { habitTable, keyTable, pageDefaults, pluginSchema } from "../../labextension/tables";

const root = join(import.meta.dirname, "../..");
const all = [...scriptCommands, ...pageCommands, ...labCommands, ...codeCommands];
const hosts = [
  [...scriptCommands, ...pageCommands, ...lazyCommands],
  [...scriptCommands, ...labCommands, ...codeCommands],
];

it("has JupyterLab's schema as the file has it", async () => {
  const text = await format(JSON.stringify(pluginSchema()), { parser: "json", printWidth: 100 });
  await expect(text).toMatchFileSnapshot(join(root, "labextension/schema/plugin.json"));
});

it("has the default keys last, which JupyterLab's menus show", () => {
  const shortcuts = pluginSchema()["jupyter.lab.shortcuts"];
  const last = (id: string) => shortcuts.filter(({ command }) => command === id).pop()!.keys;
  expect(last("rdit:run")).toEqual(["Shift Enter"]);
  expect(last("rdit:run-and-stay")).toEqual(["Accel Enter"]);
  expect(last("rdit:run-to-here")).toEqual(["Accel Alt Enter"]);
});

it("has the keys as docs/using.md has them", async () => {
  const path = join(root, "docs/using.md");
  const table = /\| key \| what it does \|\n(\|.*\n)*/;
  const ofHabits = /\| what it does \| Jupyter \|.*\n(\|.*\n)*/;
  const document = readFileSync(path, "utf8");
  expect(document).toMatch(table);
  expect(document).toMatch(ofHabits);
  const wanted = document.replace(table, () => keyTable()).replace(ofHabits, () => habitTable());
  await expect(wanted).toMatchFileSnapshot(path);
});

it("has the defaults of the page's settings as the first chunk has them", async () => {
  const text = await format(pageDefaults(), { parser: "typescript", printWidth: 100 });
  await expect(text).toMatchFileSnapshot(join(root, "labextension/src/page/defaults.ts"));
});

it("names each command once, and each of its keys for one command of a host", () => {
  const ids = all.map(({ id }) => id);
  for (const own of hosts) {
    const names = own.map(({ id }) => id);
    expect(names).toEqual([...new Set(names)]);
  }
  expect(ids).toEqual(expect.arrayContaining(Object.keys({ ...labPlaces, ...labEntries })));
});

it.each(Object.keys(habits) as Habit[])("has no key for two commands in the habit %s", habit => {
  for (const rows of hosts)
    for (const mac of [false, true]) {
      const keysOf = (row: CommandRow) => habits[habit][row.id] ?? ownKeys(row);
      const bound = rows.map(row => ({ id: row.id, keys: keysOf(row) }));
      expect([...clashes(bound, mac)]).toEqual([]);
    }
  const ids = hosts.flat().map(({ id }) => id as string);
  expect(ids).toEqual(expect.arrayContaining(Object.keys(habits[habit])));
});

it.each(all.filter(row => row.edit).map(row => [row.id, row.edit!] as const))(
  "%s is a command of the editor: %s",
  (_, name) => expect(editor[name]).toBeTypeOf("function"),
);

it.each(scriptCommands.map(row => [row.id, row] as const))(
  "%s does something in every host, and its keys are in the help",
  (_, row) => {
    expect(Boolean(row.edit) !== Boolean(row.run)).toBe(true);
    if (row.keys) expect(row.group).toBeDefined();
  },
);

it.each(Object.entries({ ...pageSettings, ...labSettings }))(
  "the setting %s has a default that is one of its values",
  (_, { default: value, ...row }) => {
    if ("enum" in row) expect(row.enum).toContain(value);
    if ("minimum" in row) {
      expect(value).toBeGreaterThanOrEqual(row.minimum!);
      expect(value).toBeLessThanOrEqual(row.maximum!);
    }
  },
);
