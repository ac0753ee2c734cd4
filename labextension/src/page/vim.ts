// Lazy chunk: Vim's keys. Those that run commands come first, but for the keys that Vim has itself.
import { Facet, Prec, type Extension } from "@codemirror/state";
import { EditorView, runScopeHandlers } from "@codemirror/view";
import { Vim, vim, type CodeMirror } from "@replit/codemirror-vim";
import { COMMANDS } from "../session/keymap";

type Perform = (id: string) => unknown;
const performer = Facet.define<Perform, Perform | undefined>({ combine: all => all[0] });
const save = (cm: CodeMirror) => void cm.cm6.state.facet(performer)?.("rdit:save");

// Of Vim as a whole, not of one editor.
Vim.defineEx("write", "w", save);
Vim.defineEx("wq", "wq", save);
Vim.defineEx("xit", "x", save);

/// `perform`: runs a command by its id, for Vim's own, as `:w`.
export function vimKeys(perform: Perform): Extension {
  return [
    performer.of(perform),
    Prec.highest(
      EditorView.domEventHandlers({
        keydown: (event, view) => !isOfVim(event) && runScopeHandlers(view, event, COMMANDS),
      }),
    ),
    Prec.high(vim({ status: true })),
  ];
}

/// Vim's own: Ctrl with a letter, but for saving.
const isOfVim = (event: KeyboardEvent) =>
  event.ctrlKey &&
  !event.shiftKey &&
  !event.altKey &&
  !event.metaKey &&
  /^[a-rt-z[\]]$/.test(event.key);
