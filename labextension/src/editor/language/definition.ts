// Go to definition: of a name of the script by its scopes; of anything else where the kernel says that it
// is defined, or a language server. With Ctrl (on a Mac Cmd) held, the name under the pointer is a link to it.

import { EditorSelection, StateEffect, StateField, type Extension } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  ViewPlugin,
  type DecorationSet,
  type Command,
} from "@codemirror/view";
import { goToLine } from "../caret";
import { editorHost, writingCommands } from "../host";
import { isMac } from "../platform";
import { describedBy, expressionAt, methodOfSelf, type Script } from "./ask";
import { bindingAt, scopeAt, selfOf, type Binding, type Range } from "./names";
import { definitionBeside } from "./module_files";
import { wholeScript } from "./names_of_state";
import { serverOf } from "./server";

const PATIENCE_MS = 500;

/// Goes to where the name at `pos` is defined, or says why that cannot be.
export async function goToDefinition(view: EditorView, pos: number): Promise<void> {
  const { state } = view;
  const host = state.facet(editorHost);
  const say = (text: string) => host?.say?.(text);
  const script = wholeScript(state, PATIENCE_MS);
  if (!script)
    return say("The script is too long to look a name up in it: it was not read in time.");
  const found = expressionAt(script.tree, pos);
  if (!found) return say("There is no name at the cursor.");
  const { name, expression } = found;
  const text = state.sliceDoc(name.from, name.to);
  const binding = name === expression ? bindingAt(script.names, name.from)?.[0] : undefined;
  const here = definitionIn(view, script, pos);
  if (here && !binding?.origin) return select(view, here);
  const origin = binding?.origin;
  const asked = await describedBy(state, script, expression);
  // Someone has gone on: what was found stands elsewhere now, or is not wanted any more.
  const isOutdated = () =>
    view.state.doc !== state.doc || !view.state.selection.eq(state.selection);
  if (isOutdated()) return;
  const open = (file: string, line: number) => {
    if (host?.isScript?.(file)) return void goToLine(view, line);
    if (host?.openFrame && host.canOpen?.(file) !== false) return host.openFrame(file, line);
    say(`${text} is defined in ${file}, line ${line}, which cannot be opened here.`);
  };
  if (asked?.file && asked.line) return open(asked.file, asked.line);
  const beside = origin && (await definitionBeside(state, origin));
  if (isOutdated()) return;
  if (beside) return host?.openBeside?.(beside.path, beside.line);
  const server = await serverOf(view);
  const told = server && !isOutdated() ? await server.definition(name.from) : null;
  if (isOutdated()) return;
  if (told) return open(told.path, told.line);
  if (here) return select(view, here);
  say(
    asked
      ? `${text} is not written in Python: there is no line that defines it.`
      : `Where ${text} is defined is not known: run what it depends on first.`,
  );
}

/// Where the script defines the name at a position; null if it does not.
export function definitionIn(
  { state }: Pick<EditorView, "state">,
  { tree, names }: Script,
  pos: number,
): Range | null {
  const found = expressionAt(tree, pos);
  if (!found) return null;
  const { name, expression } = found;
  if (name === expression) {
    const binding = bindingAt(names, name.from)?.[0];
    return binding ? definitionOf(binding, name.from) : null;
  }
  const method = methodOfSelf(state, names, expression);
  if (method) return method.getChild("VariableName");
  const self = selfOf(scopeAt(names, name.from), state.doc);
  const object = expression.firstChild;
  if (!object || self?.name !== state.sliceDoc(object.from, object.to)) return null;
  const text = state.sliceDoc(name.from, name.to);
  const bound = self.class.bindings.get(text)?.occurrences[0];
  return bound ?? self.class.members.get(text) ?? null;
}

/// The place that binds a name: of a variable the latest above, else the first.
function definitionOf({ node, occurrences }: Binding, pos: number): Range | null {
  const title = node?.getChild("VariableName");
  if (title) return title;
  const binds = occurrences.filter(({ role }) => role === "bind");
  return binds.filter(({ from }) => from < pos).at(-1) ?? binds[0] ?? null;
}

function select(view: EditorView, { from, to }: Range) {
  view.dispatch({
    selection: EditorSelection.single(from, to),
    effects: EditorView.scrollIntoView(from, { y: "center" }),
    userEvent: "select.definition",
  });
  view.focus();
}

// -- the name under the pointer as a link

const link = StateEffect.define<Range | null>();
const linked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, tr) {
    for (const effect of tr.effects)
      if (effect.is(link))
        return effect.value
          ? Decoration.set(linkMark.range(effect.value.from, effect.value.to))
          : Decoration.none;
    return tr.docChanged ? Decoration.none : value;
  },
  provide: field => EditorView.decorations.from(field),
});
const linkMark = Decoration.mark({ class: "rdit-definition-link" });

const isHeld = (event: MouseEvent | KeyboardEvent) => (isMac ? event.metaKey : event.ctrlKey);

class Links {
  private shown: Range | null = null;
  private at: { x: number; y: number } | null = null;

  constructor(private readonly view: EditorView) {}

  move(event: MouseEvent) {
    this.at = { x: event.clientX, y: event.clientY };
    this.mark(isHeld(event));
  }

  leave() {
    this.at = null;
    this.mark(false);
  }

  mark(isHeld: boolean) {
    const range = isHeld && this.at ? this.nameAt(this.at) : null;
    if (range?.from === this.shown?.from && range?.to === this.shown?.to) return;
    this.shown = range;
    this.view.dispatch({ effects: link.of(range) });
  }

  nameAt(at: { x: number; y: number }): Range | null {
    const pos = this.view.posAtCoords(at);
    const script = pos === null ? null : wholeScript(this.view.state, 20);
    const name = script && expressionAt(script.tree, pos!)?.name;
    return name ? { from: name.from, to: name.to } : null;
  }
}

const links = ViewPlugin.fromClass(Links, {
  eventHandlers: {
    mousemove(event) {
      this.move(event);
    },
    mouseleave() {
      this.leave();
    },
    // A key that opens a panel takes the focus, and the editor hears of no keyup.
    blur() {
      this.mark(false);
    },
    keydown(event) {
      if (event.key === "Control" || event.key === "Meta") this.mark(isHeld(event));
      return false;
    },
    keyup(event) {
      if (event.key === "Control" || event.key === "Meta") this.mark(false);
      return false;
    },
    mousedown(event, view) {
      if (event.button !== 0 || !isHeld(event) || event.altKey || event.shiftKey) return false;
      const name = this.nameAt({ x: event.clientX, y: event.clientY });
      if (!name) return false;
      event.preventDefault();
      this.mark(false);
      view.dispatch({ selection: EditorSelection.cursor(name.from) });
      void goToDefinition(view, name.from);
      return true;
    },
  },
});

const atCursor: Command = view => {
  void goToDefinition(view, view.state.selection.main.head);
  return true;
};

/// The extension.
export function definition(): Extension {
  return [linked, links, writingCommands.of({ "rdit:definition": atCursor })];
}
