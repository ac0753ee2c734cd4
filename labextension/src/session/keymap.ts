// The keys of the table of commands, for hosts whose keys are CodeMirror's.
import { Prec, type Extension } from "@codemirror/state";
import { keymap, type EditorView } from "@codemirror/view";
import type { CommandRow } from "./commands";

/// The scope of the keys that work outside of the editor too, for CodeMirror's `runScopeHandlers`.
export const ANYWHERE = "rdit-anywhere";

/// Binds the rows' keys, with precedence over the editor's own.
export function commandKeymap(
  rows: readonly CommandRow[],
  perform: (row: CommandRow, view: EditorView) => boolean,
): Extension {
  return Prec.high(
    keymap.of(
      rows
        .filter(({ keys }) => keys)
        .map(row => ({
          key: row.keys,
          scope: row.anywhere ? `editor ${ANYWHERE}` : "editor",
          run: view => perform(row, view),
        })),
    ),
  );
}
