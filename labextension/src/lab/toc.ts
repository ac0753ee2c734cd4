// The table of contents of a script: its outline, which follows the cursor.

import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import {
  TableOfContentsModel,
  type ITableOfContentsTracker,
  type TableOfContents,
} from "@jupyterlab/toc";
import type { Widget } from "@lumino/widgets";
import type { RditDocument } from "./document";

const PARSE_MS = 100;
const FOLLOW_MS = 150;

export interface Heading extends TableOfContents.IHeading {
  /// Zero-based.
  line: number;
}

class ScriptHeadings extends TableOfContentsModel<Heading, RditDocument> {
  readonly documentType = "rdit";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(document: RditDocument, configuration?: TableOfContents.IConfig) {
    super(document, configuration);
    const refresh = () => void this.refresh();
    document.context.model.contentChanged.connect(refresh);
    void document.context.ready.then(refresh);
    this.activeHeadingChanged.connect((_, heading) => {
      if (!heading) return;
      const { editor } = document.content;
      editor.setCursorPosition({ line: heading.line, column: 0 });
      editor.revealPosition({ line: heading.line, column: 0 });
    });
    document.content.editor.model.selections.changed.connect(() => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.follow(), FOLLOW_MS);
    });
    document.disposed.connect(() => this.dispose());
  }

  override dispose(): void {
    clearTimeout(this.timer);
    super.dispose();
  }

  /// Marks the heading that the cursor stands below.
  private follow() {
    if (this.isDisposed || !this.isActive) return;
    const { line } = this.widget.content.editor.getCursorPosition();
    const here = this.headings.filter(heading => heading.line <= line).pop() ?? null;
    this.setActiveHeading(here, false);
  }

  protected override async getHeadings(): Promise<Heading[] | null> {
    // Lazy: JupyterLab loads this plugin before any script is open.
    const { outlineOf } = await import("../editor/outline");
    const { state } = this.widget.script;
    if (this.isDisposed || !this.isActive || !state) return null;
    const { maximalDepth } = this.configuration;
    return headingsOf(state, outlineOf).filter(({ level }) => level <= maximalDepth);
  }

  protected override isHeadingEqual(one: Heading, other: Heading): boolean {
    return super.isHeadingEqual(one, other) && one.line === other.line;
  }
}

/// Adds the script's model directly to the tracker of tables of contents. A widget in the tracker
/// is not looked up in the registry, where JupyterLab's factory for Python files would match first.
export function addHeadings(tracker: ITableOfContentsTracker, document: RditDocument): void {
  const { add } = tracker as {
    add?: (widget: Widget, model: TableOfContents.Model) => void;
  };
  add?.call(tracker, document, new ScriptHeadings(document) as unknown as TableOfContents.Model);
}

/// The headings of a script, in document order.
function headingsOf(
  state: EditorState,
  outlineOf: typeof import("../editor/outline").outlineOf,
): Heading[] {
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS) ?? syntaxTree(state);
  return outlineOf(state, tree).map(({ kind, text, level, from }) => ({
    text: kind === "class" ? `class ${text}` : text,
    level,
    line: state.doc.lineAt(from).number - 1,
  }));
}
