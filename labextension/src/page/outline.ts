// Where the outline stands on the page: at the left of the code; over it where there is little room. And
// the breadcrumbs behind the file's name.
import type { Extension } from "@codemirror/state";
import { EditorView, ViewPlugin, type Command, type ViewUpdate } from "@codemirror/view";
import { outlineOf, pathTo, type OutlineItem } from "../editor/outline";
import { goToItem, OutlinePanel } from "../panels/outline";
import { h } from "../panels/dom";
import { icon } from "./chrome/icons";

const PATIENCE_MS = 150;

class Host {
  private panel: OutlinePanel | null = null;
  private readonly crumbs: HTMLElement[] = [];
  private path: readonly string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView) {
    // Not while the editor is being made: it has no tree yet.
    this.timer = setTimeout(() => this.showCrumbs(), PATIENCE_MS);
  }

  update(update: ViewUpdate) {
    this.panel?.update(update);
    if (!update.docChanged && !update.selectionSet) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.showCrumbs(), PATIENCE_MS);
  }

  destroy() {
    clearTimeout(this.timer);
    this.panel?.destroy();
    for (const crumb of this.crumbs) crumb.remove();
  }

  /// Opens the panel, or goes to it; closes it if the focus is there.
  toggle() {
    if (this.panel?.dom.contains(document.activeElement)) return this.close();
    if (!this.panel) {
      const panel = new OutlinePanel(
        this.view,
        () => this.close(),
        () => this.isOver && this.close(),
      );
      this.view.dom.before(panel.dom);
      this.panel = panel;
    }
    this.panel.focus();
  }

  /// Whether the panel stands over the code.
  private get isOver(): boolean {
    return !!this.panel && getComputedStyle(this.panel.dom).position === "absolute";
  }

  private close() {
    this.panel?.destroy();
    this.panel = null;
    this.view.focus();
  }

  private showCrumbs() {
    const list = this.view.dom.closest(".rdit-page")?.querySelector(".rdit-crumbs ol");
    if (!list) return;
    const path = pathTo(outlineOf(this.view.state), this.view.state.selection.main.head);
    const names = path.map(({ text }) => text);
    if (names.join("\n") === this.path.join("\n")) return;
    this.path = names;
    for (const crumb of this.crumbs.splice(0)) crumb.remove();
    this.crumbs.push(...path.map((item, index) => this.crumb(item, index)));
    list.append(...this.crumbs);
  }

  private crumb({ text, kind }: OutlineItem, index: number): HTMLElement {
    const go = () => {
      // The text may have moved since.
      const path = pathTo(outlineOf(this.view.state), this.view.state.selection.main.head);
      if (path[index]) goToItem(this.view, path[index]);
    };
    return h(
      "li",
      { class: "rdit-crumb-scope", "data-kind": kind },
      icon("chevron"),
      h("button", { type: "button", title: text, onclick: go }, text),
    );
  }
}

const host = ViewPlugin.fromClass(Host);

export const showOutline: Command = view => {
  view.plugin(host)?.toggle();
  return true;
};

/// The extension.
export const outline: Extension = host;
