// Where typed text goes when the code gets the focus.

import { EditorView } from "@codemirror/view";

/// Puts the document's selection into the code when the code is focused and the selection is elsewhere. A dialog that is
/// closed gives the focus back, but the selection that was made in it (a click on a button makes one) is removed
/// with it; CodeMirror compares with the selection that it has set last and leaves it there: what is typed next
/// would be inserted nowhere.
export const focusSelection = EditorView.domEventObservers({
  focus(_, view) {
    const selection = view.dom.ownerDocument.getSelection();
    if (!selection || view.contentDOM.contains(selection.anchorNode)) return;
    const { anchor, head } = view.state.selection.main;
    const [from, to] = [view.domAtPos(anchor), view.domAtPos(head)];
    selection.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  },
});
