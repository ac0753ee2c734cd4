// How the code is shown: results beside, spaced or below, long lines wrapped or not; and the buttons in
// the status bar for both.
import type { EditorView } from "@codemirror/view";
import { layoutOf, layouts, nextLayout, setFolding, setLayout, type Layout } from "../editor";
import { pageSettings } from "../session/settings";
import type { Notifier } from "../session/notifier";
import { setWrapping } from "./code";
import { statusButton } from "./chrome/statusbar";
import { preference, setPreference } from "./storage";

export class ViewOptions {
  readonly wrapButton = statusButton(pageSettings.wrap.description, () => this.toggleWrap());
  readonly layoutButton: HTMLButtonElement;

  constructor(
    private readonly view: EditorView,
    private readonly notifier: Notifier,
    toggleLayout: { text?: string; run(): void },
  ) {
    this.layoutButton = statusButton(toggleLayout.text ?? "", toggleLayout.run);
    setLayout(view, preference("layout"));
    setFolding(view, preference("foldResults"), preference("resultLines"));
    this.showWrap();
  }

  toggleLayout() {
    const wanted = preference("layout");
    if (layoutOf(this.view.state) !== wanted)
      return this.notifier.toast("In a narrow window results stand below the code.");
    setPreference("layout", nextLayout(wanted));
    setLayout(this.view, preference("layout"));
  }

  /// Shows the layout in use, which in a narrow window may differ from the preference, and returns
  /// it.
  showLayout(): Layout {
    const layout = layoutOf(this.view.state);
    this.layoutButton.textContent = layouts[layout];
    return layout;
  }

  private toggleWrap() {
    setPreference("wrap", !preference("wrap"));
    setWrapping(this.view, preference("wrap"));
    this.showWrap();
  }

  private showWrap() {
    this.wrapButton.textContent = preference("wrap") ? "Wrap" : "No wrap";
  }
}
