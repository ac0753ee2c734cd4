// The dialog of the keys.
import { pageCommands, scriptCommands, type CommandRow } from "../../session/commands";
import { lazyCommands } from "../text_commands";
import { openDialog } from "./dialogs";
import { h } from "./dom";
import { keyNames } from "./keys";

interface Row {
  keys: string;
  text: string;
}

/// Shows the keys of the commands and of the editor.
export function showHelp(version: string) {
  const of = (group: CommandRow["group"]): Row[] =>
    [...pageCommands, ...scriptCommands, ...lazyCommands]
      .filter(row => row.group === group)
      .map(({ keys = "", label, text = label }) => ({ keys, text }));
  const { dialog } = openDialog(
    "Keys",
    h(
      "div",
      { class: "rdit-help" },
      section("Run", of("run")),
      section("Results and file", [...of("edit"), ...of("help")]),
      section("Sections and blocks", of("section")),
      section("Write", of("write")),
    ),
    h(
      "div",
      { class: "rdit-dialog-actions" },
      h("span", { class: "rdit-dialog-note" }, `rdit ${version}`),
      h("button", { class: "rdit-button rdit-framed", value: "" }, "Close"),
    ),
  );
  dialog.classList.add("rdit-dialog-wide");
  dialog.querySelector<HTMLButtonElement>(".rdit-dialog-actions button")!.focus();
}

const section = (title: string, rows: Row[]) =>
  h(
    "section",
    {},
    h("h3", {}, title),
    h(
      "dl",
      {},
      ...rows.flatMap(({ keys, text }) => [
        h("dt", {}, ...keyNames(keys).map(name => h("kbd", {}, name))),
        h("dd", {}, text),
      ]),
    ),
  );
