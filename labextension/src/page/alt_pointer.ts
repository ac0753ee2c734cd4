// Alt with the pointer: a click adds a cursor, and dragging selects a rectangle, in place of what was
// selected. Ctrl or Cmd with a click goes to definitions.
import { EditorSelection, EditorState, type Extension } from "@codemirror/state";
import { crosshairCursor, EditorView, rectangularSelection } from "@codemirror/view";

// What was selected where the press began: there is one pointer.
let before: EditorSelection | null = null;

const replaced = EditorState.transactionFilter.of(tr => {
  if (!before || !tr.selection || !tr.isUserEvent("select.pointer")) return tr;
  const { ranges } = before;
  const own = tr.selection.ranges.filter(range => !ranges.some(old => old.eq(range)));
  // A click adds one cursor.
  if (own.length < 2 && own.every(({ empty }) => empty)) return tr;
  return [tr, { selection: EditorSelection.create(own) }];
});

/// The extension.
export const altPointer: Extension = [
  EditorView.domEventHandlers({
    mousedown: ({ altKey, button }, { state }) => {
      before = altKey && button === 0 ? state.selection : null;
    },
  }),
  EditorView.clickAddsSelectionRange.of(event => event.altKey),
  rectangularSelection(),
  crosshairCursor(),
  replaced,
];
