// Lazy chunk: the command palette over the page's commands.
import type { CommandRow } from "../../session/commands";
import { openPalette, type Palette } from "../../panels/palette";
import type { KeysOf } from "../../session/keymap";
import { recentCommands, rememberCommand } from "../storage";

/// `reason`: why a command cannot be run now; "" if it can.
export function showPalette(
  rows: readonly CommandRow[],
  keysOf: KeysOf,
  reason: (id: string) => string,
  run: (row: CommandRow) => void,
): Palette {
  return openPalette({
    entries: () =>
      rows
        .filter(({ id }) => id !== "rdit:palette")
        .map(row => ({
          id: row.id,
          title: row.label,
          text: row.text,
          keys: keysOf(row),
          reason: reason(row.id) || undefined,
        })),
    recent: recentCommands(),
    run: id => {
      rememberCommand(id);
      run(rows.find(row => row.id === id)!);
    },
  });
}
