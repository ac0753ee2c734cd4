// Lazy chunk: the dialog of the keys, as this user has them.
import type { CommandRow } from "../../session/commands";
import { keyCaps } from "../../panels/key_caps";
import type { KeysOf } from "../../session/keymap";
import { openDialog } from "./dialogs";
import { h } from "../../panels/dom";

interface Row {
  keys: readonly string[];
  text: string;
}

/// Shows the keys of the commands and of the editor. `change`: called to change them.
export function showHelp(
  rows: readonly CommandRow[],
  keysOf: KeysOf,
  version: string,
  change: () => void,
) {
  const of = (...groups: CommandRow["group"][]): Row[] =>
    rows
      .filter(row => groups.includes(row.group))
      .map(row => ({ keys: keysOf(row), text: row.text ?? row.label }));
  const { dialog, done } = openDialog(
    "Keys",
    h(
      "div",
      { class: "rdit-help" },
      section("Run", of("run")),
      section("Results and file", [...of("edit"), ...of("help")]),
      section("Names and problems", of("know")),
      section("Sections and blocks", of("section")),
      section("Write", of("write")),
    ),
    h(
      "div",
      { class: "rdit-dialog-actions" },
      h("span", { class: "rdit-dialog-note" }, `rdit ${version}`),
      h("button", { class: "rdit-button rdit-framed", value: "change" }, "Change…"),
      h("button", { class: "rdit-button rdit-framed", value: "" }, "Close"),
    ),
  );
  dialog.classList.add("rdit-dialog-wide");
  dialog.querySelector<HTMLButtonElement>(".rdit-dialog-actions button:last-child")!.focus();
  // The list begins at its beginning, though the focus is below it.
  dialog.scrollTop = 0;
  void done.then(answer => answer === "change" && change());
}

const section = (title: string, rows: Row[]) =>
  h(
    "section",
    {},
    h("h3", {}, title),
    h(
      "dl",
      {},
      ...rows
        .filter(({ keys }) => keys.length)
        .flatMap(({ keys, text }) => [h("dt", {}, ...keys.map(keyCaps)), h("dd", {}, text)]),
    ),
  );
