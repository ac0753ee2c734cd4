// Find references: a panel below the code with the lines that have the name, those places marked in the
// text. Of an attribute whose owner the text does not tell all of that name are listed, and it says so.

import { StateEffect, StateField, type Extension } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  showPanel,
  type DecorationSet,
  type Panel,
} from "@codemirror/view";
import { editorHost, writingCommands } from "../host";
import { focusList, lineListPanel, type LineList } from "../line_list";
import type { Range } from "./names";
import { wholeScript } from "./names_of_state";
import { placesOf } from "./occurrences";

const PATIENCE_MS = 500;
const MOST_LINES = 500;

interface Found {
  readonly name: string;
  readonly ranges: readonly Range[];
  readonly isByName: boolean;
}

const find = StateEffect.define<Found | null>();

const found = StateField.define<Found | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(find)) return effect.value;
    if (!value || !tr.docChanged) return value;
    // Places move with the text; what is gone is left out.
    const ranges = value.ranges
      .map(({ from, to }) => ({
        from: tr.changes.mapPos(from, 1),
        to: tr.changes.mapPos(to, -1),
      }))
      .filter(({ from, to }) => to > from && tr.newDoc.sliceString(from, to) === value.name);
    return ranges.length ? { ...value, ranges } : null;
  },
  provide: field => [
    showPanel.from(field, value => value && panel),
    EditorView.decorations.from(field, marks),
  ],
});

const mark = Decoration.mark({ class: "rdit-reference" });

function marks(value: Found | null): DecorationSet {
  return Decoration.set((value?.ranges ?? []).map(({ from, to }) => mark.range(from, to)));
}

function listed(view: EditorView): LineList | null {
  const value = view.state.field(found);
  if (!value) return null;
  const { doc } = view.state;
  const lines = new Map<number, Range[]>();
  for (const range of value.ranges.slice(0, MOST_LINES)) {
    const { number } = doc.lineAt(range.from);
    lines.set(number, [...(lines.get(number) ?? []), range]);
  }
  const { length } = value.ranges;
  const places = length === 1 ? "1 place" : `${length} places`;
  const how = value.isByName ? ", by the name alone" : "";
  const rest = length > MOST_LINES ? `, the first ${MOST_LINES} listed` : "";
  return {
    title: `${value.name}: ${places} in ${lines.size === 1 ? "1 line" : `${lines.size} lines`}${how}${rest}`,
    lines: [...lines].map(([line, ranges]) => ({ line, ranges })),
  };
}

const panel = (view: EditorView): Panel =>
  lineListPanel(
    view,
    "references",
    "References",
    listed,
    update => update.startState.field(found) !== update.state.field(found),
    view => view.dispatch({ effects: find.of(null) }),
  );

function show(view: EditorView): boolean {
  const { state } = view;
  const say = (text: string) => state.facet(editorHost)?.say?.(text);
  const pos = state.selection.main.head;
  const script = wholeScript(state, PATIENCE_MS);
  if (!script) return (say("The script was not read in time: try again."), true);
  const places = placesOf(script, state.doc, pos);
  if (!places) return (say("There is no name at the cursor."), true);
  const { name, ranges, doubtful, binding, type } = places;
  const isByName = !binding && !type;
  const all = [...ranges, ...doubtful].sort((a, b) => a.from - b.from);
  view.dispatch({ effects: find.of({ name, ranges: all, isByName }) });
  focusList(view, "references");
  return true;
}

/// The extension.
export const references = (): Extension => [found, writingCommands.of({ "rdit:references": show })];
