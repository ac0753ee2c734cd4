// The editor with a made-up session: for the tests of the layout, the measurements of typing, and for
// looking at it. `?lines=10000&results=2000&layout=beside&wrap=1&long=1`, or `?scene=gallery`; with
// `findings=500` that many are found in it, as ruff would; with `definitions` it is functions and
// sections.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { python, pythonLanguage } from "@codemirror/lang-python";
import {
  bracketMatching,
  codeFolding,
  foldEffect,
  foldGutter,
  foldKeymap,
  indentUnit,
  unfoldAll,
} from "@codemirror/language";
import { EditorState, Text } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import {
  applyEvents,
  hostChanged,
  rditEditor,
  setFolding,
  setLayout,
  statementsField,
  statementsIn,
  type Layout,
  type RunRequest,
} from "../../../labextension/src/editor";
import { scriptCommands, type EditorCommand } from "../../../labextension/src/session/commands";
import { commandKeymap } from "../../../labextension/src/session/keymap";
import { namesOf } from "../../../labextension/src/editor/language/names_analysis";
import { namesOfSource } from "../../../labextension/src/editor/language/source_names";
import { outlineOf } from "../../../labextension/src/editor/outline";
import { sectionsIn } from "../../../labextension/src/editor/sections";
import { staleIn } from "../../../labextension/src/editor/staleness";
import { ensureSyntaxTree } from "../../../labextension/src/editor/syntax";
import * as commands from "../../../labextension/src/editor/commands";
import { withSyntax } from "../../../labextension/src/editor/syntax_package";
import { resultsLayer } from "../../../labextension/src/editor/layout";
import { highlighting } from "../../../labextension/src/page/theme";
import { diagnostics } from "../../../labextension/src/editor/language/diagnostics";
import { check } from "./check";
import { madeUp } from "./findings";
import { gallery } from "./gallery";
import { definitions, picture, runOf, script, table } from "./script";

const query = new URLSearchParams(location.search);
const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise);
const isGallery = query.get("scene") === "gallery";
const lines = number("lines", 10_000);
const findings = number("findings", 0);
const scene = isGallery ? gallery() : null;
const text =
  scene?.script ??
  (query.has("definitions") ? definitions(lines) : script(lines, query.has("long")));
const requests: RunRequest[] = [];
const answers: string[] = [];
const frames: [string, number][] = [];
const said = { waitsFor: "", teaches: "" };

const view: EditorView = new EditorView({
  parent: document.getElementById("editor")!,
  state: EditorState.create({
    doc: text,
    extensions: [
      lineNumbers(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      foldGutter(),
      history(),
      drawSelection(),
      bracketMatching(),
      codeFolding(),
      indentUnit.of("    "),
      python(),
      withSyntax,
      highlighting,
      query.get("wrap") === "1" ? EditorView.lineWrapping : [],
      commandKeymap(scriptCommands, ({ id, edit }) =>
        edit ? commands[edit](view) : id === "rdit:run-all" && commands.runAll(view),
      ),
      rditEditor({
        run: request => requests.push(request),
        openFrame: (path, line) => frames.push([path, line]),
        canOpen: path => !path.startsWith("/outside/"),
        answerInput: answer => answers.push(answer),
        waitsFor: () => said.waitsFor,
        teaches: () => said.teaches,
        ...(findings && { ruff: async () => madeUp(findings) }),
      }),
      findings ? diagnostics() : [],
      keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap]),
    ],
  }),
});

function frame(): Promise<number> {
  return new Promise(resolve => requestAnimationFrame(resolve));
}

/// Runs 2000 statements of the whole script, each with what it reads and binds; once.
function runNamed(): void {
  if (view.state.field(statementsField).anchors.size) return;
  const { doc } = view.state;
  const spans = statementsIn(view.state, 0, doc.length, 10_000).slice(-2000);
  const statements = spans.map(({ from, to }, nodeIndex) => {
    const source = doc.sliceString(from, to);
    const lines = { lineStart: doc.lineAt(from).number, lineEnd: doc.lineAt(to).number };
    const names = namesOfSource(pythonLanguage.parser, Text.of(source.split("\n")));
    const reads = [...names.reads, ...names.later];
    return { nodeIndex, isExpr: false, source, ...lines, reads, binds: [...names.binds] };
  });
  applyEvents(view, [
    { type: "plan", run: "named", statements },
    ...statements.map(({ nodeIndex }) => {
      return { type: "status", run: "named", nodeIndex, status: "ok", elapsed: 0 } as const;
    }),
    { type: "done", run: "named", status: "ok", elapsed: 0 },
  ]);
}

const helpers = {
  view,
  requests,
  answers,
  frames,
  check: () => check(view),
  perform: (name: EditorCommand) => commands[name](view),
  setFolding: (isFolded: boolean, lines: number) => setFolding(view, isFolded, lines),
  /// What the host says of itself, for the margin.
  say: (what: Partial<typeof said>) => {
    Object.assign(said, what);
    view.dispatch({ effects: hostChanged.of(null) });
  },
  /// What has the attention in the margin.
  attention: () => view.plugin(resultsLayer)!.column?.attention,
  setLayout: (layout: Layout) => setLayout(view, layout),
  applyEvents: (events: Parameters<typeof applyEvents>[1]) => applyEvents(view, events),
  /// Applies a run of made-up statements at once.
  apply: (first: number, count: number, run = `run-${first}-${count}`) =>
    applyEvents(view, runOf(text, run, first, count)),
  fold: (from: number, to: number) => {
    const { doc } = view.state;
    view.dispatch({ effects: foldEffect.of({ from: doc.line(from).to, to: doc.line(to).to }) });
  },
  unfoldAll: () => unfoldAll(view),
  clear: () => commands.clearResults(view),
  table,
  picture,
  counts: () => {
    let kept = 0;
    let stale = 0;
    const { anchors, detached } = view.state.field(statementsField);
    for (const cursor = anchors.iter(); cursor.value; cursor.next()) {
      kept++;
      if (cursor.value.isStale) stale++;
    }
    return { kept, stale, detached: detached.anchors.length };
  },
  /// Types a letter in the middle, and says what each analysis of the whole script takes then, in
  /// milliseconds.
  analyse: () => {
    runNamed();
    const { length } = view.state.doc;
    const taken: Record<string, number> = {};
    const time = <Value>(name: string, analysis: () => Value): Value => {
      const start = performance.now();
      const value = analysis();
      taken[name] = performance.now() - start;
      return value;
    };
    const at = view.state.doc.lineAt(length / 2).to;
    view.dispatch({ changes: { from: at, insert: "a" } });
    const tree = time("parse", () => ensureSyntaxTree(view.state, length, 10_000))!;
    time("names", () => namesOf(tree, view.state.doc));
    time("sections", () => sectionsIn(view.state));
    time("outline", () => outlineOf(view.state, tree));
    time("stale results", () => staleIn(view.state));
    return taken;
  },
  frame,
  /// Waits until nothing moves and nothing is to be made: the same heights and places in several frames on end, and for longer
  /// than CodeMirror waits before it looks at a window of another size (50 ms).
  async rest(): Promise<void> {
    let last = "";
    let since = performance.now();
    const stands = () => performance.now() - since > 100;
    for (let same = 0, frames = 0; (same < 4 || !stands()) && frames < 300; frames++) {
      await frame();
      const results = [...view.scrollDOM.querySelectorAll<HTMLElement>(".rdit-result")];
      const now = results
        .map(({ style, offsetHeight }) => `${style.top} ${style.transform} ${offsetHeight}`)
        .join("|");
      const isPreparing = view.plugin(resultsLayer)!.isPreparing;
      const height = `${isPreparing && frames} ${view.contentHeight} ${view.scrollDOM.scrollTop} ${now}`;
      if (height !== last) since = performance.now();
      same = height === last ? same + 1 : 0;
      last = height;
    }
  },
};
Object.assign(window, helpers, { rdit: helpers });

const wanted = query.get("layout");
if (wanted) setLayout(view, wanted as Layout);
if (scene) applyEvents(view, scene.events);
else if (number("results", 0)) helpers.apply(0, number("results", 0));
// What it renders comes a while later: until then nothing moves either.
if (scene) await import("../../../labextension/src/results/rendermime");
await import("../../../labextension/src/editor/margin");
await import("../../../labextension/src/editor/pace");
await import("../../../labextension/src/editor/paper");
// A command whose chunk is still on its way does nothing until it is there, which `rest` cannot see.
await import("../../../labextension/src/editor/fold_commands");
await helpers.rest();
Object.assign(window, { ready: true });
