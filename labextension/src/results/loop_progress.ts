// Lazy chunk: how far a statement is, as it says itself: in the bars of tqdm and rich, or in lines like
// "Epoch 3/10"; or as its loop counts.

import type { CountedLoop } from "../protocol";
import { withoutAnsi } from "./ansi";
import type { Part } from "./results";

/// How far, from 0 to 1, and in words: "340/1000", "34%".
export interface LoopProgress {
  readonly share: number;
  readonly text: string;
}

const mostCharacters = 4_000;
const mostLines = 12;

const number = "(\\d+(?:\\.\\d+)?[kMGT]?)";
// https://tqdm.github.io/docs/tqdm/ (bar_format)
const tqdm = new RegExp(`(\\d+)%\\|[^|]*\\|\\s*${number}\\/${number}\\s*\\[`);
// https://rich.readthedocs.io/en/stable/progress.html#columns
const rich = /(?<![━╸╺])[━╸╺]{3}.*?(\d+)%(?:.*?\s(\d+)\/(\d+))?/;
const counted =
  /(?:\b(?:epoch|step|batch|iter(?:ation)?|round|fold|file|page|chunk|part|item|row|task|sample|trial|run|job)s?\b[\s:#]*|^\s*[[(]?(?=\d+\/\d+\s*(?:[\])]|[:,]|$)))(\d+)\s*(?:\/|of)\s*(\d+)\b/i;

/// What the outputs of the statement say, or else its loop; null if nothing.
export function loopProgressOf(
  parts: readonly Part[],
  loop?: CountedLoop | null,
): LoopProgress | null {
  return saidProgress(parts) ?? (loop ? counting(loop.done, loop.total) : null);
}

const counting = (done: number, total: number): LoopProgress => ({
  share: done / total,
  text: `${done}/${total}`,
});

/// What the end of the outputs says; null if nothing. Of nested bars it is the outermost: the first of those
/// that stand there together.
function saidProgress(parts: readonly Part[]): LoopProgress | null {
  for (let at = parts.length - 1; at >= 0; at--) {
    const part = parts[at]!;
    const text =
      part.type === "stdout" || part.type === "stderr"
        ? part.text
        : part.type === "truncated"
          ? (part.tail ?? "")
          : null;
    if (text === null) continue;
    const found = ofText(withoutAnsi(text.slice(-mostCharacters)));
    if (found) return found;
    if (text.trim()) return null;
  }
  return null;
}

function ofText(text: string): LoopProgress | null {
  const lines = text.trimEnd().split(/\r|\n/);
  let outermost: LoopProgress | null = null;
  for (const line of lines.slice(-mostLines).reverse()) {
    const found = ofBar(line);
    if (!found) break;
    outermost = found;
  }
  return outermost ?? ofCount(lines[lines.length - 1] ?? "");
}

function ofBar(line: string): LoopProgress | null {
  const bar = tqdm.exec(line);
  if (bar) return { share: Math.min(1, Number(bar[1]) / 100), text: `${bar[2]}/${bar[3]}` };
  const drawn = rich.exec(line);
  if (!drawn) return null;
  const [, percent, done, total] = drawn;
  return {
    share: Math.min(1, Number(percent) / 100),
    text: done && total ? `${done}/${total}` : `${percent}%`,
  };
}

function ofCount(line: string): LoopProgress | null {
  const [, done, total] = counted.exec(line) ?? [];
  const share = Number(done) / Number(total);
  return share >= 0 && share <= 1 && Number(total) > 1 ? { share, text: `${done}/${total}` } : null;
}
