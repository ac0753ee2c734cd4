// The table of contents of a script, from the editor's syntax tree: headings in Markdown strings,
// `# %%` sections, functions and classes.

import { ensureSyntaxTree, syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import {
  TableOfContentsModel,
  type ITableOfContentsTracker,
  type TableOfContents,
} from "@jupyterlab/toc";
import type { SyntaxNode } from "@lezer/common";
import type { Widget } from "@lumino/widgets";
import type { RditDocument } from "./document";

const PARSE_MS = 100;

export interface Heading extends TableOfContents.IHeading {
  /// Zero-based.
  line: number;
}

class ScriptHeadings extends TableOfContentsModel<Heading, RditDocument> {
  readonly documentType = "rdit";

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
    document.disposed.connect(() => this.dispose());
  }

  protected override async getHeadings(): Promise<Heading[] | null> {
    const { state } = this.widget.script;
    if (!this.isActive || !state) return null;
    const { maximalDepth } = this.configuration;
    return headingsOf(state).filter(({ level }) => level <= maximalDepth);
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
function headingsOf(state: EditorState): Heading[] {
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS) ?? syntaxTree(state);
  const headings: Heading[] = [];
  // The level of the current section.
  let section = 0;
  const add = (at: number, level: number, text: string) =>
    headings.push({ text, level, line: state.doc.lineAt(at).number - 1 });
  for (let node = tree.topNode.firstChild; node; node = node.nextSibling) {
    const text = () => state.sliceDoc(node.from, node.to);
    if (node.name === "Comment") {
      const found = /^#\s*(%%+)\s*(?:\[\w+\]\s*)?(.*)$/.exec(text());
      if (!found) continue;
      section = found[1].length - 1;
      if (found[2]) add(node.from, section, found[2]);
    } else if (node.name === "ExpressionStatement" && node.firstChild?.name.endsWith("String")) {
      let at = node.from;
      for (const line of text().split("\n")) {
        const found =
          /^\s*(?:[rRfFuU]*(?:"""|'''|"|'))?\s*(#{1,6})\s+(.+?)\s*(?:"""|'''|"|')?$/.exec(line);
        if (found) {
          section = found[1].length;
          add(at, section, found[2]);
        }
        at += line.length + 1;
      }
    } else definitions(node, section + 1);
  }
  return headings;

  function definitions(node: SyntaxNode, level: number) {
    const inner =
      node.name === "DecoratedStatement"
        ? (node.getChild("FunctionDefinition") ?? node.getChild("ClassDefinition"))
        : node;
    if (inner?.name !== "FunctionDefinition" && inner?.name !== "ClassDefinition") return;
    const name = inner.getChild("VariableName");
    if (!name) return;
    const isClass = inner.name === "ClassDefinition";
    const called = state.sliceDoc(name.from, name.to);
    add(inner.from, level, isClass ? `class ${called}` : `${called}()`);
    if (!isClass) return;
    for (let child = inner.getChild("Body")?.firstChild; child; child = child.nextSibling)
      definitions(child, level + 1);
  }
}
