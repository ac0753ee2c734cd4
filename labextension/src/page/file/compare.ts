// The dialog that compares two versions of a script: side by side, or in one column if the window
// is narrow. Read-only. A lazy chunk, with the merge library.
import { goToNextChunk, goToPreviousChunk, MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { openDialog } from "../chrome/dialogs";
import { differences } from "./differences";
import { h } from "../../panels/dom";

interface Side {
  label: string;
  text: string;
}

export interface Comparison {
  title: string;
  from: Side;
  to: Side;
  /// Buttons; the last is the primary one.
  actions?: { value: string; label: string }[];
}

const WIDE_PX = 900;

/// Resolves with the value of the chosen action; "" if the dialog was closed.
export async function compare({ title, from, to, actions = [] }: Comparison): Promise<string> {
  const { coloured: code } = await import("../python");
  const isWide = innerWidth >= WIDE_PX;
  const place = h("div", { class: "rdit-compare", role: "region", "aria-label": "Differences" });
  const step = (label: string, sign: string) =>
    h("button", { class: "rdit-button rdit-framed", type: "button", "aria-label": label }, sign);
  const [previous, next] = [step("Previous difference", "↑"), step("Next difference", "↓")];
  const { dialog, done } = openDialog(
    title,
    isWide
      ? h(
          "div",
          { class: "rdit-compare-heads" },
          h("span", {}, from.label),
          h("span", {}, to.label),
        )
      : h(
          "p",
          { class: "rdit-dialog-note" },
          `− ${from.label.toLowerCase()}   + ${to.label.toLowerCase()}`,
        ),
    place,
    h(
      "div",
      { class: "rdit-dialog-actions" },
      previous,
      next,
      h("span", { class: "rdit-dialog-note" }),
      h("button", { class: "rdit-button rdit-framed", value: "" }, "Close"),
      ...actions.map(({ value, label }, index) =>
        h(
          "button",
          {
            class: `rdit-button rdit-framed${index === actions.length - 1 ? " rdit-primary" : ""}`,
            value,
          },
          label,
        ),
      ),
    ),
  );
  dialog.classList.add("rdit-dialog-compare");
  const diffConfig = { override: differences };
  const collapseUnchanged = { margin: 3, minSize: 5 };
  let view: EditorView;
  let end: () => void;
  if (isWide) {
    const merge = new MergeView({
      a: { doc: from.text, extensions: readOnly(from.label, code) },
      b: { doc: to.text, extensions: readOnly(to.label, code) },
      parent: place,
      gutter: true,
      collapseUnchanged,
      diffConfig,
    });
    view = merge.b;
    end = () => merge.destroy();
  } else {
    view = new EditorView({
      parent: place,
      doc: to.text,
      extensions: [
        readOnly("Differences", code),
        unifiedMergeView({
          original: from.text,
          mergeControls: false,
          collapseUnchanged,
          diffConfig,
        }),
      ],
    });
    end = () => view.destroy();
  }
  previous.addEventListener("click", () => void goToPreviousChunk(view));
  next.addEventListener("click", () => void goToNextChunk(view));
  view.focus();
  return done.finally(end);
}

const readOnly = (label: string, code: Extension): Extension => [
  EditorState.readOnly.of(true),
  EditorView.contentAttributes.of({ "aria-label": label }),
  EditorView.lineWrapping,
  lineNumbers(),
  code,
  keymap.of([
    { key: "F7", run: goToNextChunk, shift: goToPreviousChunk },
    { key: "Alt-ArrowDown", run: goToNextChunk },
    { key: "Alt-ArrowUp", run: goToPreviousChunk },
  ]),
];
