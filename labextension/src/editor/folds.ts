// Which results are folded to one line, and which are shown whole. By the id of their anchor, so that
// it stays while a statement runs again, is edited or out of view.

import { StateEffect, StateField, type EditorState } from "@codemirror/state";
import type { Anchor } from "./anchors";
import { runSent, statementsField } from "./statements";

/// Folds or unfolds these results; all that there are, if `ids` is null.
export const resultsFolded = StateEffect.define<{
  ids: readonly number[] | null;
  isFolded: boolean;
}>();

/// Shows a result whole, or its head.
export const resultExpanded = StateEffect.define<{ id: number; isExpanded: boolean }>();

/// Takes over the user's settings.
export const foldingChosen = StateEffect.define<{
  /// Results are folded at first.
  isFolded: boolean;
  /// How high a result may be, in lines; 0 to go by the height of the editor.
  lines: number;
}>();

/// Folds of an earlier page on this script, as `keysOf` names them.
export const foldsRemembered = StateEffect.define<ReadonlyMap<string, boolean>>();

export interface Folds {
  /// What holds for results that nobody has folded or unfolded.
  readonly isFolded: boolean;
  readonly lines: number;
  readonly chosen: ReadonlyMap<number, boolean>;
  readonly expanded: ReadonlySet<number>;
  readonly remembered: ReadonlyMap<string, boolean>;
}

const none: Folds = {
  isFolded: false,
  lines: 0,
  chosen: new Map(),
  expanded: new Set(),
  remembered: new Map(),
};

export const foldsField = StateField.define<Folds>({
  create: () => none,
  update(value, tr) {
    const before = value;
    for (const effect of tr.effects) {
      if (effect.is(resultsFolded)) {
        const { ids, isFolded } = effect.value;
        const chosen = new Map(value.chosen);
        for (const id of ids ?? idsOf(tr.state)) chosen.set(id, isFolded);
        value = { ...value, chosen };
      } else if (effect.is(resultExpanded)) {
        const expanded = new Set(value.expanded);
        if (effect.value.isExpanded) expanded.add(effect.value.id);
        else expanded.delete(effect.value.id);
        value = { ...value, expanded };
      } else if (effect.is(foldingChosen)) {
        const { isFolded, lines } = effect.value;
        if (isFolded !== value.isFolded || lines !== value.lines)
          value = { ...value, isFolded, lines };
      } else if (effect.is(foldsRemembered)) value = { ...value, remembered: effect.value };
      // Results that come from now on are new ones.
      else if (effect.is(runSent) && value.remembered.size)
        value = { ...value, remembered: none.remembered };
    }
    if (!value.remembered.size) return value;
    const { anchors } = tr.state.field(statementsField);
    const isNew =
      value.remembered !== before.remembered ||
      anchors !== tr.startState.field(statementsField, false)?.anchors;
    return isNew ? recalled(value, tr.state) : value;
  },
});

/// Whether a result is to be folded, if it has something to show and asks nothing.
export const isFolded = ({ chosen, isFolded }: Folds, id: number): boolean =>
  chosen.get(id) ?? isFolded;

/// The anchors and names for them that another page on the same text gives too.
export function* keysOf(state: EditorState): Iterable<[key: string, anchor: Anchor]> {
  const seen = new Map<string, number>();
  const { anchors } = state.field(statementsField);
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
    const { source } = cursor.value;
    const count = seen.get(source) ?? 0;
    seen.set(source, count + 1);
    yield [`${count} ${source}`, cursor.value];
  }
}

/// Folds of this page for a later one, by the names of `keysOf`: those of results that have not come yet too.
export function foldsToKeep(state: EditorState): ReadonlyMap<string, boolean> {
  const { chosen, remembered } = state.field(foldsField);
  const kept = new Map(remembered);
  if (chosen.size)
    for (const [key, { id }] of keysOf(state)) {
      const isFolded = chosen.get(id);
      if (isFolded !== undefined) kept.set(key, isFolded);
    }
  return kept;
}

// What is taken up is remembered no longer.
function recalled(folds: Folds, state: EditorState): Folds {
  const chosen = new Map(folds.chosen);
  const remembered = new Map(folds.remembered);
  for (const [key, { id }] of keysOf(state)) {
    const isFolded = remembered.get(key);
    if (isFolded === undefined) continue;
    remembered.delete(key);
    if (!chosen.has(id)) chosen.set(id, isFolded);
  }
  return remembered.size === folds.remembered.size ? folds : { ...folds, chosen, remembered };
}

function idsOf(state: EditorState): number[] {
  const ids: number[] = [];
  const { anchors } = state.field(statementsField);
  for (const cursor = anchors.iter(); cursor.value; cursor.next()) ids.push(cursor.value.id);
  return ids;
}
