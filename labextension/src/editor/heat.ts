// Lazy chunk: where the time of the statement that runs goes, as warm lines in the gutter, with their shares
// where the pointer is. What is known of the last one stays for who looks there.

import {
  RangeSet,
  StateField,
  type EditorState,
  type Extension,
  type Range,
  type Transaction,
} from "@codemirror/state";
import { EditorView, GutterMarker, gutterLineClass, ViewPlugin } from "@codemirror/view";
import type { Heat as HeatEvent } from "../protocol";
import { duration } from "../results/duration";
import { eventsArrived, resultsCleared, runSent, statementsField } from "./statements";

/// Below this share of the time a line is as cold as any.
const least = 0.01;
const levels = 6;

/// From 0 (cold) to 6, with more of them for small shares.
export const levelOf = (share: number): number =>
  share < least ? 0 : Math.min(levels, Math.ceil(Math.sqrt(share) * levels));

/// A line's share of the time.
export class HeatMark extends GutterMarker {
  override readonly elementClass: string;

  constructor(
    readonly seconds: number,
    readonly of: number,
    readonly isPast: boolean,
  ) {
    super();
    this.elementClass = `rdit-heat-${levelOf(seconds / of)}${isPast ? " rdit-heat-past" : ""}`;
  }

  override eq(other: HeatMark): boolean {
    const { seconds, of, elementClass } = this;
    return seconds === other.seconds && of === other.of && elementClass === other.elementClass;
  }

  /// "38 % of its time, 4.2 s".
  get text(): string {
    return `${Math.round((100 * this.seconds) / this.of)} % of its time, ${duration(this.seconds)}`;
  }
}

interface Heat {
  readonly of: { readonly run: string; readonly nodeIndex: number } | null;
  readonly marks: RangeSet<HeatMark>;
  /// The statement has ended.
  readonly isPast: boolean;
}

const none: Heat = { of: null, marks: RangeSet.empty, isPast: false };

/// The lines of the last statement that took long.
export const heatField = StateField.define<Heat>({
  create: () => none,
  update(value, tr) {
    if (tr.docChanged && value.of) value = { ...value, marks: moved(value.marks, tr) };
    for (const effect of tr.effects) {
      if (effect.is(resultsCleared) || effect.is(runSent)) value = none;
      else if (effect.is(eventsArrived))
        for (const event of effect.value.events)
          if (event.type === "heat") value = heated(tr.state, event);
          else if (event.type === "done" && event.run === value.of?.run) value = past(value);
          else if (
            event.type === "status" &&
            event.run === value.of?.run &&
            event.nodeIndex === value.of.nodeIndex
          )
            value = past(value);
    }
    return value;
  },
  provide: field => gutterLineClass.compute([field], state => state.field(field).marks),
});

function heated(state: EditorState, event: HeatEvent): Heat {
  const { run, nodeIndex, seconds, lines } = event;
  const marks = new Map<number, HeatMark>();
  const now = linesNow(state, run);
  for (const { line, seconds: spent } of lines) {
    const from = now(line);
    if (from === null || levelOf(spent / seconds) === 0) continue;
    marks.set(from, new HeatMark(spent + (marks.get(from)?.seconds ?? 0), seconds, false));
  }
  return { of: { run, nodeIndex }, marks: rangesOf(marks), isPast: false };
}

/// The marks after a change. What is inserted where a line begins comes before its text, so the mark goes to the
/// line where that text begins now: `gutterLineClass` takes marks at the beginning of a line only. A line whose
/// text is deleted has none any more; of lines that are joined the first keeps its own.
function moved(marks: RangeSet<HeatMark>, tr: Transaction): RangeSet<HeatMark> {
  const { changes, newDoc } = tr;
  const all = new Map<number, HeatMark>();
  for (const cursor = marks.iter(); cursor.value; cursor.next()) {
    const { from, to } = tr.startState.doc.lineAt(cursor.from);
    const at = changes.mapPos(from, 1);
    if (at >= changes.mapPos(to, -1)) continue;
    const line = newDoc.lineAt(at).from;
    if (!all.has(line)) all.set(line, cursor.value);
  }
  return rangesOf(all);
}

/// `marks`: by the beginning of their line.
const rangesOf = (marks: ReadonlyMap<number, HeatMark>): RangeSet<HeatMark> =>
  RangeSet.of(
    [...marks].map(([from, mark]): Range<HeatMark> => mark.range(from)),
    true,
  );

function past(value: Heat): Heat {
  if (value.isPast) return value;
  const ranges: Range<HeatMark>[] = [];
  for (const cursor = value.marks.iter(); cursor.value; cursor.next()) {
    const { seconds, of } = cursor.value;
    ranges.push(new HeatMark(seconds, of, true).range(cursor.from));
  }
  return { ...value, marks: RangeSet.of(ranges), isPast: true };
}

/// Where the lines of a run's text begin now; null: there is no such line any more.
function linesNow(state: EditorState, run: string): (line: number) => number | null {
  const { sent, anchors, results } = state.field(statementsField);
  const own = sent.get(run);
  if (own)
    return line => {
      if (line > own.doc.lines) return null;
      const { from } = own.doc.line(line);
      return state.doc.lineAt(own.changes ? own.changes.mapPos(from, 1) : from).from;
    };
  // Sent by another viewer, or before this page was loaded: by the statements of the run.
  const known: { first: number; last: number; by: number }[] = [];
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    if (cursor.value.run !== run) continue;
    const outcome = results.get(run, cursor.value.nodeIndex);
    if (!outcome) continue;
    const { lineStart: first, lineEnd: last } = outcome;
    known.push({ first, last, by: state.doc.lineAt(cursor.from).number - first });
  }
  return line => {
    const { by = 0 } = known.find(({ first, last }) => first <= line && line <= last) ?? {};
    const number = line + by;
    return number >= 1 && number <= state.doc.lines ? state.doc.line(number).from : null;
  };
}

/// The mark of the line at a height of the page; null if there is none.
function markAt(view: EditorView, y: number): HeatMark | null {
  const { from } = view.lineBlockAtHeight((y - view.documentTop) / view.scaleY);
  let found: HeatMark | null = null;
  view.state.field(heatField).marks.between(from, from, (_from, _to, mark) => void (found = mark));
  return found;
}

// The gutter of states has titles of its own, set before by its listener: this is added to them.
const titles = ViewPlugin.define(view => {
  const told = new WeakMap<HTMLElement, string>();
  const tell = ({ target, clientY }: MouseEvent) => {
    const dom = (target as Element).closest<HTMLElement>(".cm-gutterElement");
    if (!dom || (!view.state.field(heatField).of && !told.has(dom))) return;
    const before = told.get(dom);
    const title = before ? dom.title.replace(before, "") : dom.title;
    const text = markAt(view, clientY)?.text ?? "";
    const added = text && title ? `; ${text}` : text;
    if (added) told.set(dom, added);
    else told.delete(dom);
    if (dom.title !== title + added) dom.title = title + added;
  };
  const { scrollDOM } = view;
  for (const type of ["mouseover", "mousemove"] as const) scrollDOM.addEventListener(type, tell);
  return {
    destroy() {
      for (const type of ["mouseover", "mousemove"] as const)
        scrollDOM.removeEventListener(type, tell);
    },
  };
});

const warm = "color-mix(in srgb, #f26b1d calc(var(--rdit-heat) * 7%), transparent)";
// Beside the marks of the states, which have colours of their own.
const lines = "& .cm-gutter:not(.rdit-gutter) .cm-gutterElement";
const theme = EditorView.baseTheme({
  ...Object.fromEntries(
    Array.from({ length: levels }, (_, index) => [
      `${lines}.rdit-heat-${index + 1}`,
      { "--rdit-heat": String(index + 1), backgroundColor: warm },
    ]),
  ),
  [`${lines}.rdit-heat-past`]: { backgroundColor: "transparent" },
  "& .cm-gutters:hover .cm-gutter:not(.rdit-gutter) .cm-gutterElement.rdit-heat-past": {
    backgroundColor: warm,
  },
});

/// The extension.
export const heat: Extension = [heatField, titles, theme];
