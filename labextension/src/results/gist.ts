// Lazy chunk: a result in one line, as it stands there folded; and how long it is.

import { choose } from "./mime";
import { kindOf } from "./parts";
import { containerOf } from "./parts/bundle_words";
import { wordsOf } from "./parts/words";
import { isSilentlyInterrupted, type Shown } from "./render";
import type { Part } from "./results";
import { occurrences } from "./wrapping";

const mostCharacters = 300;

/// Describes a folded result in the element that stands for it.
export function describe(dom: HTMLElement, shown: Shown): void {
  const { parts } = shown.outcome;
  dom.textContent = isSilentlyInterrupted(shown) ? "Interrupted" : gistOf(parts) || "Result";
  dom.classList.toggle(
    "rdit-gist-error",
    parts.some(part => part.type === "error"),
  );
}

/// The gist of the parts: that of an error first, and how many parts there are if there are more.
/// Without parts that say anything, `""`.
export function gistOf(parts: readonly Part[]): string {
  const seen = parts.filter(part => part.type !== "truncated" && kindOf(part).isVisible(part));
  const errors = seen.filter(part => part.type === "error");
  const said = [...errors, ...seen.filter(part => part.type !== "error")]
    .map(part => firstLine(wordsOf(part).gist(part)))
    .filter(Boolean);
  const text = said.join(", ").slice(0, mostCharacters);
  return seen.length > 1 ? `${seen.length} outputs: ${text}` : text;
}

const lengths = new WeakMap<readonly Part[], string>();

/// How long parts are that are all text: " 134 lines", or " 2,000 items" of one container; "" of others.
export function lengthOf(parts: readonly Part[]): string {
  let length = lengths.get(parts);
  if (length === undefined) {
    const [only, another] = parts;
    const items =
      only && !another && "metadata" in only ? containerOf(only.metadata)?.length : null;
    const lines = parts.reduce((sum, part) => sum + linesOf(part), 0);
    const counted = items ?? lines;
    const what = `${items ? "item" : "line"}${counted === 1 ? "" : "s"}`;
    length = lines ? ` ${counted.toLocaleString("en-US")} ${what}` : "";
    lengths.set(parts, length);
  }
  return length;
}

/// NaN of what is no text.
function linesOf(part: Part): number {
  const lines = (text: string) => occurrences(text.trimEnd(), "\n") + 1;
  if (part.type === "stdout" || part.type === "stderr") return lines(part.text);
  if (part.type !== "result" && part.type !== "display") return NaN;
  const choice = choose(part.data, part.text);
  return choice.kind === "text" ? lines(choice.text) : NaN;
}

function firstLine(text: string): string {
  const start = text.trimStart();
  const end = start.search(/[\r\n]/);
  const line = (end < 0 ? start : start.slice(0, end)).trimEnd();
  return end < 0 || !line ? line : `${line} …`;
}
