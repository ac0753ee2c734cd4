// The heights of results; and, but for the layout of the margin, spacers: empty block widgets that
// push the following code down where a result is higher than its statement. Their heights derive
// from the statements, the known result heights and the layout, in the same transaction that changes
// any of these. With a second transaction for the heights, the editor's height map would be wrong in
// between and its scroll anchor would jump.

import {
  StateEffect,
  StateField,
  type EditorState,
  type Range,
  type Transaction,
} from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type DecorationSet } from "@codemirror/view";
import { capsOf } from "../results/caps";
import { estimateHeight } from "../results/estimate";
import { sameParts } from "../results/parts";
import type { Metrics } from "../results/parts/part";
import type { Part, Results } from "../results/results";
import type { Anchor, Span } from "./anchors";
import { stack, type Layout } from "./geometry";
import { contentOf, hasBody, type Content } from "./content";
import { foldsField, isFolded, resultExpanded, resultsFolded, type Folds } from "./folds";
import { eachGroup, statementsField, type Group } from "./statements";
import { foldedRanges } from "./syntax";

/// Sets the layout that the user prefers. A narrow editor uses "below" regardless.
export const layoutChosen = StateEffect.define<Layout>();

/// Reports what the view has measured in the DOM. All heights are in CSS pixels.
export const measured = StateEffect.define<{
  /// Measured heights of results, by anchor id.
  heights?: ReadonlyMap<number, number>;
  /// Measured heights of the code of groups (wrapped or folded lines), by the id of their first
  /// anchor.
  code?: ReadonlyMap<number, number>;
  metrics?: Metrics;
  isNarrow?: boolean;
}>();

interface Height {
  readonly px: number;
  /// The outputs that `px` belongs to: the height is estimated again only when these look
  /// different.
  readonly parts: readonly Part[];
  readonly hasInput: boolean;
  readonly status: string;
  /// Whether the result renders an element below or beside its code. Its height may still be 0: a
  /// style sheet alone.
  readonly hasBody: boolean;
  /// The output was cleared while the statement runs; `px` is kept until the next output, so that
  /// the code below does not jump up and down.
  readonly isHeld: boolean;
}

/// Layout, known heights, and the spacer decorations derived from them.
export interface Geometry {
  readonly wanted: Layout;
  readonly isNarrow: boolean;
  readonly metrics: Metrics;
  readonly folds: Folds;
  /// Of results as they are unfolded.
  readonly heights: ReadonlyMap<number, Height>;
  /// Anchor ids of results whose height is `isHeld`.
  readonly held: ReadonlySet<number>;
  readonly code: ReadonlyMap<number, number>;
  readonly decorations: DecorationSet;
}

/// A spacer of a given height in CSS pixels.
export class Spacer extends WidgetType {
  constructor(readonly px: number) {
    super();
  }

  override eq(other: Spacer): boolean {
    return other.px === this.px;
  }

  toDOM(): HTMLElement {
    const dom = document.createElement("div");
    dom.className = "rdit-spacer";
    dom.setAttribute("aria-hidden", "true");
    dom.style.height = `${this.px}px`;
    return dom;
  }

  override updateDOM(dom: HTMLElement): boolean {
    dom.style.height = `${this.px}px`;
    return true;
  }

  // The exact height: the editor's height map is right before it has measured the widget.
  override get estimatedHeight(): number {
    return this.px;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

/// The state field of `Geometry`; it provides the spacers as decorations.
export const geometryField = StateField.define<Geometry>({
  create: state => ({
    wanted: "beside",
    isNarrow: false,
    metrics: { lineHeight: 20, columns: 80, width: 600, ...capsOf(700, 20, 0) },
    folds: state.field(foldsField),
    heights: new Map(),
    held: new Set(),
    code: new Map(),
    decorations: Decoration.none,
  }),
  update,
  provide: field => [
    foldsField,
    EditorView.decorations.from(field, geometry => geometry.decorations),
  ],
});

/// How many characters wide results are, as a run is told: within what the protocol allows.
export const columnsOf = (state: EditorState): number =>
  Math.min(250, Math.max(40, state.field(geometryField).metrics.columns));

/// The layout in use: the user's, or "below" in a narrow editor.
export const layoutOf = (state: EditorState): Layout => layoutIn(state.field(geometryField));

const layoutIn = ({ wanted, isNarrow }: Geometry): Layout => (isNarrow ? "below" : wanted);

/// Height of an anchor's result in CSS pixels, measured or estimated, or that of its line if it is
/// folded; 0 if it has none.
export function heightOf({ heights, folds, metrics }: Geometry, { id }: Anchor): number {
  const height = heights.get(id);
  if (!height) return 0;
  const { px, hasBody, hasInput } = height;
  return hasBody && !hasInput && isFolded(folds, id) ? metrics.lineHeight : px;
}

/// The members of a group whose statements are not hidden by a fold.
export function unfolded(state: EditorState, group: Group): Group["members"] {
  const folds = foldedRanges(state);
  if (!folds.size) return group.members;
  return group.members.filter(({ from }) => {
    let hidden = false;
    folds.between(from, from, (start, end) => {
      if (start < from && from <= end) hidden = true;
    });
    return !hidden;
  });
}

const manyChanges = 30;

function update(geometry: Geometry, tr: Transaction): Geometry {
  const { state, startState } = tr;
  const statements = state.field(statementsField);
  // In the transaction that adds these extensions to an editor, the start state lacks the field.
  const statementsBefore = startState.field(statementsField, false) ?? statements;
  let next = geometry;
  let isAll = false;
  const ids = new Set<number>();
  const folds = state.field(foldsField);
  if (folds !== next.folds) {
    // Several at once, if no effect names them.
    const named = tr.effects.flatMap(effect =>
      effect.is(resultsFolded)
        ? effect.value.ids
        : effect.is(resultExpanded)
          ? effect.value.id
          : [],
    );
    for (const id of named) if (id !== null) ids.add(id);
    isAll = !named.length || named.includes(null);
    next = { ...next, folds };
  }

  for (const effect of tr.effects) {
    if (effect.is(layoutChosen) && effect.value !== next.wanted) {
      next = { ...next, wanted: effect.value };
      isAll = true;
    } else if (effect.is(measured)) {
      const { heights, code, metrics, isNarrow } = effect.value;
      if (isNarrow !== undefined && isNarrow !== next.isNarrow) {
        next = { ...next, isNarrow };
        isAll = true;
      }
      if (metrics) {
        // Lines wrap differently at another width: measured code heights are no longer valid.
        next = { ...next, code: new Map(), ...recapped(next, metrics, state) };
        isAll = true;
      }
      if (heights) {
        const all = new Map(next.heights);
        for (const [id, px] of heights) {
          const height = all.get(id);
          if (height) all.set(id, { ...height, px, isHeld: false });
          ids.add(id);
        }
        next = { ...next, heights: all, held: heldIn(all, next.held) };
      }
      if (code) {
        next = { ...next, code: new Map([...next.code, ...code]) };
        for (const id of code.keys()) ids.add(id);
      }
    }
  }

  if (
    statements.results !== statementsBefore.results ||
    statements.anchors !== statementsBefore.anchors
  ) {
    // An edit changes no outcome, but may attach a detached result again: look where it edited. New
    // outcomes may belong to any anchor: look everywhere.
    const whole = [{ from: 0, to: state.doc.length }];
    const where = statements.results === statementsBefore.results ? statements.dirty : whole;
    const heights = freshHeights(next, state, statementsBefore.results, where, ids);
    if (heights !== next.heights)
      next = { ...next, heights, held: heldIn(heights, next.held, ids) };
  }

  const ranges = foldedRanges(state);
  const before = foldedRanges(startState);
  if (tr.docChanged ? ranges.size !== before.size : ranges !== before) isAll = true;
  // In the margin results need no room between the lines.
  if (layoutIn(next) === "beside")
    return next.decorations.size ? { ...next, decorations: Decoration.none } : next;
  if (isAll || ids.size > manyChanges) return { ...next, decorations: buildAll(next, state) };

  let decorations = tr.docChanged ? next.decorations.map(tr.changes) : next.decorations;
  const spans: Span[] = statements !== statementsBefore ? [...statements.dirty] : [];
  if (ids.size)
    for (const cursor = statements.anchors.iter(); cursor.value; cursor.next())
      if (ids.has(cursor.value.id)) spans.push({ from: cursor.from, to: cursor.to });
  for (const span of spans) decorations = rebuild(next, state, decorations, span);
  return decorations === next.decorations ? next : { ...next, decorations };
}

/// The metrics, and the heights by them: what is higher than the cap had its height by the cap.
function recapped(geometry: Geometry, metrics: Metrics, state: EditorState) {
  const { cap, figureCap, lineHeight } = geometry.metrics;
  const isSame =
    cap === metrics.cap && figureCap === metrics.figureCap && lineHeight === metrics.lineHeight;
  if (isSame) return { metrics };
  const { results, anchors } = state.field(statementsField);
  const heights = new Map(geometry.heights);
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    const { id } = cursor.value;
    const known = heights.get(id);
    if (!known?.hasBody || known.px < Math.min(cap, metrics.cap) - 2 * lineHeight) continue;
    const content = contentOf(results, cursor.value);
    if (content && !geometry.folds.expanded.has(id))
      heights.set(id, { ...known, px: estimateHeight(content, metrics) });
  }
  return { metrics, heights };
}

/// Of the ids in `ids` and `before`, those whose height is held.
function heldIn(
  heights: ReadonlyMap<number, Height>,
  before: ReadonlySet<number>,
  ids: ReadonlySet<number> = before,
): ReadonlySet<number> {
  const held = [...before, ...ids].filter(id => heights.get(id)?.isHeld);
  return held.length || before.size ? new Set(held) : before;
}

/// Returns the heights, updated for results that changed; adds the ids of those to `ids`.
function freshHeights(
  geometry: Geometry,
  state: EditorState,
  before: Results,
  where: readonly Span[],
  ids: Set<number>,
): ReadonlyMap<number, Height> {
  const { results, anchors } = state.field(statementsField);
  const isOld = ({ run, nodeIndex }: Anchor) =>
    results.runs.get(run) === before.runs.get(run) ||
    results.get(run, nodeIndex) === before.get(run, nodeIndex);
  let heights: Map<number, Height> | null = null;
  const set = (id: number, px: number, content: Content | null) => {
    (heights ??= new Map(geometry.heights)).set(id, height(px, content));
  };
  const visit = (_from: number, _to: number, anchor: Anchor) => {
    const known = geometry.heights.get(anchor.id);
    if (known && (results === before ? known.hasBody : isOld(anchor))) return;
    const content = contentOf(results, anchor);
    if (!content || !hasBody(content)) {
      if (!known?.hasBody && !known?.isHeld) return;
      if (known.px && content?.status === "running") {
        if (known.isHeld) return;
        (heights ??= new Map(geometry.heights)).set(anchor.id, {
          ...known,
          hasBody: false,
          isHeld: true,
        });
      } else set(anchor.id, 0, content);
    } else if (known && isSameHeight(known, content)) {
      if (known.parts !== content.outcome.parts) set(anchor.id, known.px, content);
      if (!known.isHeld) return;
    } else {
      const isExpanded = geometry.folds.expanded.has(anchor.id);
      set(anchor.id, estimateHeight(content, geometry.metrics, isExpanded), content);
    }
    ids.add(anchor.id);
  };
  for (const { from, to } of where) anchors.between(from, Math.min(to, state.doc.length), visit);
  return heights ?? geometry.heights;
}

function height(px: number, content: Content | null): Height {
  return {
    px,
    parts: content?.outcome.parts ?? [],
    hasInput: content?.input != null,
    status: content?.status === "interrupted" ? "interrupted" : "",
    hasBody: content !== null && hasBody(content),
    isHeld: false,
  };
}

function isSameHeight(before: Height, content: Content): boolean {
  return (
    (before.hasBody || before.isHeld) &&
    before.hasInput === (content.input !== null) &&
    (before.status === "interrupted") === (content.status === "interrupted") &&
    sameParts(before.parts, content.outcome.parts)
  );
}

/// Height of the spacer below a group in CSS pixels, from what the state knows. 0: no spacer.
/// Rounded to quarter pixels, so that measuring noise causes no transaction.
export function spacerOf(geometry: Geometry, state: EditorState, group: Group): number {
  const members = unfolded(state, group);
  if (!members.length) return 0;
  const { lineHeight } = geometry.metrics;
  const heights = members.map(({ anchor }) => heightOf(geometry, anchor));
  if (!heights.some(px => px > 0)) return 0;
  const first = state.doc.lineAt(group.from).number;
  const last = state.doc.lineAt(group.to).number;
  const offsets = members.map(({ from }) =>
    members.length === 1 ? 0 : (state.doc.lineAt(from).number - first) * lineHeight,
  );
  const codeHeight =
    geometry.code.get(group.members[0].anchor.id) ?? (last - first + 1) * lineHeight;
  const { spacer } = stack(layoutIn(geometry), offsets, heights, codeHeight, lineHeight);
  return Math.round(spacer * 4) / 4;
}

function decorate(
  geometry: Geometry,
  state: EditorState,
  group: Group,
  add: Range<Decoration>[],
): void {
  const px = spacerOf(geometry, state, group);
  if (px <= 0) return;
  const at = foldsAround(state, group.to, group.to).to;
  add.push(Decoration.widget({ widget: new Spacer(px), block: true, side: 1 }).range(at));
}

// CodeMirror does not render a widget inside a folded range: widen the span to whole folds, and put
// the spacer after them.
function foldsAround(state: EditorState, from: number, to: number): Span {
  const folds = foldedRanges(state);
  if (folds.size)
    folds.between(from, to, (start, end) => {
      from = Math.min(from, state.doc.lineAt(start).from);
      to = Math.max(to, state.doc.lineAt(end).to);
    });
  return { from, to };
}

function buildAll(geometry: Geometry, state: EditorState): DecorationSet {
  const add: Range<Decoration>[] = [];
  const { anchors } = state.field(statementsField);
  eachGroup(anchors, 0, state.doc.length, group => decorate(geometry, state, group, add));
  return Decoration.set(add, true);
}

function rebuild(
  geometry: Geometry,
  state: EditorState,
  decorations: DecorationSet,
  span: Span,
): DecorationSet {
  const { anchors } = state.field(statementsField);
  const add: Range<Decoration>[] = [];
  let { from, to } = foldsAround(
    state,
    Math.min(span.from, state.doc.length),
    Math.min(span.to, state.doc.length),
  );
  const groups: Group[] = [];
  eachGroup(anchors, from, to, group => groups.push(group));
  for (const group of groups) {
    from = Math.min(from, group.from);
    to = Math.max(to, group.to);
    decorate(geometry, state, group, add);
  }
  return decorations.update({
    filterFrom: from,
    filterTo: to,
    filter: () => false,
    add,
    sort: true,
  });
}
