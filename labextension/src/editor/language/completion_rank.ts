// Which completions fit what is typed, and in which order: exact beginnings first, then beginnings in
// other letters, then the beginnings of its words (`rc` for `read_csv`), then letters in order. Within
// each the script's names come first and private ones last.

import type { Completion } from "@codemirror/autocomplete";

/// The columns of a label that match.
export type Match = readonly number[];

interface Ranked {
  readonly completion: Completion;
  readonly match: Match;
  readonly fit: number;
}

const MOST = 300;
const isPrivate = (label: string) => label.startsWith("_");

/// The completions that fit `typed`, best first, at most 300. Not those that are typed already, if
/// nothing longer begins so.
export function rank(completions: readonly Completion[], typed: string): Completion[] {
  const ranked: Ranked[] = [];
  let isWhole = false;
  let hasLonger = false;
  for (const completion of completions) {
    const { label } = completion;
    if (isPrivate(label) && !isPrivate(typed) && typed) continue;
    const found = fit(label, typed);
    if (!found) continue;
    if (label === typed) isWhole = true;
    else if (label.startsWith(typed)) hasLonger = true;
    ranked.push({ completion, ...found });
  }
  if (isWhole && !hasLonger) return [];
  ranked.sort(
    (a, b) =>
      b.fit - a.fit ||
      Number(isPrivate(a.completion.label)) - Number(isPrivate(b.completion.label)) ||
      (b.completion.boost ?? 0) - (a.completion.boost ?? 0) ||
      compare(a.completion.label, b.completion.label),
  );
  return ranked.slice(0, MOST).map(({ completion }) => completion);
}

/// The columns of a label that match what is typed.
export const matchOf = (label: string, typed: string): Match => fit(label, typed)?.match ?? [];

const collator = new Intl.Collator("en");
const compare = (a: string, b: string) =>
  Number(a.startsWith("__")) - Number(b.startsWith("__")) || collator.compare(a, b);

function fit(label: string, typed: string): { fit: number; match: Match } | null {
  const { length } = typed;
  if (!length) return { fit: 0, match: [] };
  if (label.startsWith(typed))
    return { fit: label.length === length ? 5 : 4, match: first(length) };
  const lower = label.toLowerCase();
  const wanted = typed.toLowerCase();
  if (lower.startsWith(wanted)) return { fit: 3, match: first(length) };
  // One letter fits too much.
  if (length < 2) return null;
  const words = byWords(label, lower, wanted);
  if (words) return { fit: 2, match: words };
  // The first letter has to fit, or what comes is noise.
  if (lower[0] !== wanted[0] || length < 3) return null;
  const letters = inOrder(lower, wanted);
  return letters && { fit: 1, match: letters };
}

const first = (length: number) => Array.from({ length }, (_, index) => index);

const startsWord = (label: string, at: number) =>
  at === 0 ||
  label[at - 1] === "_" ||
  (/\p{Lu}/u.test(label[at]!) && !/\p{Lu}/u.test(label[at - 1]!));

/// Each letter begins a word of the label, or goes on with one.
function byWords(label: string, lower: string, wanted: string): number[] | null {
  const match: number[] = [];
  let at = 0;
  for (const letter of wanted) {
    const goesOn = match.length > 0 && lower[at] === letter;
    if (!goesOn) {
      while (at < label.length && !(lower[at] === letter && startsWord(label, at))) at++;
      if (at === label.length) return null;
    }
    match.push(at++);
  }
  return match;
}

function inOrder(lower: string, wanted: string): number[] | null {
  const match: number[] = [];
  let at = 0;
  for (const letter of wanted) {
    at = lower.indexOf(letter, at);
    if (at < 0) return null;
    match.push(at++);
  }
  return match;
}
