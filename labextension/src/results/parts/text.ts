// Text of stdout and stderr. It grows by appending, and long text is laid out in blocks.

import { appendAnsi, newPen, type Pen } from "../ansi";
import type { TextPart } from "../results";
import { countLines, keepsLines } from "../wrapping";
import type { PartKind, PartView } from "./part";

export const text: PartKind<TextPart> = {
  view: part => new TextView(part),
  height: ({ text }, { lineHeight, columns, cap }) =>
    text ? lineHeight * countLines(text, columns, cap / lineHeight) : 0,
  isVisible: ({ text }) => text !== "",
  equal: (a, b) => a.text === b.text,
};

/// Text that does not change.
export function textBlock(text: string): HTMLElement {
  const block = document.createElement("pre");
  block.className = "rdit-text rdit-scroll";
  block.classList.toggle("rdit-columns", keepsLines(text));
  appendAnsi(block, text, newPen());
  return block;
}

/// A line of ours on an output.
export function lineBlock(text: string): HTMLElement {
  const line = document.createElement("div");
  line.className = "rdit-line";
  line.textContent = text;
  return line;
}

const linesOfBlock = 500;

class TextView implements PartView<TextPart> {
  readonly dom = document.createElement("div");
  private readonly body = document.createElement("pre");
  private pen: Pen = newPen();
  private text = "";
  private block: HTMLElement | null = null;
  /// Number of lines in the last block.
  private lines = 0;

  constructor(part: TextPart) {
    this.dom.className = "rdit-output";
    this.dom.dataset.type = part.type;
    this.body.className = "rdit-text rdit-scroll";
    this.dom.append(this.body);
    this.set(part.text);
  }

  update(part: TextPart): boolean {
    this.set(part.text);
    return true;
  }

  dispose(): void {}

  private set(text: string): void {
    if (!text.startsWith(this.text)) {
      this.body.textContent = "";
      this.block = null;
      this.lines = 0;
      this.pen = newPen();
      this.text = "";
    }
    this.append(text.slice(this.text.length));
    this.body.classList.toggle("rdit-columns", keepsLines(text));
    this.text = text;
  }

  // Long text is split into blocks of some hundred lines with `content-visibility`, so that the
  // browser lays out only those in view: the boxes of 250,000 one-character lines would take 400
  // MB.
  private append(text: string): void {
    let rest = text;
    while (rest) {
      let end = rest.length;
      let lines = 0;
      for (let at = rest.indexOf("\n"); at >= 0; at = rest.indexOf("\n", at + 1))
        if (++lines === linesOfBlock - this.lines) {
          end = at + 1;
          break;
        }
      appendAnsi(this.block ?? this.body, rest.slice(0, end), this.pen);
      this.lines += lines;
      rest = rest.slice(end);
      if (this.lines < linesOfBlock) break;
      this.lines = 0;
      const block = document.createElement("span");
      block.className = "rdit-block";
      if (!this.block) {
        // The first block is created when a second one is needed.
        const first = block.cloneNode() as HTMLElement;
        first.append(...this.body.childNodes);
        this.body.append(first);
      }
      this.body.append((this.block = block));
    }
  }
}
