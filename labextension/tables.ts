// What stands in files for other programs and for people, from the tables of commands and settings:
// JupyterLab's schema, and the keys in docs/using.md. `make tables` writes them.
import {
  labCommands,
  labPlaces,
  pageCommands,
  scriptCommands,
  type CommandRow,
  type LabPlace,
} from "./src/session/commands";
import { lazyCommands } from "./src/page/text_commands";
import { codeCommands } from "./src/session/code_commands";
import { habits, type Habit } from "./src/session/habits";
import { ownKeys } from "./src/session/keymap";
import { labSettings, pageSettings, type Setting } from "./src/session/settings";

const rows = [...scriptCommands, ...codeCommands, ...labCommands].map(row => ({
  id: row.id,
  ...labPlaces[row.id],
  keys: labPlaces[row.id]?.keys ?? ownKeys(row),
}));
type Row = (typeof rows)[number] & LabPlace;
const EDITOR = ".jp-FileEditor.rdit-FileEditor";
const CONTEXTS = {
  editor: EDITOR,
  python: '.jp-DirListing-item[data-file-type="python"]',
  notebook: '.jp-DirListing-item[data-file-type="notebook"]',
};

/// The content of schema/plugin.json.
export function pluginSchema() {
  const menu = (name: LabPlace["menu"], rank: number) =>
    rows.filter(row => row.menu === name).map(({ id }) => ({ command: id, rank }));
  const separator = (rank: number) => ({ type: "separator", rank });
  return {
    title: "rdit",
    description: "Python scripts with every statement's result beside it.",
    "jupyter.lab.setting-icon": "rdit:script",
    "jupyter.lab.setting-icon-label": "rdit",
    "jupyter.lab.toolbars": {
      rdit: [
        {
          name: "save",
          command: "docmanager:save",
          label: "",
          icon: "ui-components:save",
          rank: 10,
        },
        ...rows
          .filter(({ toolbar }) => toolbar)
          .sort((a, b) => a.toolbar! - b.toolbar!)
          .map(({ id, toolbar }) => ({
            name: id.replace("rdit:", ""),
            command: id,
            args: { toolbar: true },
            label: "",
            rank: toolbar,
          })),
        { name: "spacer", type: "spacer", rank: 100 },
        { name: "kernelName", rank: 1000 },
        { name: "kernelStatus", rank: 1001 },
      ],
    },
    "jupyter.lab.menus": {
      main: [
        {
          id: "jp-mainmenu-file",
          items: [
            {
              type: "submenu",
              submenu: { id: "jp-mainmenu-file-new", items: menu("new", 31) },
            },
            {
              type: "submenu",
              rank: 12,
              submenu: {
                id: "jp-mainmenu-file-rdit-export",
                label: "Save and Export Script As",
                items: menu("export", 0),
              },
            },
          ],
        },
        { id: "jp-mainmenu-view", items: [separator(41), ...menu("view", 41), separator(41)] },
        { id: "jp-mainmenu-run", items: [separator(900), ...menu("run", 900), separator(900)] },
        { id: "jp-mainmenu-kernel", items: [separator(900), ...menu("kernel", 900)] },
      ],
      context: rows.flatMap(({ id, context }) =>
        context ? [{ command: id, selector: CONTEXTS[context[0]], rank: context[1] }] : [],
      ),
    },
    "jupyter.lab.shortcuts": shortcutsOfAll(),
    "jupyter.lab.transform": true,
    type: "object",
    properties: {
      ...Object.fromEntries(
        Object.entries(labSettings).map(([name, row]) => [name, property(row)]),
      ),
      toolbar: {
        title: "Toolbar",
        description:
          "The items of the toolbar: disable one by `disabled`, move it by `rank`, add your own.",
        type: "array",
        items: { $ref: "#/definitions/toolbarItem" },
        default: [],
      },
    },
    additionalProperties: false,
    definitions: {
      toolbarItem: {
        type: "object",
        properties: {
          name: { title: "Unique name", type: "string" },
          args: { title: "Command arguments", type: "object" },
          command: { title: "Command id", type: "string", default: "" },
          disabled: {
            title: "Whether the item is ignored or not",
            type: "boolean",
            default: false,
          },
          icon: { title: "Item icon id", type: "string" },
          label: { title: "Item label", type: "string" },
          caption: { title: "Item caption", type: "string" },
          type: { title: "Item type", type: "string", enum: ["command", "spacer"] },
          rank: { title: "Item rank", type: "number", minimum: 0, default: 50 },
        },
        required: ["name"],
        additionalProperties: false,
      },
    },
  };
}

// JupyterLab's settings editor calls values by themselves.
function property({ title, description, names: _, ...row }: Setting) {
  const type = typeof row.default === "number" ? "integer" : typeof row.default;
  return { title, description, type, ...row };
}

/// JupyterLab's menus show the last keys of a command, whatever the setting: those of the default habit, and
/// of these the first.
function shortcutsOfAll() {
  const all = rows.flatMap(shortcuts);
  const isRare = ({ selector }: (typeof all)[number]) =>
    HABITS.some(habit => habit !== "jupyter" && selector.includes(`'${habit}'`));
  return [...all.filter(isRare), ...all.filter(shortcut => !isRare(shortcut))];
}

const HABITS = Object.keys(habits) as Habit[];

/// A row's keys, in JupyterLab's notation: those that not all habits have only where the setting says so.
function shortcuts({ id, keys: own, anywhere, within }: Row) {
  const here = anywhere ? ".rdit-Document" : EDITOR;
  const keysOf = (habit: Habit) => habits[habit][id] ?? own;
  const all = [...new Set(HABITS.flatMap(keysOf))].reverse();
  return all.flatMap(keys => {
    const having = HABITS.filter(habit => keysOf(habit).includes(keys));
    const where =
      having.length === HABITS.length ? [""] : having.map(habit => `[data-rdit-keys='${habit}']`);
    return where.map(when => ({
      command: id,
      keys: keys.split(" ").map(labKeys),
      selector: `${here}${when}${within ? ` ${within}` : ""}`,
    }));
  });
}

const labKeys = (keys: string) =>
  keys
    .split("-")
    .map(key => (key === "Mod" ? "Accel" : key.length === 1 ? key.toUpperCase() : key))
    .join(" ");

const pageRows: readonly CommandRow[] = [...scriptCommands, ...pageCommands, ...lazyCommands];

/// The table of keys in docs/using.md.
export function keyTable(): string {
  const lines = pageRows
    .flatMap(row => (ownKeys(row).length ? [[allInWords(ownKeys(row)), textOf(row)]] : []))
    .map(([keys, text]) => `| ${keys} | ${text} |\n`);
  return `| key | what it does |\n|---|---|\n${lines.join("")}`;
}

/// The table of habits there: the commands whose keys are not the same in all.
export function habitTable(): string {
  const names = HABITS.map(habit => pageSettings.keys.names[habit]);
  const lines = pageRows
    .filter(({ id }) => HABITS.some(habit => habits[habit][id]))
    .map(row => {
      const keys = HABITS.map(habit => allInWords(habits[habit][row.id] ?? ownKeys(row)) || "–");
      return `| ${[textOf(row), ...keys].join(" | ")} |\n`;
    });
  return `| what it does | ${names.join(" | ")} |\n|---|${"---|".repeat(names.length)}\n${lines.join("")}`;
}

/// The page's first chunk has the defaults of its settings, and not what they are called: page/defaults.ts.
export function pageDefaults(): string {
  const defaults = Object.fromEntries(
    Object.entries(pageSettings).map(([name, row]) => [name, row.default]),
  );
  return `// The defaults of \`pageSettings\` (session/settings.ts), without their texts. Written by \`make tables\`.
import type { pageSettings, ValuesOf } from "../session/settings";

export const pageDefaults: ValuesOf<typeof pageSettings> = ${JSON.stringify(defaults)};
`;
}

const small = (text: string) => `${text[0].toLowerCase()}${text.slice(1)}`;
const textOf = ({ label, text = label }: CommandRow) => small(text);

const allInWords = (keys: readonly string[]) => keys.map(inWords).join(", ");
const inWords = (keys: string) =>
  keys
    .replaceAll("Arrow", "")
    .replace(/-([a-z])(?= |$)/g, (_, letter: string) => `-${letter.toUpperCase()}`);
