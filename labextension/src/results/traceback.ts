// Renders an exception: name and message first, then the traceback, whose frames link to their
// lines.

import type { Error as ErrorOutput } from "../protocol";
import { appendAnsi, newPen, withoutAnsi } from "./ansi";

/// Resolves a frame's path: `open` (null if the file cannot be opened here), and whether it is the
/// script itself. Null if the path names no file.
export type FrameOpener = (
  path: string,
  line: number,
  source: string,
) => { open: (() => void) | null; isScript: boolean } | null;

type Block = { kind: "frame"; lines: string[]; path: string } | { kind: "text"; lines: string[] };

const frameLine = /^([ |+-]*File ")(.+)(", line (\d+))(, in .+)?$/;
// Library frames, which are folded: Python's own files, installed packages, frozen modules, code
// compiled by Cython. Anything else may be the user's, and is never folded.
const library = /[\\/]((site|dist)-packages|Lib|lib[\\/]python3.*?)[\\/]|^<frozen|\.p(yx|xi|xd)$/;

/// Splits the traceback into blocks: one for each frame, and one for each run of other lines.
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of text.replace(/\n+$/, "").split("\n")) {
    const match = frameLine.exec(withoutAnsi(line));
    const last = blocks[blocks.length - 1];
    if (match) blocks.push({ kind: "frame", lines: [line], path: match[2] });
    else if (last?.kind === "frame" && /^[ |]{4}/.test(line)) last.lines.push(line);
    else if (last?.kind === "text") last.lines.push(line);
    else blocks.push({ kind: "text", lines: [line] });
  }
  return blocks;
}

/// Creates the element of an error.
export function renderError(error: ErrorOutput, open: FrameOpener): HTMLElement {
  const dom = element("div", "rdit-output rdit-error");
  const head = element("div", "rdit-error-head");
  const name = element("span", "rdit-error-name");
  name.textContent = error.name;
  head.append(name);
  if (error.message) {
    const message = element("span", "rdit-error-message");
    appendAnsi(message, error.message, newPen());
    head.append(": ", message);
  }
  dom.append(head);

  const blocks = trimmed(blocksOf(error.text), error);
  if (!blocks.length) return dom;
  const trace = element("pre", "rdit-traceback");
  const isLibrary = (block: Block) => block.kind === "frame" && library.test(block.path);
  const folds = blocks.some(block => block.kind === "frame" && !isLibrary(block));
  let row: HTMLElement[] = [];
  let fold: HTMLElement | undefined;
  for (const block of blocks) {
    const frame = renderBlock(block, error, open);
    if (folds && isLibrary(block)) {
      if (!fold) trace.append((fold = foldOf((row = []))));
      frame.hidden = true;
      fold.textContent = `Library frames: ${row.push(frame)}`;
    } else fold = undefined;
    trace.append(frame);
  }
  dom.append(trace);
  return dom;
}

// Drops the last lines, which the heading shows, and the "Traceback" line.
function trimmed(blocks: Block[], error: ErrorOutput): Block[] {
  const said = error.message ? `${error.name}: ${error.message}` : error.name;
  const [first] = blocks;
  if (first?.kind === "text" && first.lines[0].startsWith("Traceback (most recent call last)"))
    first.lines.shift();
  const last = blocks[blocks.length - 1];
  if (last?.kind === "text") {
    const text = withoutAnsi(last.lines.join("\n")).trim();
    if (text === said.trim() || text.endsWith(`.${said.trim()}`)) last.lines = [];
  }
  return blocks.filter(block => block.lines.length > 0);
}

function renderBlock(block: Block, error: ErrorOutput, open: FrameOpener): HTMLElement {
  const dom = element("div", block.kind === "frame" ? "rdit-frame" : "rdit-trace-text");
  const [first, ...rest] = block.lines;
  const match = block.kind === "frame" ? frameLine.exec(withoutAnsi(first)) : null;
  const path = match?.[2] ?? "";
  const line = Number(match?.[4]);
  const frame = error.frames.find(
    frame =>
      frame.line === line && frame.path.endsWith(path) && match?.[5]?.endsWith(" " + frame.name),
  );
  // The code may have been edited since: the opener maps the line to its current number.
  const now = frame?.lineNow ?? line;
  const go = now ? open(frame?.path ?? path, now, frame?.source || (rest[0] ?? "")) : null;
  if (match && go) {
    const { open } = go;
    const link = open ? element("button", "rdit-frame-link") : element("span", "rdit-frame-away");
    const name = go.isScript ? path.replace(/^.*[\\/]/, "") : shortened(path);
    link.textContent = `${name}, line ${now}`;
    link.title = `${path}, line ${line}`;
    if (open) {
      (link as HTMLButtonElement).type = "button";
      link.addEventListener("click", open);
    } else
      link.title +=
        ": outside the folder of this server's files or hidden in it, and cannot be opened here";
    dom.append(link, match[5] ?? "");
  } else appendAnsi(dom, first + (now === 0 ? " (edited since)" : ""), newPen());
  if (rest.length) {
    const source = element("div", "rdit-frame-source");
    for (const line of dedented(rest)) {
      const row = document.createElement("div");
      if (/^[ ~^]*[~^][ ~^]*$/.test(line)) row.className = "rdit-carets";
      appendAnsi(row, line, newPen());
      source.append(row);
    }
    dom.append(source);
  }
  return dom;
}

function foldOf(hidden: HTMLElement[]): HTMLElement {
  const fold = element("button", "rdit-quiet-button rdit-trace-fold");
  fold.type = "button";
  fold.setAttribute("aria-expanded", "false");
  fold.addEventListener("click", () => {
    hidden.forEach(block => (block.hidden = false));
    fold.remove();
  });
  return fold;
}

function element<K extends keyof HTMLElementTagNameMap>(
  kind: K,
  className: string,
): HTMLElementTagNameMap[K] {
  const dom = document.createElement(kind);
  dom.className = className;
  return dom;
}

function shortened(path: string): string {
  const parts = path.split("/");
  return parts.length > 3 ? `…/${parts.slice(-2).join("/")}` : path;
}

function dedented(lines: string[]): string[] {
  const indents = lines.filter(line => line.trim()).map(line => /^[ |]*/.exec(line)![0].length);
  const least = Math.min(...indents, 8);
  return lines.map(line => line.slice(least));
}
