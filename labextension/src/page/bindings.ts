// The keys of commands as this user has them: chosen one by one, else of the habit, else of the table; and
// Vim. Habits and Vim are in lazy chunks.
import { Compartment, type Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import { hostChanged } from "../editor/host";
import type { CommandRow } from "../session/commands";
import type { HabitKeys } from "../session/habits";
import { commandKeymap, keyTable, ownKeys, type KeysOf } from "../session/keymap";
import { keyHere } from "../session/keys";
import { preference, userKeys } from "./storage";

let habit = "jupyter";
let habitKeys: HabitKeys = {};

/// The keys that a command has without the user's choice for it.
export const unchangedKeys: KeysOf = row => (habitKeys[row.id] ?? ownKeys(row)).map(here);

/// The keys of a command; the first one is shown where there is room for one.
export const keysOf: KeysOf = row => userKeys(row.id)?.map(here) ?? unchangedKeys(row);

// Not the second argument of `map`.
const here = (key: string) => keyHere(key);

/// Loads the keys of the user's habit; rejects if they cannot be loaded.
export async function loadHabit(): Promise<void> {
  const wanted = preference("keys");
  if (wanted === habit) return;
  const keys = wanted === "jupyter" ? {} : (await import("../session/habits")).habits[wanted];
  // The user may have chosen again meanwhile.
  if (wanted === preference("keys")) [habit, habitKeys] = [wanted, keys];
}

/// The keys in an editor, which follow the user's choice.
export class Bindings {
  readonly extension: Extension;
  private readonly table = new Compartment();
  private readonly vim = new Compartment();
  /// The habit, and whether there is Vim.
  private shown = "jupyter false";
  private isDisposed = false;

  constructor(
    rows: readonly CommandRow[],
    private readonly perform: (row: CommandRow) => boolean,
    private readonly rowOf: (id: string) => CommandRow,
    private readonly say: (text: string) => void,
  ) {
    this.extension = [
      commandKeymap(rows, perform),
      this.table.of(keyTable.of(keysOf)),
      this.vim.of([]),
    ];
  }

  /// Takes over what the user has chosen. Never rejects.
  async apply(view: EditorView): Promise<void> {
    const wanted = `${preference("keys")} ${preference("vim")}`;
    const isNew = wanted !== this.shown;
    this.shown = wanted;
    let vim: Extension | null;
    try {
      await loadHabit();
      vim = isNew ? await this.loadVim() : null;
    } catch {
      this.shown = "";
      return this.say("The keys of your choice could not be loaded: load the page again.");
    }
    // The user may have chosen again meanwhile, or have left the page.
    if (this.isDisposed || wanted !== this.shown) return;
    view.dispatch({
      effects: [
        // The margin names the key that runs.
        hostChanged.of(null),
        // A new function, so that all keys are bound anew.
        this.table.reconfigure(keyTable.of(row => keysOf(row))),
        ...(vim ? [this.vim.reconfigure(vim)] : []),
      ],
    });
  }

  dispose() {
    this.isDisposed = true;
  }

  private async loadVim(): Promise<Extension> {
    if (!preference("vim")) return [];
    return (await import("./vim")).vimKeys(id => this.perform(this.rowOf(id)));
  }
}
