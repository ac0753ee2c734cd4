// The outline at the left of the code, and the breadcrumbs behind the file's name.
import type { Extension } from "@codemirror/state";
import { type EditorView, ViewPlugin, type Command, type ViewUpdate } from "@codemirror/view";
import { outlineOf, pathTo, type OutlineItem } from "../editor/outline";
import { goToItem, OutlinePanel } from "../panels/outline";
import { h } from "../panels/dom";
import { icon } from "./chrome/icons";
import { SidePanel } from "./side_panel";

const PATIENCE_MS = 150;

class Host {
  readonly side: SidePanel<OutlinePanel>;
  private readonly crumbs: HTMLElement[] = [];
  private path: readonly string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly view: EditorView) {
    this.side = new SidePanel(view, "left", () => {
      const { side } = this;
      return new OutlinePanel(
        view,
        () => side.close(),
        () => side.went(),
      );
    });
    // Not while the editor is being made: it has no tree yet.
    this.timer = setTimeout(() => this.showCrumbs(), PATIENCE_MS);
  }

  update(update: ViewUpdate) {
    this.side.opened?.update(update);
    if (!update.docChanged && !update.selectionSet) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.showCrumbs(), PATIENCE_MS);
  }

  destroy() {
    clearTimeout(this.timer);
    this.side.destroy();
    for (const crumb of this.crumbs) crumb.remove();
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
  void view.plugin(host)?.side.toggle();
  return true;
};

/// The extension.
export const outline: Extension = host;
