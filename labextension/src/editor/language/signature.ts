// Signature help: in the parentheses of a call, what it takes, with the parameter of the argument at the
// cursor marked. From the text for functions of the script, else from the kernel.

import { Prec, StateEffect, StateField, type EditorState, type Extension } from "@codemirror/state";
import {
  EditorView,
  keymap,
  showTooltip,
  ViewPlugin,
  type Tooltip,
  type ViewUpdate,
} from "@codemirror/view";
import { writingCommands } from "../host";
import { syntaxTree } from "../syntax";
import { describedBy, writtenSignature } from "./ask";
import { signatureLine } from "./card";
import { partOfScript } from "./names_of_state";
import { activeParameter, argumentIn, callAt } from "./signature_call";
import type { Signature } from "./signature_text";

const PATIENCE_MS = 40;
/// In characters: a longer call has no help.
const MOST_TEXT = 5_000;
const MOST_SHOWN = 3;
const MOST_LINES = 6;

interface Shown {
  /// Where the call's parenthesis stands.
  readonly from: number;
  readonly signatures: readonly Signature[];
  readonly index: number;
  readonly keyword: string | null;
}

const show = StateEffect.define<Shown | null>();

const shown = StateField.define<Shown | null>({
  create: () => null,
  update(value, tr) {
    for (const effect of tr.effects) if (effect.is(show)) return effect.value;
    if (!value || (!tr.docChanged && !tr.selection)) return value;
    const from = tr.changes.mapPos(value.from, 1);
    const { head } = tr.state.selection.main;
    const isNear = head > from && head - from < MOST_TEXT;
    const argument = isNear ? argumentIn(tr.state.sliceDoc(from + 1, head)) : null;
    if (!argument || tr.state.sliceDoc(from, from + 1) !== "(") return null;
    const { index, keyword } = argument;
    if (from === value.from && index === value.index && keyword === value.keyword) return value;
    return { ...value, from, index, keyword };
  },
  provide: field => showTooltip.from(field, value => value && tooltip(value)),
});

function callHere(state: EditorState) {
  const tree = syntaxTree(state);
  return tree && callAt(tree, state.doc, state.selection.main.head);
}

function tooltip({ from, signatures, index, keyword }: Shown): Tooltip {
  return {
    pos: from,
    above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "rdit-card rdit-signature";
      // The first that has a parameter for the argument.
      const fits = (signature: Signature) =>
        activeParameter(signature.parameters, { index, keyword }) >= 0;
      const best = signatures.find(fits) ?? signatures[0]!;
      for (const signature of [best, ...signatures.filter(each => each !== best)].slice(
        0,
        MOST_SHOWN,
      )) {
        const active = activeParameter(signature.parameters, { index, keyword });
        dom.append(signatureLine(signature, active));
      }
      const text = (best.documentation ?? "").split("\n\n")[0]!.split("\n").slice(0, MOST_LINES);
      if (text[0]) {
        const part = document.createElement("div");
        part.className = "rdit-card-text";
        part.textContent = text.join("\n");
        dom.append(part);
      }
      const mount = () => dom.querySelector("strong")?.scrollIntoView({ block: "nearest" });
      return { dom, mount };
    },
  };
}

/// Shows what the call at the cursor takes, if it `isWanted` when it is known.
async function ask(view: EditorView, isWanted: () => boolean): Promise<void> {
  const { state } = view;
  const script = partOfScript(state, PATIENCE_MS);
  const call = script && callAt(script.tree, state.doc, state.selection.main.head);
  if (!call) return;
  const written = writtenSignature(state, script, call.callee);
  let signatures = written ? [written] : [];
  if (!written) {
    const found = await describedBy(state, script, call.callee);
    const documentation = found?.documentation ?? "";
    signatures = (found?.signatures ?? []).map(each => ({
      ...each,
      documentation: each.documentation || documentation,
    }));
  }
  // Where the cursor is by now.
  const now = callHere(view.state);
  if (!signatures.length || !now || !isWanted()) return;
  const isSame = view.state.sliceDoc(now.callee.from, now.callee.to);
  if (isSame !== state.sliceDoc(call.callee.from, call.callee.to)) return;
  const { from, index, keyword } = now;
  view.dispatch({ effects: show.of({ from, index, keyword, signatures }) });
}

class Asking {
  /// Whether the call was wanted that the parser had not come to.
  private isLate = false;
  /// Of the questions that are still wanted.
  private turn = {};

  update(update: ViewUpdate) {
    const { view, docChanged, startState, state } = update;
    const hasParsed = this.isLate && syntaxTree(state) !== syntaxTree(startState);
    if (docChanged ? isWanted(update) : hasParsed) queueMicrotask(() => this.ask(view));
    else if (docChanged) this.isLate = false;
  }

  ask(view: EditorView) {
    const { state } = view;
    const { turn } = this;
    this.isLate = (syntaxTree(state)?.length ?? 0) < state.selection.main.head;
    void ask(view, () => turn === this.turn);
  }

  /// Answers that come later show nothing.
  forget() {
    this.isLate = false;
    this.turn = {};
  }
}

/// Whether what was typed begins, or continues, a call.
function isWanted({ transactions, startState, state }: ViewUpdate): boolean {
  let typed = "";
  for (const tr of transactions)
    if (tr.isUserEvent("input.type") || tr.isUserEvent("input.complete"))
      tr.changes.iterChanges((_, __, ___, ____, text) => void (typed += text.toString()));
  const isShown = state.field(shown) !== null;
  // A call in the call, a call that has no help yet, and back in the call around.
  return (
    typed.includes("(") || (!isShown && (typed.includes(",") || startState.field(shown) !== null))
  );
}

const asking = ViewPlugin.fromClass(Asking, {
  eventHandlers: { blur: (_, view) => void setTimeout(() => close(view)) },
});

function close(view: EditorView): boolean {
  view.plugin(asking)?.forget();
  if (!view.state.field(shown)) return false;
  view.dispatch({ effects: show.of(null) });
  return true;
}

/// The extension.
export function signatureHelp(): Extension {
  return [
    shown,
    asking,
    Prec.high(keymap.of([{ key: "Escape", run: close }])),
    writingCommands.of({
      "rdit:signature": view => {
        view.plugin(asking)?.ask(view);
        return true;
      },
    }),
  ];
}
