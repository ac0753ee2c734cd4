// The rule of the margin: where results stand in their column. Each stands at the line of its
// statement, unless that place is taken: then results push each other along the column, away from
// the one that has the attention. Numbers only: no DOM, no editor. All lengths are in CSS pixels, from
// the top of the first line.
//
// Every stack keeps `top(j + 1) >= top(j) + height(j) + gap`. These constraints are linear, so a
// mixture of stacks (weights that add up to 1) keeps them too. That is why nothing overlaps while
// the attention goes from one result to the next.

/// What takes up height in the column: the results of one statement, or of statements that share
/// lines.
export interface Box {
  /// Top of the first line of the statement.
  readonly line: number;
  /// More than 0.
  readonly height: number;
}

/// The boxes from the top down, and where the code ends (or the window, if that is lower).
export interface Column {
  readonly boxes: readonly Box[];
  readonly end: number;
}

/// What is being read: a place between box `index` exactly at its line (`mix` 0) and the next box
/// exactly at its own (`mix` 1). Index -1 is the beginning, before the first box.
export interface Attention {
  readonly index: number;
  readonly mix: number;
  /// A box that stands `lift` above its line, so that it is seen whole.
  readonly lifted?: number;
  readonly lift?: number;
}

/// The part of the code that is in view: its top, between `first` and `last`, and its height.
export interface Window {
  readonly top: number;
  readonly first: number;
  readonly last: number;
  readonly height: number;
}

/// Space between two results that touch.
export const gap = 8;

const clamp = (value: number, least: number, most: number) =>
  Math.max(least, Math.min(most, value));

function lineOf({ boxes, end }: Column, index: number): number {
  return index < 0 ? 0 : index < boxes.length ? boxes[index].line : Math.max(end, lastLine(boxes));
}

const lastLine = (boxes: readonly Box[]) => (boxes.length ? boxes[boxes.length - 1].line : 0);

/// By how much box `index` reaches into the room of the next.
function overOf(column: Column, index: number): number {
  const box = column.boxes[index] as Box | undefined;
  return box ? Math.max(0, box.height + gap - (lineOf(column, index + 1) - box.line)) : 0;
}

/// The tops of all boxes while box `index` stands at `at`.
export function stackAround(
  { boxes }: Pick<Column, "boxes">,
  index: number,
  at: number,
): Float64Array {
  const tops = new Float64Array(boxes.length);
  let bottom = -Infinity;
  let top = at;
  if (index >= 0 && index < boxes.length) {
    tops[index] = at;
    bottom = at + boxes[index].height + gap;
  }
  for (let j = index + 1; j < boxes.length; j++) {
    tops[j] = Math.max(boxes[j].line, bottom);
    bottom = tops[j] + boxes[j].height + gap;
  }
  for (let j = Math.min(index, boxes.length) - 1; j >= 0; j--)
    tops[j] = top = Math.min(boxes[j].line, top - gap - boxes[j].height);
  return tops;
}

/// The tops of all boxes.
export function topsOf(column: Column, attention: Attention): Float64Array {
  const { index, mix, lifted, lift = 0 } = attention;
  const around = (i: number) =>
    stackAround(column, i, lineOf(column, i) - (i === lifted ? lift : 0));
  const tops = around(index);
  if (mix > 0) {
    const next = around(index + 1);
    for (let j = 0; j < tops.length; j++) tops[j] += mix * (next[j] - tops[j]);
  }
  return tops;
}

/// The line that is being read.
export function positionOf(column: Column, { index, mix }: Attention): number {
  const line = lineOf(column, index);
  return line + mix * (lineOf(column, index + 1) - line);
}

/// The attention at a line.
export function attentionAt(column: Column, position: number): Attention {
  let low = 0;
  let high = column.boxes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column.boxes[middle].line <= position) low = middle + 1;
    else high = middle;
  }
  const line = lineOf(column, low - 1);
  const span = lineOf(column, low) - line;
  return { index: low - 1, mix: span > 0 ? clamp((position - line) / span, 0, 1) : 0 };
}

/// How far above its line a box must stand so that its part from `start` to `stop` is seen whole, or the
/// beginning of that if it is higher than the window. Negative if it must stand below its line.
export function liftFor({ line }: Box, window: Window, start: number, stop: number): number {
  const most = Math.min(line, window.top + window.height - gap - stop);
  return line - Math.max(window.top - start, most);
}

/// The lift after the code moved by `by`: it goes as far as the box needs it no longer, at half the
/// speed of the code, so that the box never moves against it.
export function relaxedLift(lift: number, needed: number, by: number): number {
  const target = lift > 0 ? clamp(needed, 0, lift) : clamp(needed, lift, 0);
  return lift + clamp(target - lift, -Math.abs(by) / 2, Math.abs(by) / 2);
}

/// How far below the top of the window one reads: at a third of it, but at its top where the code
/// begins and at its bottom where the code ends. Code that scrolls by less than a window goes from the
/// one to the other on that way: where it begins, no result is pushed out of view.
export function readingLine({ top, first, last, height }: Window): number {
  if (last <= first) return 0;
  const pace = Math.max(1, height / (last - first));
  return Math.max(Math.min(top - first, height / 3), height - (last - top) * pace);
}

/// How far below the top of the window one reads after the code moved by `by`: the reading line
/// is approached at half the speed of the code.
export function follow(offset: number, window: Window, by: number): number {
  const most = Math.abs(by) / 2;
  return offset + clamp(readingLine(window) - offset, -most, most);
}

/// What `advance` comes to.
export interface Advanced {
  readonly attention: Attention;
  /// The new top of the window.
  readonly top: number;
  /// What is left of the way because the column, as far as it is known, ends.
  readonly left: number;
}

/// Moves the column by `by`, as a wheel over it does, and the code by as much less as the results
/// are higher than it. On the screen no result and no line moves by more than `by`, and none against
/// it. From one end to the other it takes the way of the code plus all that the boxes reach
/// into each other.
export function advance(
  column: Column,
  attention: Attention,
  window: Window,
  by: number,
): Advanced {
  const isDown = by > 0;
  const sign = isDown ? 1 : -1;
  const { lifted, lift = 0 } = attention;
  let { index, mix } = attention;
  let { top } = window;
  let left = Math.abs(by);
  let offset = positionOf(column, attention) - top;
  while (left > 1e-6) {
    if (isDown ? mix >= 1 : mix <= 0) {
      if (isDown ? index >= column.boxes.length - 1 && mix >= 1 : index < 0) break;
      index += sign;
      if (isDown && index >= column.boxes.length) break;
      mix = isDown ? 0 : 1;
      continue;
    }
    const line = lineOf(column, index);
    const span = lineOf(column, index + 1) - line;
    const room = isDown ? window.last - top : top - window.first;
    const isHeld = room < 1e-6;
    const slack = isHeld ? 0 : readingLine({ ...window, top }) - offset;
    const isFollowing = Math.abs(slack) > 0.5;
    // How far the code goes for each pixel of the attention.
    const rate = isHeld ? 0 : isFollowing ? 1 - (Math.sign(slack) * sign) / 2 : 1;
    const extra =
      lifted === index ? Math.max(0, -lift) : lifted === index + 1 ? Math.max(0, lift) : 0;
    const cost = rate * span + overOf(column, index) + extra;
    const rest = isDown ? 1 - mix : mix;
    let part = cost > 0 ? Math.min(rest, left / cost) : rest;
    if (isFollowing && span > 0) part = Math.min(part, (2 * Math.abs(slack)) / span);
    if (rate * span > 0) part = Math.min(part, room / (rate * span));
    left -= part * cost;
    mix = rest - part < 1e-9 ? (isDown ? 1 : 0) : mix + sign * part;
    const position = line + mix * span;
    if (isFollowing) offset += (Math.sign(slack) * part * span) / 2;
    if (!isHeld) top = clamp(position - offset, window.first, window.last);
    offset = position - top;
  }
  // The attention was out of view: the code alone has a way to go.
  const rest = Math.min(left, isDown ? window.last - top : top - window.first);
  if (rest > 0) {
    top += sign * rest;
    left -= rest;
  }
  return { attention: { index, mix, lifted, lift }, top, left };
}
