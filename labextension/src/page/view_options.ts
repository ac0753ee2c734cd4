// How the code is shown: results beside, spaced or below, long lines wrapped or not; and the buttons in
// the status bar for both.
import type { EditorView } from "@codemirror/view";
import {
  layoutOf,
  layouts,
  nextLayout,
  setFolding,
  setLayout,
  setStaleMarks,
  type Layout,
} from "../editor";
import type { Notifier } from "../session/notifier";
import { setWrapping } from "./code";
import { statusButton } from "./chrome/statusbar";
import { preference, setPreference } from "./storage";

export class ViewOptions {
  readonly wrapButton = statusButton("Wrap long lines, or let them run on", () =>
    this.toggleWrap(),
  );
  private shown = "";
  readonly layoutButton: HTMLButtonElement;

  constructor(
    private readonly view: EditorView,
    private readonly notifier: Notifier,
    toggleLayout: { text?: string; run(): void },
  ) {
    this.layoutButton = statusButton(toggleLayout.text ?? "", toggleLayout.run);
    this.apply();
  }

  /// Takes over what the user has chosen.
  apply() {
    const [layout, wrap] = [preference("layout"), preference("wrap")];
    const [folds, lines] = [preference("foldResults"), preference("resultLines")];
    const marksStale = preference("markStale");
    const shown = [layout, wrap, folds, lines, marksStale].join();
    if (this.shown === shown) return;
    this.shown = shown;
    setLayout(this.view, layout);
    setFolding(this.view, folds, lines);
    this.view.dispatch({ effects: setStaleMarks.of(marksStale) });
    setWrapping(this.view, wrap);
    this.wrapButton.textContent = wrap ? "Wrap" : "No wrap";
  }

  toggleLayout() {
    const shown = layoutOf(this.view.state);
    if (shown === "below" && preference("layout") !== "below")
      return this.notifier.toast("In a narrow window results stand below the code.");
    // From what is seen: without the chunk of the margin that is not what was chosen.
    setPreference("layout", nextLayout(shown));
  }

  /// Shows the layout in use, which in a narrow window may differ from the preference, and returns
  /// it.
  showLayout(): Layout {
    const layout = layoutOf(this.view.state);
    this.layoutButton.textContent = layouts[layout];
    return layout;
  }

  toggleWrap() {
    setPreference("wrap", !preference("wrap"));
  }
}
