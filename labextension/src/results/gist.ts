// A result in one line, as it stands there folded.

import { kindOf } from "./parts";
import { wordsOf } from "./parts/words";
import type { Part } from "./results";

const mostCharacters = 300;

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

function firstLine(text: string): string {
  const start = text.trimStart();
  const end = start.search(/[\r\n]/);
  const line = (end < 0 ? start : start.slice(0, end)).trimEnd();
  return end < 0 || !line ? line : `${line} …`;
}
