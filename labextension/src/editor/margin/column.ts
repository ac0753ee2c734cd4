// The column of the margin layout: places the results by the rule (rule.ts) in the pane, which
// scrolls with the code. What has the attention is a second degree of freedom: code alone cannot
// scroll through results that are higher than it. It is the statement that ran, the cursor's, or
// what is being read.
//
// A result that stands at its line is moved by the browser's own scrolling; a script moves only
// those that are pushed.

import type { EditorView, ViewUpdate } from "@codemirror/view";
import type { Anchor } from "../anchors";
import { contentOf, hasBody, isVisible, type Content } from "../content";
import { stack } from "../geometry";
import { urgentWithin, type Mounted, type MountedResults } from "../mounted";
import { geometryField, heightOf, unfolded } from "../spacers";
import { eachGroup, runSent, statementsField, type Group } from "../statements";
import { Leaders } from "./leaders";
import {
  advance,
  attentionAt,
  follow,
  liftFor,
  positionOf,
  readingLine,
  relaxedLift,
  topsOf,
  type Attention,
  type Box,
  type Column,
  type Window,
} from "./rule";

/// How long the column takes to go to another statement, in milliseconds.
const easing = 140;

interface Member {
  readonly anchor: Anchor;
  readonly from: number;
  readonly to: number;
  readonly content: Content;
  /// Below the top of the box.
  readonly offset: number;
}

/// Results of statements that share lines: one box. One without height pushes nothing.
interface Entry extends Box {
  readonly id: number;
  readonly members: readonly Member[];
  /// Bottom of the last line of the statements.
  readonly bottom: number;
}

/// An attention by the ids of anchors, which outlive changes of the column; -1: the beginning.
interface Attended {
  readonly id: number;
  readonly next: number;
  readonly mix: number;
  readonly liftedId: number;
  readonly lift: number;
}

interface Faded extends Attended {
  readonly weight: number;
}

interface Placed {
  readonly entry: Entry;
  /// Index of its box, or of the next if it has no height.
  readonly box: number;
  /// Of its members, those that have an element.
  readonly items: readonly (Mounted | undefined)[];
  readonly isNear: boolean;
}

/// The part of a result that is to be seen; all of it if absent.
interface Part {
  readonly start: number;
  readonly stop: number;
}

/// Places the results of one editor in the margin. Long, as wheel, caret, easing and late heights all move
/// one state: what has the attention, and how far.
export class MarginColumn {
  onDestroy = () => {};
  private readonly leaders: Leaders;
  private entries: Entry[] = [];
  private boxes: Entry[] = [];
  private readonly byId = new Map<number, number>();
  private isDirty = true;
  /// The part of the code that the boxes were collected from.
  private from = 0;
  private to = 0;
  private hasBefore = false;
  private hasAfter = false;
  /// The scroll position; the browser rounds it.
  private scroll = 0;
  private rounded = 0;
  private height = 0;
  /// How far below the top of the window one reads.
  private offset = 0;
  /// Null: what stands at `offset`.
  private attended: Attended | null = null;
  /// The attended result is kept in view until the user scrolls.
  private isHeld = false;
  private part: Part | null = null;
  private run: string | null = null;
  /// The editor is about to scroll to the cursor.
  private isCaretAway = false;
  private faded: Faded[] = [];
  private fadedAt = 0;
  private frame = 0;
  private placed: Placed[] = [];
  private range = "";
  /// The code was scrolled, and the results are still to follow.
  private isMoving = false;

  /// `pass`: shows and hides elements; it calls `place`.
  constructor(
    private readonly view: EditorView,
    pane: HTMLElement,
    private readonly mounted: MountedResults,
    private readonly pass: () => void,
  ) {
    this.leaders = new Leaders(view, pane);
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.onDestroy();
    this.leaders.destroy();
  }

  /// The layout is that of the margin now.
  begin(): void {
    this.isDirty = true;
    this.scroll = this.rounded = this.view.scrollDOM.scrollTop;
    this.release();
    this.attended = null;
    this.offset = readingLine(this.window);
  }

  /// The layout is another now.
  end(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.isMoving = false;
    this.placed = [];
    this.faded = [];
    this.leaders.draw([], -1);
  }

  /// The id of the first anchor of the box at its line; -1 if none is. For tests.
  get attention(): { id: number; mix: number; lift: number; isHeld: boolean } {
    const { id = -1, mix = 0, lift = 0 } = this.attended ?? {};
    return { id, mix, lift, isHeld: this.isHeld };
  }

  /// Sets the height of the window. Returns whether it is another.
  resize(height: number): boolean {
    if (height === this.height) return false;
    this.height = height;
    return true;
  }

  /// Takes what an update says of the attention; returns whether `place` is to follow. `isDirty`: what
  /// is placed, or its lines, may have changed.
  update(update: ViewUpdate, isDirty: boolean): boolean {
    const { transactions, state, startState, docChanged, viewportChanged } = update;
    this.isDirty ||= isDirty;
    let isMoved = false;
    for (const tr of transactions) {
      const sent = tr.effects.find(effect => effect.is(runSent));
      if (sent) {
        this.run = sent.value.isWhole ? null : sent.value.run;
        isMoved = false;
      } else if (tr.docChanged) {
        if (!tr.isUserEvent("reload")) this.run = null;
      } else if (tr.selection) {
        this.run = null;
        isMoved = true;
      }
    }
    if (isMoved ? !docChanged : this.isCaretAway && viewportChanged) return this.attendCaret();
    if (
      this.run !== null &&
      state.field(statementsField) !== startState.field(statementsField, false)
    ) {
      const id = this.lastOf(this.run);
      return id !== null && this.attend(id);
    }
    return false;
  }

  /// Gives the attention to a result: it stands at its line, or as much higher or lower as lets `part` of it be
  /// seen. Returns whether it had not the attention.
  private attend(id: number, isEased = true, part: Part | null = null): boolean {
    this.part = part;
    const { attended } = this;
    if (attended?.id === id && this.isHeld) return false;
    if (isEased && attended && !reducedMotion()) this.fade(attended);
    this.attended = { id, next: -1, mix: 0, liftedId: id, lift: 0 };
    this.isHeld = true;
    return true;
  }

  /// Like `attend`, for callers outside an update.
  show(id: number, isEased: boolean, part: Part | null = null): void {
    this.scroll = this.rounded = this.view.scrollDOM.scrollTop;
    this.attend(id, isEased, part);
    this.pass();
  }

  /// Whether the column can go on in this direction.
  canAdvance(by: number): boolean {
    const { index, mix } = this.current();
    return by > 0 ? index < this.boxes.length - 1 || mix < 1 : index >= 0;
  }

  /// Whether the code is at its end in this direction.
  isAtEnd(by: number): boolean {
    const { top, first, last } = this.window;
    return by > 0 ? top >= last - 0.5 : top <= first + 0.5;
  }

  /// Moves the column by pixels, and the code with it. Returns how much could not be done yet.
  advance(by: number): number {
    const { column, window } = this;
    const attention = this.current();
    const done = advance(column, attention, window, by);
    this.release();
    this.leaders.hover(-1);
    this.attended = this.named(done.attention);
    this.relax(done.top - window.top, { ...window, top: done.top });
    this.scroll = done.top + this.origin;
    const { scrollDOM } = this.view;
    if (Math.abs(this.scroll - this.rounded) >= 0.5) {
      scrollDOM.scrollTop = this.scroll;
      this.rounded = scrollDOM.scrollTop;
    }
    this.move();
    return (by > 0 ? this.hasAfter : this.hasBefore) ? done.left : 0;
  }

  /// Goes to the end in this direction, of the code too.
  goToEnd(by: number): void {
    const { first, last } = this.window;
    const top = by > 0 ? last : first;
    this.release();
    this.attended = null;
    this.offset = by > 0 ? this.column.end - last : -first;
    this.scroll = top + this.origin;
    const { scrollDOM } = this.view;
    scrollDOM.scrollTop = this.scroll;
    this.rounded = scrollDOM.scrollTop;
    this.move();
  }

  /// The code was scrolled; `isByHand`: by the user.
  scrolled(isByHand: boolean): void {
    const { scrollTop } = this.view.scrollDOM;
    if (Math.abs(scrollTop - this.rounded) < 1) return;
    this.scroll = this.rounded = scrollTop;
    this.leaders.hover(-1);
    const { window } = this;
    const attention = this.known();
    if (!attention) {
      // Where it goes to is not collected yet.
      if (this.isHeld && !isByHand) return this.moveSoon();
      this.release(isByHand);
      this.offset = isByHand ? this.offset : readingLine(window);
    } else {
      const offset = positionOf(this.column, attention) - window.top;
      const by = this.offset - offset;
      const isInView = offset >= -1 && offset <= window.height;
      // Heights above changed, and the editor keeps the text where it was.
      if (Math.abs(by) < 1) return this.moveSoon();
      if (!isByHand && this.isHeld && isInView) {
        this.offset = offset;
        return this.moveSoon();
      }
      this.release(isByHand);
      if (Math.abs(by) > 2 * window.height) this.offset = readingLine(window);
      else {
        this.relax(by, window);
        this.offset = follow(this.offset, window, by);
      }
    }
    const { liftedId = -1, lift = 0 } = this.attended ?? {};
    const lifted = this.byId.get(liftedId);
    this.attended = this.covers(window) ? this.named({ ...this.reading(), lifted, lift }) : null;
    this.moveSoon();
  }

  /// Places all that is near the window. Between `beginPass` and `endPass` of the elements.
  place(): void {
    this.isMoving = false;
    const tops = this.tops();
    const { top, height } = this.window;
    this.placed = [];
    let previous: Mounted | null = null;
    let box = 0;
    for (const entry of this.entries) {
      const index = entry.height > 0 ? box++ : box;
      const at = this.topOf(entry, index, tops);
      // What is far away has an element only if it would lose by being without, as a frame would.
      const distance = Math.max(top - at - entry.height, at - top - height) / height;
      const isNear = distance <= 1 / 2;
      const items = entry.members.map(({ anchor, from, to, content }) => {
        if (!isNear) return this.mounted.get(anchor.id);
        const item = this.mounted.show(anchor, content, { from, to }, previous, distance);
        previous = item ?? previous;
        return item ?? undefined;
      });
      if (isNear || items.some(Boolean)) this.placed.push({ entry, box: index, items, isNear });
    }
    this.range = this.rangeOf(tops);
    this.position(tops);
  }

  // -- attention -----------------------------------------------------------------------------------

  private get origin(): number {
    return this.view.documentPadding.top / this.view.scaleY;
  }

  private get window(): Window {
    const { view, origin, height } = this;
    const last = Math.max(0, view.contentHeight / view.scaleY - height) - origin;
    return { top: this.scroll - origin, first: -origin, last, height };
  }

  private get column(): Column {
    if (this.isDirty) this.collect();
    const { view, origin, height, boxes } = this;
    return { boxes, end: Math.max(view.contentHeight / view.scaleY, height) - origin };
  }

  private covers({ top, height }: Window): boolean {
    return (this.from <= top || !this.hasBefore) && (this.to >= top + height || !this.hasAfter);
  }

  /// Nothing is kept in view any longer, but what is still to come of a run unless `isByHand`.
  private release(isByHand = true): void {
    this.isHeld = false;
    this.isCaretAway = false;
    if (isByHand) this.run = null;
    this.part = null;
  }

  private relax(by: number, window: Window): void {
    const { attended } = this;
    const box = attended?.lift ? this.boxes[this.byId.get(attended.liftedId) ?? -1] : null;
    if (!attended || !box) return;
    const needed = liftFor(box, window, 0, box.height);
    this.attended = { ...attended, lift: relaxedLift(attended.lift, needed, by) };
  }

  private reading(): Attention {
    return attentionAt(this.column, this.window.top + this.offset);
  }

  /// The attention by indices; null if its statement is not near the window.
  private known(attended = this.attended): Attention | null {
    if (!attended) return null;
    if (this.isDirty) this.collect();
    const { byId } = this;
    const index = attended.id < 0 ? (this.hasBefore ? undefined : -1) : byId.get(attended.id);
    if (index === undefined) return null;
    const { mix, lift } = attended;
    // A result came between the two that are mixed.
    if (mix > 0 && attended.next !== this.idOf(index + 1)) return null;
    return { index, mix, lifted: byId.get(attended.liftedId), lift };
  }

  private current(): Attention {
    const known = this.known();
    if (!known) {
      const attention = this.reading();
      if (this.covers(this.window) && this.boxes.length && !this.isHeld)
        this.attended = this.named(attention);
      return attention;
    }
    const box = this.boxes[known.index] as Entry | undefined;
    if (this.isHeld && box) {
      const { window, part } = this;
      let lift = liftFor(box, window, 0, box.height);
      const top = box.line - lift - window.top;
      if (part && (top + part.start < 0 || top + part.stop > window.height))
        lift = liftFor(box, window, part.start, part.stop);
      this.attended = { ...this.attended!, liftedId: this.attended!.id, lift };
      return { ...known, lifted: known.index, lift };
    }
    return known;
  }

  private named({ index, mix, lifted, lift = 0 }: Attention): Attended {
    const isNear = lifted === index || (mix > 0 && lifted === index + 1);
    return {
      id: this.idOf(index),
      next: this.idOf(index + 1),
      mix,
      liftedId: isNear ? this.idOf(lifted!) : -1,
      lift: isNear ? lift : 0,
    };
  }

  private idOf(index: number): number {
    return this.boxes[index]?.id ?? -1;
  }

  private attendCaret(): boolean {
    if (this.isDirty) this.collect();
    const { view } = this;
    const block = view.lineBlockAt(view.state.selection.main.head);
    const y = block.top / view.scaleY;
    this.isCaretAway = y < this.from || y >= this.to;
    if (this.isCaretAway) return false;
    const { index } = attentionAt({ boxes: this.boxes, end: Infinity }, y + 0.5);
    // Above all results the first of them takes the attention, as none before it could keep it.
    const isAbove = index < 0 && !this.hasBefore;
    const box = this.boxes[isAbove ? 0 : index] as Entry | undefined;
    if (!box) return false;
    // Text below keeps what is above it, as long as that is in view.
    const isOwn = !isAbove && box.bottom > y + 0.5;
    const { top, height } = this.window;
    const isNear = box.line >= top && box.line <= top + height;
    return (isOwn || isNear) && this.attend(box.id);
  }

  private lastOf(run: string): number | null {
    const { anchors, results } = this.view.state.field(statementsField);
    let last: number | null = null;
    for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
      if (cursor.value.run !== run) continue;
      const content = contentOf(results, cursor.value);
      if (content && hasBody(content)) last = cursor.value.id;
    }
    if (last === null) return null;
    if (this.isDirty) this.collect();
    const index = this.byId.get(last);
    return index === undefined ? last : this.idOf(index);
  }

  // -- movement ------------------------------------------------------------------------------------

  private fade(from: Attended): void {
    const share = this.share();
    this.faded = this.faded
      .map(faded => ({ ...faded, weight: faded.weight * (1 - share) }))
      .concat({ ...from, weight: share })
      .filter(({ weight }) => weight > 0.01);
    this.fadedAt = performance.now();
    if (!this.frame) this.frame = requestAnimationFrame(this.tick);
  }

  /// How much of the way to the present attention is done.
  private share(): number {
    if (!this.faded.length) return 1;
    const t = Math.min(1, (performance.now() - this.fadedAt) / easing);
    return 1 - (1 - t) ** 3;
  }

  private readonly tick = () => {
    this.frame = 0;
    if (this.share() >= 1) this.faded = [];
    else this.frame = requestAnimationFrame(this.tick);
    this.move();
  };

  /// After the editor has read the layout in this frame: it would be made anew for that.
  private moveSoon(): void {
    this.isMoving = true;
    this.view.requestMeasure(this.moving);
  }

  private readonly moving = {
    key: "rdit-margin",
    read: () => undefined,
    write: () => {
      // Not if the editor has placed all meanwhile, in an update.
      if (this.isMoving) this.move();
    },
  };

  private move(): void {
    this.isMoving = false;
    const tops = this.tops();
    if (this.rangeOf(tops) === this.range) this.position(tops);
    else this.pass();
  }

  private tops(): Float64Array {
    const { column } = this;
    const attention = this.current();
    this.offset = positionOf(column, attention) - this.window.top;
    const tops = topsOf(column, attention);
    const share = this.share();
    if (share >= 1) return tops;
    const others = this.faded.flatMap(faded => {
      const before = this.known(faded);
      return before ? [{ tops: topsOf(column, before), weight: faded.weight }] : [];
    });
    const whole = others.reduce((sum, { weight }) => sum + weight, 0);
    if (!whole) return tops;
    return tops.map((top, i) =>
      others.reduce(
        (sum, { tops, weight }) => sum + ((1 - share) * weight * tops[i]) / whole,
        share * top,
      ),
    );
  }

  /// What is near the window, and what must have an element: when either is another, a pass is due.
  private rangeOf(tops: Float64Array): string {
    const { top, height } = this.window;
    const between = (share: number) => {
      let first = -1;
      let last = -1;
      tops.forEach((at, i) => {
        if (at + this.boxes[i].height < top - share * height || at > top + (1 + share) * height)
          return;
        if (first < 0) first = i;
        last = i;
      });
      return `${this.idOf(first)} ${this.idOf(last)}`;
    };
    return `${between(1 / 2)} ${this.mounted.isRushing ? "" : between(urgentWithin)}`;
  }

  private position(tops: Float64Array): void {
    const { origin } = this;
    const grid = devicePixelRatio || 1;
    const shown = this.placed.flatMap(({ entry, box, items, isNear }) => {
      const top = Math.round((origin + this.topOf(entry, box, tops)) * grid) / grid;
      items.forEach((item, index) => {
        const y = top + entry.members[index].offset;
        if (!item || item.top === y) return;
        item.top = y;
        item.dom.style.transform = `translateY(${y}px)`;
      });
      if (!isNear) return [];
      const { id, line, bottom, height } = entry;
      const doms = items.flatMap(item => item?.dom ?? []);
      return [{ id, doms, line: line + origin, bottom: bottom + origin, top, height }];
    });
    const attended = this.isHeld && this.attended ? this.byId.get(this.attended.id) : undefined;
    const bottom = this.scroll + this.height;
    this.leaders.draw(shown, attended === undefined ? -1 : this.idOf(attended), {
      top: this.scroll,
      bottom,
    });
  }

  /// What has no height stands at its line, or between its neighbours.
  private topOf({ line, height }: Entry, box: number, tops: Float64Array): number {
    if (height > 0) return tops[box];
    const above = box > 0 ? tops[box - 1] + this.boxes[box - 1].height : -Infinity;
    return Math.min(Math.max(line, above), tops[box] ?? Infinity);
  }

  /// Collects the boxes near the window, and the next beyond it on both sides.
  private collect(): void {
    this.isDirty = false;
    const { view } = this;
    const { state, viewport, scaleY } = view;
    const { anchors } = state.field(statementsField);
    const entries: Entry[] = [];
    const add = (group: Group) => {
      const entry = this.entryOf(group);
      if (entry) entries.push(entry);
    };
    eachGroup(anchors, viewport.from, viewport.to, add);
    const first = entries[0]?.members[0].from ?? viewport.from;
    const last = entries.at(-1)?.members.at(-1)!.to ?? viewport.to;
    this.from = view.lineBlockAt(viewport.from).top / scaleY;
    this.to = view.lineBlockAt(viewport.to).bottom / scaleY;
    const before = this.next(first - 1, -1);
    const after = this.next(Math.max(last, viewport.to) + 1, 1);
    this.hasBefore = before !== null;
    this.hasAfter = after !== null;
    this.entries = [...(before ? [before] : []), ...entries, ...(after ? [after] : [])];
    this.boxes = this.entries.filter(({ height }) => height > 0);
    this.byId.clear();
    this.boxes.forEach(({ members }, index) => {
      for (const { anchor } of members) this.byId.set(anchor.id, index);
    });
  }

  /// The next box from a position on.
  private next(from: number, by: 1 | -1): Entry | null {
    const { state } = this.view;
    const { anchors } = state.field(statementsField);
    const { length } = state.doc;
    for (let reach = 2000; from >= 0 && from <= length; reach *= 4) {
      const to = Math.max(0, Math.min(length, from + by * reach));
      const groups: Group[] = [];
      eachGroup(anchors, Math.min(from, to), Math.max(from, to), group => groups.push(group));
      if (by < 0) groups.reverse();
      for (const group of groups) {
        if (by > 0 ? group.from < from : group.to > from) continue;
        const entry = this.entryOf(group);
        if (entry?.height) return entry;
      }
      if (to === 0 || to === length) break;
    }
    return null;
  }

  private entryOf(group: Group): Entry | null {
    const { view } = this;
    const { state, scaleY } = view;
    const { results } = state.field(statementsField);
    const geometry = state.field(geometryField);
    const shown = unfolded(state, group).flatMap(member => {
      const content = contentOf(results, member.anchor);
      return content && isVisible(content) ? [{ ...member, content }] : [];
    });
    if (!shown.length) return null;
    const line = view.lineBlockAt(group.from).top / scaleY;
    const bottom = view.lineBlockAt(group.to).bottom / scaleY;
    const heights = shown.map(({ anchor }) => heightOf(geometry, anchor));
    const offsets = shown.map(({ from }) =>
      shown.length === 1 ? 0 : view.lineBlockAt(from).top / scaleY - line,
    );
    const { tops } = stack("beside", offsets, heights, 0, 0);
    const height = Math.max(...heights.map((px, i) => (px > 0 ? tops[i] + px : 0)));
    const members = shown.map((member, i) => ({ ...member, offset: tops[i] }));
    return { id: shown[0].anchor.id, line, bottom, height, members };
  }
}

/// Whether the user wants no movement for its own sake.
export const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
