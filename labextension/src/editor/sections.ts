// Sections: the parts of a script between lines like `# %%`, as VS Code, Spyder and Jupytext read them.
// What a section line is follows VS Code's defaults: `# %%`, `# %% [markdown]`, `# In[3]:` and
// `# <codecell>`, at the beginning of a line. More percent signs are deeper levels, as in Spyder.

import type { EditorState, Text } from "@codemirror/state";
import { syntaxTree } from "./syntax";

/// What a section line says.
export interface SectionHead {
  /// 1 for `# %%`, 2 for `# %%%`, and so on.
  level: number;
  /// Empty if it has none.
  title: string;
  /// Where the title stands in the line.
  titleFrom: number;
  titleTo: number;
  kind: "code" | "markdown";
}

export interface Section extends Omit<SectionHead, "titleFrom" | "titleTo"> {
  /// The first and the last line, from 1. The first is the section line, but for what stands above all
  /// of them.
  from: number;
  to: number;
  /// Whether it begins with a section line.
  hasHead: boolean;
}

const HEAD = /^#[ \t]*(?:(%%+)|<(code|markdown)cell>|(In ?\[[ \d]*\]):?)/;
// Jupytext's line: a title, the type of the cell in brackets, then key="value" pairs.
const TYPE = /\[(markdown|md|raw|code)\]/;
const PAIRS = /(?<=\s)[\w.]+\s*=\s*(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\{.*\}|true|false|null)(?=\s|$)/g;
// A cell magic that was put into a comment, as `# %%time`, is no section line.
const MAGIC =
  /^#[ \t]*%%(?:bash|capture|cmd|cython|debug|file|html|HTML|javascript|js|latex|markdown|matlab|perl|prun|pypy|python[23]?|R|ruby|script|sh|sql|svg|SVG|sx|system|time|timeit|writefile)(?:\s|$)/;

/// What the line says as a section line; null if it is none.
export function sectionHead(line: string): SectionHead | null {
  if (line.charCodeAt(0) !== 35 /* # */) return null;
  const found = HEAD.exec(line);
  if (!found || MAGIC.test(line)) return null;
  const [head, percents, cell, prompt] = found;
  if (prompt) {
    const titleFrom = line.indexOf(prompt);
    const titleTo = titleFrom + prompt.length;
    return { level: 1, title: prompt, titleFrom, titleTo, kind: "code" };
  }
  const type = TYPE.exec(line)?.[1] ?? cell;
  // The rest in its place, so that its offsets are those of the line.
  const blank = (text: string) => " ".repeat(text.length);
  const rest = (blank(head) + line.slice(head.length)).replace(TYPE, blank).replace(PAIRS, blank);
  return {
    level: percents ? percents.length - 1 : 1,
    title: rest.trim().replace(/\s+/g, " "),
    titleFrom: rest.length - rest.trimStart().length,
    titleTo: rest.trimEnd().length,
    kind: type === "markdown" || type === "md" ? "markdown" : "code",
  };
}

/// The sections of a text, which together have all its lines. `isComment`: whether the line at this
/// offset is a comment, and no line of a string.
export function sectionsOf(
  doc: Text,
  isComment: (from: number) => boolean = () => true,
): Section[] {
  const sections: Section[] = [];
  let number = 0;
  let from = 0;
  for (const line of doc.iterLines()) {
    number += 1;
    const head = sectionHead(line);
    if (head && isComment(from)) {
      if (sections.length) sections[sections.length - 1]!.to = number - 1;
      else if (number > 1) sections.push(above(number - 1));
      const { level, title, kind } = head;
      sections.push({ from: number, to: number, hasHead: true, level, title, kind });
    }
    from += line.length + 1;
  }
  if (!sections.length) return [above(doc.lines)];
  sections[sections.length - 1]!.to = doc.lines;
  return sections;
}

const above = (to: number): Section => ({
  from: 1,
  to,
  hasHead: false,
  level: 0,
  title: "",
  kind: "code",
});

/// The sections of an editor's text. Lines within strings are none, as far as the text is parsed.
export const sectionsIn = (state: EditorState): Section[] =>
  sectionsOf(state.doc, from => isCommentAt(state, from));

/// Whether the line that begins at `from` is a comment, and no line of a string. True where the text is
/// not parsed yet.
export function isCommentAt(state: EditorState, from: number): boolean {
  const tree = syntaxTree(state);
  if (!tree || tree.length <= from) return true;
  return tree.resolveInner(from, 1).name === "Comment";
}

/// The section that has this line.
export function sectionAt(sections: readonly Section[], line: number): Section {
  let low = 0;
  let high = sections.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (sections[middle]!.from <= line) low = middle;
    else high = middle - 1;
  }
  return sections[low]!;
}
