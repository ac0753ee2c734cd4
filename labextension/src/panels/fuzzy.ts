// Finds what a few typed letters mean, as palettes do: "rs" and "run st" are both "Run Statement".

/// How well a query fits a text, and which characters of the text it fits: [from, to).
export interface Fit {
  score: number;
  marks: [from: number, to: number][];
}

const START = 8;
const WORD = 6;
const NEXT = 5;

/// The best fit; null if a word of the query is not in the text, letter by letter and in order. Letters
/// count more at the start of a word and beside each other.
export function fuzzy(query: string, text: string): Fit | null {
  const found = new Set<number>();
  let score = 0;
  for (const word of query.trim().split(/\s+/).filter(Boolean)) {
    const fit = fitOf(word, text);
    if (!fit) return null;
    score += fit.score;
    for (const at of fit.at) found.add(at);
  }
  const marks: Fit["marks"] = [];
  for (const at of [...found].sort((a, b) => a - b)) {
    const last = marks.at(-1);
    if (last?.[1] === at) last[1]++;
    else marks.push([at, at + 1]);
  }
  // Of two that fit alike, the shorter one.
  return { score: score - text.length / 100, marks };
}

function fitOf(word: string, text: string): { score: number; at: number[] } | null {
  const [wanted, lower] = [word.toLowerCase(), text.toLowerCase()];
  // What lower case makes longer is compared as it is.
  const there = lower.length === text.length ? lower : text;
  // best[i]: the best fit of the letters so far that ends at i.
  let best: ({ score: number; at: number[] } | null)[] = [];
  for (let letter = 0; letter < wanted.length; letter++) {
    const now: typeof best = [];
    let before: (typeof best)[number] = null;
    for (let i = 0; i < text.length; i++) {
      const earlier = i >= 2 ? (best[i - 2] ?? null) : null;
      if (earlier && (!before || earlier.score > before.score)) before = earlier;
      now.push(null);
      if (there[i] !== wanted[letter]) continue;
      const worth = 1 + (i === 0 ? START : isWordStart(text, i) ? WORD : 0);
      if (letter === 0) {
        now[i] = { score: worth, at: [i] };
        continue;
      }
      const beside = best[i - 1];
      const joined = beside && { score: beside.score + worth + NEXT, at: [...beside.at, i] };
      const apart = before && { score: before.score + worth, at: [...before.at, i] };
      now[i] = joined && (!apart || joined.score >= apart.score) ? joined : apart;
    }
    best = now;
  }
  return best.reduce((a, b) => (b && (!a || b.score > a.score) ? b : a), null);
}

const isWordStart = (text: string, i: number) =>
  /[\p{L}\p{N}]/u.test(text[i]!) && !/[\p{L}\p{N}]/u.test(text[i - 1]!);
