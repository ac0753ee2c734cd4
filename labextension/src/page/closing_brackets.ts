// Brackets and quotes that close, as CodeMirror has them; and three quotes are typed over one by one.
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import { EditorSelection, Prec, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";

// CodeMirror's own goes over all three at the first quote, and the other two would stand behind them.
const typedOver = EditorView.inputHandler.of((view, from, to, text) => {
  const { state } = view;
  if (from !== to || (text !== '"' && text !== "'") || state.selection.ranges.length > 1)
    return false;
  const node = syntaxTree(state).resolveInner(from, -1);
  const string = node.name.endsWith("String") ? node : node.parent;
  const left = (string?.to ?? 0) - from;
  if (!string?.name.endsWith("String") || left < 1 || left > 3) return false;
  if (state.sliceDoc(from, string.to) !== text.repeat(left)) return false;
  const opening = /^[a-zA-Z]*("""|''')/.exec(state.sliceDoc(string.from, string.from + 6));
  if (opening?.[1] !== text.repeat(3) || string.to - 3 < string.from + opening[0].length)
    return false;
  view.dispatch({
    selection: EditorSelection.cursor(from + 1),
    scrollIntoView: true,
    userEvent: "input.type",
  });
  return true;
});

/// The extension.
export const closingBrackets: Extension = [
  Prec.high(typedOver),
  closeBrackets(),
  Prec.high(keymap.of(closeBracketsKeymap)),
];
