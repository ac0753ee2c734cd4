// An exception: its name and message first, then the traceback, its frames linked to their lines.

import type { Error as ErrorOutput } from "../protocol";
import { appendAnsi, newPen, withoutAnsi } from "./ansi";

/// What a click on a frame does, and whether the frame is in the script itself; null where a path leads
/// nowhere.
export type FrameOpener = (
  path: string,
  line: number,
  source: string,
) => { open(): void; isScript: boolean } | null;

type Block =
  | { kind: "frame"; lines: string[]; path: string; line: number }
  | { kind: "text"; lines: string[] };

const frameLine = /^([ |+-]*File ")(.+)(", line (\d+))(, in .+)?$/;
const mostShown = 4;

/// The error's text as blocks: one for each frame, and those of other lines between them.
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const line of text.replace(/\n+$/, "").split("\n")) {
    const match = frameLine.exec(withoutAnsi(line));
    const last = blocks[blocks.length - 1];
    if (match)
      blocks.push({ kind: "frame", lines: [line], path: match[2], line: Number(match[4]) });
    else if (last?.kind === "frame" && /^[ |]{4}/.test(line)) last.lines.push(line);
    else if (last?.kind === "text") last.lines.push(line);
    else blocks.push({ kind: "text", lines: [line] });
  }
  return blocks;
}

/// The element of an error.
export function renderError(error: ErrorOutput, open: FrameOpener): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "rdit-output rdit-error";
  const head = document.createElement("div");
  head.className = "rdit-error-head";
  const name = document.createElement("span");
  name.className = "rdit-error-name";
  name.textContent = error.name;
  head.append(name);
  if (error.message) {
    const message = document.createElement("span");
    message.className = "rdit-error-message";
    appendAnsi(message, error.message, newPen());
    head.append(": ", message);
  }
  dom.append(head);

  const blocks = trimmed(blocksOf(error.text), error);
  const frames = blocks.filter(block => block.kind === "frame").length;
  if (!frames && !blocks.length) return dom;
  const trace = document.createElement("pre");
  trace.className = "rdit-traceback";
  const doms = blocks.map(block => renderBlock(block, error, open));
  if (frames > mostShown) {
    // The first frame is where this script called, the last ones are where it broke.
    const hidden = doms.slice(1, -2);
    hidden.forEach(block => (block.hidden = true));
    trace.append(doms[0], foldOf(hidden, frames - 3), ...doms.slice(1));
  } else trace.append(...doms);
  dom.append(trace);
  return dom;
}

// The heading says the last lines already, and everyone knows what a traceback is.
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
  const dom = document.createElement("div");
  dom.className = block.kind === "frame" ? "rdit-frame" : "rdit-trace-text";
  const [first, ...rest] = block.lines;
  const match = block.kind === "frame" ? frameLine.exec(withoutAnsi(first)) : null;
  const frame =
    block.kind === "frame"
      ? error.frames.find(frame => frame.line === block.line && frame.path.endsWith(block.path))
      : undefined;
  const go =
    block.kind === "frame"
      ? open(frame?.path ?? block.path, block.line, frame?.source || (rest[0] ?? ""))
      : null;
  if (match && go) {
    const link = document.createElement("button");
    link.type = "button";
    link.className = "rdit-frame-link";
    const path = go.isScript ? match[2].replace(/^.*[\\/]/, "") : shortened(match[2]);
    link.textContent = `${path}, line ${match[4]}`;
    link.title = match[2];
    link.addEventListener("click", () => go.open());
    dom.append(link, match[5] ?? "");
  } else appendAnsi(dom, first, newPen());
  if (rest.length) {
    const source = document.createElement("div");
    source.className = "rdit-frame-source";
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

function foldOf(hidden: HTMLElement[], count: number): HTMLElement {
  const fold = document.createElement("button");
  fold.type = "button";
  fold.className = "rdit-quiet-button rdit-trace-fold";
  fold.textContent = `${count} more frames`;
  fold.setAttribute("aria-expanded", "false");
  fold.addEventListener("click", () => {
    hidden.forEach(block => (block.hidden = false));
    fold.remove();
  });
  return fold;
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
