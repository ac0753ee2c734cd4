// Completion on the page: what the text gives at once, joined by the answers of the kernel, and of a
// language server, when they come.
// One source, which answers at once with what is known; an answer that comes later makes CodeMirror ask
// it again, without a moment in which the popup takes no keys.

import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionStatus,
  currentCompletions,
  moveCompletionSelection,
  pickedCompletion,
  selectedCompletion,
  selectedCompletionIndex,
  setSelectedCompletion,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from "@codemirror/autocomplete";
import {
  Prec,
  StateEffect,
  StateField,
  Transaction,
  type EditorState,
  type Extension,
  type Text,
} from "@codemirror/state";
import { keymap, ViewPlugin, type EditorView, type ViewUpdate } from "@codemirror/view";
import type { Tree } from "@lezer/common";
import type { CompleteResult } from "../../protocol";
import { editorHost, hostChanged, writingCommands } from "../host";
import { ensureSyntaxTree, syntaxTree } from "../syntax";
import { card, described } from "./card";
import { placeAt, type Place } from "./completion_place";
import { matchOf, rank } from "./completion_rank";
import { LIVE_BOOST, SERVER_BOOST, staticCompletions, type Described } from "./completion_static";
import { contextAt } from "./kernel_context";
import type { Names } from "./names";
import { partOfScript } from "./names_of_state";
import { serverOf } from "./server";

/// Milliseconds to parse a script that was not parsed yet: what is found by then is shown.
const PATIENCE_MS = 40;
const WORD = /^[\p{L}\p{N}_]*$/u;

/// What ipykernel calls a completion, and CodeMirror.
const ICONS: Record<string, string> = {
  module: "namespace",
  instance: "variable",
  statement: "variable",
  param: "property",
  "dict key": "property",
  path: "text",
  magic: "keyword",
};

/// The word or place that is being completed.
interface Session {
  readonly place: Place;
  readonly isExplicit: boolean;
  /// As the script was when it began.
  readonly names: Names;
  readonly statics: readonly Described[];
  /// The kernel's, and where they begin. Null before its answer.
  live: { readonly from: number; readonly options: readonly Described[] } | null;
  /// The text up to the position for which the kernel was asked; an answer holds for what begins so.
  asked: string | null;
  /// The kernel had nothing to say, and is asked again when its state changes: it may be up then, or
  /// have bound a name.
  isMissed: boolean;
  /// A language server's, and for which text it was asked.
  typed: readonly Described[];
  askedServer: string | null;
  /// The text that it holds for.
  doc: Text;
}

/// The word at this position was dismissed by Escape.
const dismiss = StateEffect.define<number | null>();
const dismissed = StateField.define<number | null>({
  create: () => null,
  update(at, tr) {
    for (const effect of tr.effects) if (effect.is(dismiss)) return effect.value;
    if (at === null || (!tr.docChanged && !tr.selection)) return at;
    const from = tr.changes.mapPos(at, -1);
    const { head } = tr.state.selection.main;
    // Until the cursor leaves the word.
    return head >= from && WORD.test(tr.state.sliceDoc(from, head)) ? from : null;
  },
});

const isEnd = (tr: Transaction) =>
  tr.annotation(pickedCompletion) !== undefined ||
  tr.effects.some(effect => effect.is(dismiss) && effect.value !== null);

class Completing {
  private session: Session | null = null;
  /// How often the host has changed.
  private changes = 0;

  constructor(private readonly view: EditorView) {}

  get isOpen() {
    return this.session !== null;
  }

  update({ state, docChanged, selectionSet, changes, transactions }: ViewUpdate) {
    // Answers that come later open nothing: the word was dismissed, or is complete.
    if (transactions.some(isEnd)) this.session = null;
    const { session } = this;
    const isChanged = transactions.some(tr => tr.effects.some(effect => effect.is(hostChanged)));
    if (isChanged) this.changes++;
    if (!session) return;
    if (!docChanged && !selectionSet) {
      if (isChanged && session.isMissed) setTimeout(() => this.askAgain(session));
      return;
    }
    session.isMissed = false;
    const { from, kind } = session.place;
    const { head } = state.selection.main;
    const isThere =
      head >= from &&
      (kind === "string" || /^%{0,2}[\p{L}\p{N}_.]*$/u.test(state.sliceDoc(from, head)));
    // What was known of a word is of no use elsewhere, or when the text before it has changed.
    const isMoved = session.doc !== state.doc && changes.touchesRange(0, Math.max(0, from - 1));
    if (!isThere || isMoved) this.session = null;
    else session.doc = state.doc;
  }

  /// The source.
  readonly complete = (context: CompletionContext): CompletionResult | null =>
    this.result(context.state, context.pos, context.explicit);

  private result(state: EditorState, pos: number, isExplicit: boolean): CompletionResult | null {
    const session = this.at(state, pos, isExplicit);
    if (!session) return null;
    const { live, statics, place } = session;
    const from = live?.options.length && place.kind !== "name" ? live.from : place.from;
    const typed = state.sliceDoc(from, pos);
    const taken = new Set(statics.map(({ label }) => label));
    const joined = live?.from === from ? live.options.filter(({ label }) => !taken.has(label)) : [];
    for (const { label } of joined) taken.add(label);
    const more = from === place.from ? session.typed.filter(({ label }) => !taken.has(label)) : [];
    const options = rank([...statics, ...joined, ...more], typed);
    if (!options.length) return null;
    return {
      from,
      options,
      filter: false,
      getMatch: ({ label, displayLabel }) => (displayLabel ? [] : [...matchOf(label, typed)]),
      update: (_, __, ___, context) => this.result(context.state, context.pos, false),
    };
  }

  /// The session at a position, a new one if the place is another; null if nothing is to be shown.
  private at(state: EditorState, pos: number, isExplicit: boolean): Session | null {
    const tree = ensureSyntaxTree(state, pos, PATIENCE_MS) ?? syntaxTree(state);
    const place = tree && placeAt(tree, state.doc, pos);
    if (!place) return (this.session = null);
    const last = this.session;
    const isSame = last?.place.kind === place.kind && last.place.from === place.from;
    const isAsked = isExplicit || (isSame && last.isExplicit);
    if (!isAsked && !this.opensByItself(state, place, pos)) return null;
    const session =
      isSame && last.isExplicit === isAsked ? last : this.begin(state, place, isAsked);
    if (!session) return null;
    session.doc = state.doc;
    const typed = state.sliceDoc(place.from, pos);
    // A longer path has other files.
    const key = place.kind === "string" ? typed.slice(0, typed.lastIndexOf("/") + 1) : typed;
    if (session.asked === null || !key.startsWith(session.asked) || this.isOther(session, key))
      void this.ask(session, tree, state, pos, key);
    if (session.askedServer === null || !key.startsWith(session.askedServer))
      void this.askServer(session, state, pos, key);
    return session;
  }

  private opensByItself(state: EditorState, place: Place, pos: number): boolean {
    return (
      place.isTyped &&
      state.field(dismissed) !== place.from &&
      // Directly before a word what is typed may be complete, and Enter is to begin a line.
      !/^[\p{L}\p{N}_]/u.test(state.sliceDoc(pos, pos + 2)) &&
      state.facet(editorHost)?.completesTyped?.() !== false
    );
  }

  private begin(state: EditorState, place: Place, isExplicit: boolean): Session | null {
    const script = partOfScript(state, PATIENCE_MS);
    if (!script) return null;
    const statics = staticCompletions(place, script, state.doc).map(option =>
      this.withCard(option, place),
    );
    const { names } = script;
    const known = { place, isExplicit, names, statics, live: null, doc: state.doc };
    const unasked = { asked: null, isMissed: false, typed: [], askedServer: null };
    return (this.session = { ...known, ...unasked });
  }

  private isOther({ place, asked }: Session, key: string): boolean {
    return place.kind === "string" && key !== asked;
  }

  /// Asks the kernel, and joins what it says to what is shown.
  private async ask(session: Session, tree: Tree, state: EditorState, pos: number, key: string) {
    session.asked = key;
    session.isMissed = false;
    const { changes } = this;
    const miss = () => {
      session.isMissed = true;
      // What it says now it could not know when it was asked.
      if (changes !== this.changes) setTimeout(() => this.askAgain(session));
    };
    const host = state.facet(editorHost);
    if (!host?.query || !host.capabilities?.().includes("complete")) {
      session.asked = null;
      return miss();
    }
    const { place, names } = session;
    const end = endOf(place, state, pos);
    const sent = contextAt(tree, names, state.doc, end, place.object?.from ?? place.from);
    const answer = await host.query("complete", {
      // Of a name not what follows: `ke` of `kept = 1` would bind the name that is looked for. What the
      // rest of the line binds, the text gives.
      code: place.kind === "name" ? beginning(sent) : sent.code,
      cursor: sent.cursor,
      before: [...sent.before],
    });
    if (this.session !== session || session.asked !== key) return;
    // It could not be asked, or not in time: the next letter asks again.
    if (!answer) {
      session.asked = null;
      return miss();
    }
    session.live = this.read(answer, sent, end, place);
    if (session.live.options.length) this.join();
    else miss();
  }

  private askAgain(session: Session) {
    if (this.session !== session || !session.isMissed) return;
    session.asked = null;
    session.isMissed = false;
    this.join();
  }

  /// Asks a language server, which knows of objects that no run has made yet.
  private async askServer(session: Session, state: EditorState, pos: number, key: string) {
    const { place } = session;
    if (place.kind === "string" || place.kind === "magic") return;
    session.askedServer = key;
    const server = await serverOf(this.view);
    if (!server) return;
    const isCurrent = () => this.view.state.doc === state.doc;
    // What is typed of the word too: ty has no answer before a word.
    const found = isCurrent() ? await server.complete(pos) : null;
    if (this.session !== session || session.askedServer !== key) return;
    if (!found) {
      session.askedServer = null;
      // It was typed on meanwhile, and that may have been the last letter; else the next one asks again.
      if (!isCurrent()) this.join();
      return;
    }
    session.typed = found.map(({ label, type, told }) =>
      this.withCard({ label, boost: SERVER_BOOST, ...(type && { type }), told }, place),
    );
    if (session.typed.length) this.join();
  }

  private read(
    answer: CompleteResult,
    { code, cursor }: { code: string; cursor: number },
    end: number,
    place: Place,
  ): NonNullable<Session["live"]> {
    const points = [...code];
    const from = end - points.slice(answer.cursorStart, cursor).join("").length;
    const types = new Map(
      (
        (answer.metadata?._jupyter_types_experimental ?? []) as { text: string; type?: string }[]
      ).map(({ text, type }) => [text, type]),
    );
    const options = answer.matches
      .filter(label => place.kind === "magic" || !/^[%!]/.test(label))
      .map(label => {
        const type = types.get(label);
        const option: Described = {
          label,
          boost: LIVE_BOOST,
          ...(type && { type: ICONS[type] ?? type }),
        };
        if (place.key) return { ...option, label: bare(label), apply: asKey(place.key) };
        return place.kind === "string" ? option : this.withCard(option, place);
      });
    return { from, options };
  }

  private withCard(option: Described, place: Place): Described {
    if (option.type === "keyword") return option;
    return { ...option, info: () => this.describe(option, place) };
  }

  /// What is shown beside the selected completion.
  private async describe(option: Described, place: Place): Promise<Node | null> {
    const { state } = this.view;
    const script = partOfScript(state, PATIENCE_MS);
    if (!script) return null;
    const written = async () => {
      if (option.signature) return card({ signatures: [option.signature] });
      const told = await option.told?.();
      return told ? card({ type: told.head, documentation: told.documentation }) : null;
    };
    const label = option.label.replace(/=$/, "");
    if (place.kind === "magic" || place.kind === "import" || label !== option.label)
      return written();
    const { doc } = state;
    const from = place.object?.from ?? place.from;
    const sent = contextAt(script.tree, script.names, doc, place.from, from);
    const found = await described(state, {
      expression: state.sliceDoc(from, place.from) + label,
      code: beginning(sent) + label,
      cursor: sent.cursor + [...label].length,
      before: sent.before,
    });
    return found ? card(found) : written();
  }

  /// Shows what has joined. A typing that changes nothing makes CodeMirror ask a source that has a
  /// result at once, and one that had none soon; what was selected stays selected.
  private join() {
    const { view } = this;
    if (!view.hasFocus) return;
    const selected = selectedCompletion(view.state);
    view.dispatch({ annotations: Transaction.userEvent.of("input.type.completion") });
    if (!selected) return;
    const index = currentCompletions(view.state).findIndex(({ label }) => label === selected.label);
    if (index > 0 && index !== selectedCompletionIndex(view.state))
      view.dispatch({ effects: setSelectedCompletion(index) });
  }
}

/// What is sent, up to the position.
const beginning = ({ code, cursor }: { code: string; cursor: number }) =>
  [...code].slice(0, cursor).join("");

/// Up to where others are asked. All attributes, for they are few and what is typed may stand within their
/// names; those that begin with `_` come only if that is typed.
function endOf({ kind, from }: Place, state: EditorState, pos: number): number {
  if (kind !== "attribute") return pos;
  return Math.min(pos, from + (state.sliceDoc(from, pos).startsWith("_") ? 1 : 0));
}

/// A key without the quote and bracket that some versions of IPython end it with.
const bare = (label: string) => label.replace(/["']\]?$/, "");

/// Inserts a key, and closes its string and bracket if they are not there.
const asKey =
  (quote: string) => (view: EditorView, option: Completion, from: number, to: number) => {
    const after = view.state.sliceDoc(to, to + 2);
    const isOpen = !after.startsWith(quote);
    const hasBracket = after.slice(isOpen ? 0 : 1).startsWith("]");
    const there = (isOpen ? 0 : 1) + (hasBracket ? 1 : 0);
    view.dispatch({
      changes: { from, to: to + there, insert: `${option.label}${quote}]` },
      selection: { anchor: from + option.label.length + 2 },
      userEvent: "input.complete",
      annotations: pickedCompletion.of(option),
    });
  };

const completing = ViewPlugin.fromClass(Completing);

/// What is open stays: asked for again, it would take no keys for 50 ms, and Enter would begin a line.
const completeHere = (view: EditorView) =>
  completionStatus(view.state) === "active" || startCompletion(view);

/// Tab after a name or a dot completes; elsewhere it indents.
function completeOnTab(view: EditorView): boolean {
  if (acceptCompletion(view)) return true;
  const { main } = view.state.selection;
  if (!main.empty || view.state.readOnly) return false;
  const before = view.state.sliceDoc(Math.max(0, main.head - 1), main.head);
  return /[\p{L}\p{N}_.]/u.test(before) && startCompletion(view);
}

/// A word that is typed whole is no choice: Enter begins a line.
function acceptOnEnter(view: EditorView): boolean {
  const chosen = selectedCompletion(view.state);
  if (!chosen) return false;
  const { head } = view.state.selection.main;
  if (view.state.sliceDoc(head - chosen.label.length, head) !== chosen.label)
    return acceptCompletion(view);
  closeCompletion(view);
  return false;
}

/// Closes the popup, also one that waits for an answer, for the rest of the word.
function closeOnEscape(view: EditorView): boolean {
  if (completionStatus(view.state) === null && !view.plugin(completing)?.isOpen) return false;
  const { head } = view.state.selection.main;
  const line = view.state.doc.lineAt(head);
  const word = /[\p{L}\p{N}_]*$/u.exec(line.text.slice(0, head - line.from))![0];
  const isShown = currentCompletions(view.state).length > 0;
  closeCompletion(view);
  view.dispatch({ effects: dismiss.of(head - word.length) });
  return isShown;
}

/// The extension. Ctrl-Space is a row of the table of commands.
export function completion(): Extension {
  return [
    dismissed,
    completing,
    autocompletion({
      override: [context => context.view?.plugin(completing)?.complete(context) ?? null],
      defaultKeymap: false,
      activateOnTypingDelay: 0,
      // What is shown can be accepted: a word that is whole is no choice.
      interactionDelay: 0,
      icons: true,
      maxRenderedOptions: 100,
    }),
    Prec.highest(
      keymap.of([
        { key: "Enter", run: acceptOnEnter },
        { key: "Escape", run: closeOnEscape },
        { key: "Tab", run: completeOnTab },
        { key: "ArrowDown", run: moveCompletionSelection(true) },
        { key: "ArrowUp", run: moveCompletionSelection(false) },
        { key: "PageDown", run: moveCompletionSelection(true, "page") },
        { key: "PageUp", run: moveCompletionSelection(false, "page") },
      ]),
    ),
    writingCommands.of({ "rdit:complete": completeHere }),
  ];
}
