// The keys of the tables of commands, for hosts whose keys are CodeMirror's.
import { Facet, Prec, type Extension } from "@codemirror/state";
import { keymap, type EditorView } from "@codemirror/view";
import type { CommandRow } from "./commands";

/// The scope of the keys that work outside of the editor too, for CodeMirror's `runScopeHandlers`.
export const ANYWHERE = "rdit-anywhere";
/// The scope of all keys of commands.
export const COMMANDS = "rdit-commands";

/// The keys of a command, in CodeMirror's notation; the first one is shown where there is room for one.
export type KeysOf = (row: CommandRow) => readonly string[];

/// The keys that stand in the table: those of the default habit.
export const ownKeys: KeysOf = ({ keys }) => (typeof keys === "string" ? [keys] : (keys ?? []));

/// The keys as the user has them. Default: `ownKeys`.
export const keyTable = Facet.define<KeysOf, KeysOf>({
  combine: tables => tables[0] ?? ownKeys,
});

/// Binds the rows' keys, as `keyTable` has them, with precedence over the editor's own.
export function commandKeymap(
  rows: readonly CommandRow[],
  perform: (row: CommandRow, view: EditorView) => boolean,
): Extension {
  return Prec.high(
    keymap.compute([keyTable], state =>
      rows.flatMap(row =>
        state
          .facet(keyTable)(row)
          .map(key => ({
            key,
            scope: `editor ${COMMANDS}${row.anywhere ? ` ${ANYWHERE}` : ""}`,
            run: (view: EditorView) => perform(row, view),
          })),
      ),
    ),
  );
}
