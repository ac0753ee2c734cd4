import { describe, expect, it } from "vitest";
import {
  advance,
  attentionAt,
  follow,
  gap,
  liftFor,
  positionOf,
  readingLine,
  relaxedLift,
  topsOf,
  type Attention,
  type Box,
  type Column,
  type Window,
} from "../../labextension/src/editor/margin/rule";

// Always the same numbers.
function random(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

interface Scene {
  column: Column;
  window: Window;
}

/// A script with results: sparse or dense, short or long, with small and with huge ones.
function scene(seed: number): Scene {
  const next = random(seed);
  const dense = next() < 0.5;
  const boxes: Box[] = [];
  let line = Math.floor(next() * 5) * 20;
  const count = 1 + Math.floor(next() * 30);
  for (let i = 0; i < count; i++) {
    boxes.push({ line, height: 10 + next() ** 3 * (dense ? 500 : 900) });
    line += 20 * (1 + Math.floor(next() * (dense ? 3 : 25)));
  }
  const height = 200 + next() * 700;
  const code = line + next() * 300;
  const end = Math.max(code, height);
  return { column: { boxes, end }, window: { top: 0, first: 0, last: end - height, height } };
}

const scenes = Array.from({ length: 60 }, (_, seed) => scene(seed + 1));

function overlaps({ boxes }: Column, tops: Float64Array): number {
  let worst = 0;
  for (let j = 1; j < boxes.length; j++)
    worst = Math.max(worst, tops[j - 1] + boxes[j - 1].height + gap - tops[j]);
  return worst;
}

const everyAttention = ({ boxes }: Column, next: () => number): Attention[] =>
  boxes.flatMap((_, index) => [
    { index, mix: 0 },
    { index, mix: next() },
    { index, mix: 0, lifted: index, lift: (next() - 0.3) * 300 },
    { index: index - 1, mix: next(), lifted: index, lift: (next() - 0.3) * 300 },
  ]);

describe("in the margin", () => {
  it("a result stands at its line where there is room", () => {
    const column = { boxes: [40, 100, 200].map(line => ({ line, height: 50 })), end: 300 };
    for (const index of [-1, 0, 1, 2])
      expect([...topsOf(column, { index, mix: 0 })]).toEqual([40, 100, 200]);
  });

  it("those before the attention are pushed up, those after it down", () => {
    const column = { boxes: [0, 20, 40].map(line => ({ line, height: 100 })), end: 60 };
    expect([...topsOf(column, { index: 1, mix: 0 })]).toEqual([20 - gap - 100, 20, 120 + gap]);
    expect([...topsOf(column, { index: -1, mix: 0 })]).toEqual([0, 100 + gap, 2 * (100 + gap)]);
  });

  it("no two overlap, whatever has the attention", () => {
    const next = random(7);
    for (const { column } of scenes)
      for (const attention of everyAttention(column, next))
        expect(overlaps(column, topsOf(column, attention))).toBeLessThan(1e-6);
  });

  it("the attention's result stands exactly at its line", () => {
    for (const { column } of scenes)
      column.boxes.forEach(({ line }, index) => {
        expect(topsOf(column, { index, mix: 0 })[index]).toBe(line);
        expect(topsOf(column, { index: index - 1, mix: 1 })[index]).toBe(line);
      });
  });

  it("a result between two attentions spans its line", () => {
    for (const { column } of scenes)
      column.boxes.forEach(({ line, height }, index) => {
        for (const mix of [0.25, 0.5, 1]) {
          const top = topsOf(column, { index, mix })[index];
          expect(top).toBeLessThanOrEqual(line);
          const next = column.boxes[index + 1]?.line ?? column.end;
          expect(top + height + gap).toBeGreaterThanOrEqual(Math.min(next, line + height) - 1e-6);
        }
      });
  });

  it("the attention at a line is the line of the attention", () => {
    for (const { column } of scenes)
      for (let line = 0; line <= column.end; line += 13)
        expect(positionOf(column, attentionAt(column, line))).toBeCloseTo(line);
  });

  it("one of them that changes its height moves none on the other side of the attention", () => {
    for (const { column } of scenes) {
      const index = column.boxes.length >> 1;
      const before = topsOf(column, { index, mix: 0 });
      const boxes = column.boxes.map((box, j) =>
        j === index + 1 ? { ...box, height: box.height + 80 } : box,
      );
      const after = topsOf({ ...column, boxes }, { index, mix: 0 });
      for (let j = 0; j <= index; j++) expect(after[j]).toBe(before[j]);
    }
  });
});

/// Walks from one end to the other by the wheel; says how far that was, which heads were seen, and the worst
/// of each step.
function walk({ column, window }: Scene, step: () => number, sign: 1 | -1) {
  let attention: Attention =
    sign > 0 ? { index: -1, mix: 0 } : { index: column.boxes.length - 1, mix: 1 };
  let top = sign > 0 ? window.first : window.last;
  let way = 0;
  let tooFast = 0;
  let against = 0;
  let overlap = 0;
  const seen = new Set<number>();
  const look = () =>
    topsOf(column, attention).forEach((to, j) => {
      if (to - top >= -1e-6 && to - top < window.height) seen.add(j);
    });
  for (;;) {
    look();
    const by = step();
    const before = topsOf(column, attention);
    const done = advance(column, attention, { ...window, top }, sign * by);
    const after = topsOf(column, done.attention);
    const ways = [done.top - top, ...after].map(
      (to, j) => sign * (j ? before[j - 1] - top - (to - done.top) : to),
    );
    tooFast = Math.max(tooFast, ...ways.map(way => way - by));
    against = Math.max(against, ...ways.map(way => -way));
    overlap = Math.max(overlap, overlaps(column, after));
    way += by - done.left;
    ({ attention, top } = done);
    look();
    if (done.left > 1e-6) return { attention, top, way, seen, tooFast, against, overlap };
  }
}

describe("the wheel over the column", () => {
  it.each([1, -1] as const)(
    "moves nothing faster than itself, and nothing against it (%i)",
    sign => {
      const next = random(3);
      for (const one of scenes) {
        const { attention, top, seen, ...worst } = walk(one, () => 5 + next() * 120, sign);
        for (const px of Object.values(worst).slice(1)) expect(px).toBeLessThan(1e-6);
        const { boxes, end } = one.column;
        expect(positionOf(one.column, attention)).toBeCloseTo(sign > 0 ? end : 0);
        expect(top).toBeCloseTo(sign > 0 ? one.window.last : one.window.first);
        expect(seen.size).toBe(boxes.length);
      }
    },
  );

  it("takes the way of the code, and what the results reach into each other", () => {
    for (const one of scenes) {
      const { boxes, end } = one.column;
      const over = boxes.map(({ line, height }, i) =>
        Math.max(0, height + gap - ((boxes[i + 1]?.line ?? end) - line)),
      );
      const whole = one.window.last + over.reduce((sum, px) => sum + px, 0);
      expect(walk(one, () => 37, 1).way).toBeCloseTo(whole, 0);
      expect(walk(one, () => 37, -1).way).toBeCloseTo(whole, 0);
    }
  });

  it("says what it could not do", () => {
    const column = { boxes: [], end: 100 };
    const window = { top: 0, first: 0, last: 0, height: 100 };
    expect(advance(column, { index: -1, mix: 1 }, window, 50).left).toBe(50);
  });
});

describe("a result that does not fit below its line", () => {
  const window = { top: 100, first: 0, last: 1000, height: 400 };
  const standing = (line: number, height: number, start = 0, stop = height) =>
    line - liftFor({ line, height }, window, start, stop);

  it("stands at its line if it can", () => expect(standing(150, 200)).toBe(150));
  it("is raised as far as it must be", () => expect(standing(400, 200)).toBe(500 - gap - 200));
  it("shows its beginning if it is higher than the window", () =>
    expect(standing(400, 900)).toBe(100));
  it("comes into view if its line is above", () => expect(standing(40, 200)).toBe(100));
  it("shows the part that is asked for", () =>
    expect(standing(120, 900, 600, 620)).toBe(500 - gap - 620));

  it("goes back to its line while the code moves, at half its speed and never beyond", () => {
    expect(relaxedLift(100, 80, 10)).toBe(95);
    expect(relaxedLift(100, 80, 100)).toBe(80);
    expect(relaxedLift(100, 180, 100)).toBe(100);
    expect(relaxedLift(100, -50, 1000)).toBe(0);
    expect(relaxedLift(-100, 0, -30)).toBe(-85);
  });
});

describe("the line that is read", () => {
  const window = { top: 0, first: 0, last: 1000, height: 300 };
  it("is at a third of the window, but at the ends of the code", () => {
    const at = (top: number) => readingLine({ ...window, top });
    expect([0, 40, 500, 900, 1000].map(at)).toEqual([0, 40, 100, 200, 300]);
    expect(readingLine({ ...window, last: 0 })).toBe(0);
  });
  it("begins at the top of code that scrolls by less than a window", () => {
    const at = (top: number) => readingLine({ ...window, last: 100, top });
    expect([0, 50, 100].map(at)).toEqual([0, 150, 300]);
  });
  it("is approached at half the speed of the code", () => {
    expect(follow(0, { ...window, top: 500 }, 60)).toBe(30);
    expect(follow(0, { ...window, top: 500 }, -60)).toBe(30);
    expect(follow(290, { ...window, top: 500 }, 600)).toBe(100);
  });
});
