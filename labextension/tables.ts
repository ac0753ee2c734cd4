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
import { labSettings, type Setting } from "./src/session/settings";

const rows = [...scriptCommands, ...codeCommands, ...labCommands].map(row => ({
  id: row.id,
  keys: row.keys,
  ...labPlaces[row.id],
}));
type Row = Pick<CommandRow, "id" | "keys"> & LabPlace;
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
                items: menu("export", 0).flatMap(({ command }) =>
                  ["notebook", "html", "markdown"].map((format, rank) => ({
                    command,
                    args: { format },
                    rank,
                  })),
                ),
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

function property({ title, description, ...row }: Setting) {
  const type = typeof row.default === "number" ? "integer" : typeof row.default;
  return { title, description, type, ...row };
}

/// JupyterLab's menus show the last keys of a command, whatever the setting: those of the default habit.
function shortcutsOfAll() {
  const all = rows.flatMap(shortcuts);
  const isRare = ({ selector }: (typeof all)[number]) => selector.includes("rstudio");
  return [...all.filter(isRare), ...all.filter(shortcut => !isRare(shortcut))];
}

/// A row's keys, in JupyterLab's notation: those of one habit only where the setting says so.
function shortcuts({ id, keys, rstudio, anywhere, within }: Row) {
  const here = anywhere ? ".rdit-Document" : EDITOR;
  const selector = within ? `${here} ${within}` : here;
  const when = (habit: string) => `${selector}[data-rdit-keys='${habit}']`;
  const bind = (keys: string | undefined, selector: string) =>
    keys ? [{ command: id, keys: [labKeys(keys)], selector }] : [];
  if (!rstudio) return bind(keys, selector);
  return "also" in rstudio
    ? [...bind(keys, selector), ...bind(rstudio.also, when("rstudio"))]
    : [...bind(keys, when("jupyter")), ...bind(rstudio.instead, when("rstudio"))];
}

const labKeys = (keys: string) =>
  keys
    .split("-")
    .map(key => (key === "Mod" ? "Accel" : key.length === 1 ? key.toUpperCase() : key))
    .join(" ");

/// The rows of the table of keys in docs/using.md.
export function keyTable(): string {
  const lines = [...scriptCommands, ...pageCommands, ...lazyCommands]
    .flatMap(({ keys, label, text = label }) => (keys ? [[keys, text]] : []))
    .map(([keys, text]) => `| ${inWords(keys)} | ${text[0].toLowerCase()}${text.slice(1)} |\n`);
  return `| key | what it does |\n|---|---|\n${lines.join("")}`;
}

const inWords = (keys: string) =>
  keys.replace("Arrow", "").replace(/-([a-z])$/, (_, letter: string) => `-${letter.toUpperCase()}`);
