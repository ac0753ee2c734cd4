// What is wrong in a script, as one types it: by ruff, or where there is none by the parser alone; and what
// a language server finds, which may come later.
// Underlined, told under the pointer, and listed in CodeMirror's panel.
//
// A statement that does not parse hides from ruff what is wrong in the others: those findings stay
// where they are until their line is edited.

import {
  closeLintPanel,
  forceLinting,
  forEachDiagnostic,
  linter,
  nextDiagnostic,
  openLintPanel,
  previousDiagnostic,
  type Action,
  type Diagnostic,
} from "@codemirror/lint";
import { ensureSyntaxTree } from "@codemirror/language";
import { StateEffect, type EditorState, type Extension, type Text } from "@codemirror/state";
import { EditorView, ViewPlugin, type Command, type ViewUpdate } from "@codemirror/view";
import type { Finding, Fix } from "../../protocol";
import { editorHost, type Ruff } from "../host";
import { eventsArrived } from "../statements";
import {
  isAboutScripts,
  movedEdits,
  nameIn,
  onlyInKernel,
  severityOf,
  spanOf,
  UNBOUND,
} from "./ruff";
import { serverOf, type ServerFinding } from "./server";

// From the last key to the question.
const DELAY_MS = 250;
const PARSE_MS = 50;
// What a kernel answers later is for another look.
const KERNEL_MS = 400;
// A language server's findings join those of ruff if they come so soon, else by themselves.
const SERVER_MS = 400;
const MOST_NAMES = 12;
const MOST_UNPARSED = 20;

/// A finding as CodeMirror's lint package has it.
export interface Shown extends Diagnostic {
  /// Null for one of the parser, or of a language server.
  readonly finding: Finding | null;
  readonly isOfServer?: true;
  /// The document it was found in, and the text of its line there.
  readonly doc: Text;
  readonly line: string;
}

/// Look again, though the text is the same: a setting has changed, or what can be asked.
export const lookAgain = StateEffect.define<null>();

/// The extension.
export function diagnostics(): Extension {
  return [
    watching,
    linter(view => view.plugin(watching)?.look() ?? [], {
      delay: DELAY_MS,
      needsRefresh: update => update.view.plugin(watching)?.isOutdatedBy(update) ?? false,
    }),
    look,
  ];
}

/// Opens the list of findings, or closes it.
export const showProblems: Command = view => {
  if (view.dom.querySelector(".cm-panel-lint")) {
    closeLintPanel(view);
    view.focus();
    return true;
  }
  openLintPanel(view);
  const panel = view.dom.querySelector<HTMLElement>(".cm-panel-lint")!;
  panel.dataset.panel = "problems";
  asTree(panel.querySelector("ul")!);
  return true;
};

/// The package's list has options, and what is in an option is text only, for screen readers: no link and
/// no quick fix. Items of a tree may have both.
function asTree(list: HTMLElement): void {
  const mark = () => {
    for (const item of list.children) item.setAttribute("role", "treeitem");
  };
  list.setAttribute("role", "tree");
  new MutationObserver(mark).observe(list, { childList: true });
  mark();
}

export const nextProblem: Command = view => go(view, nextDiagnostic);
export const previousProblem: Command = view => go(view, previousDiagnostic);

function go(view: EditorView, move: Command): boolean {
  if (!move(view)) return tell(view, "There is nothing to mend.");
  const { from } = view.state.selection.main;
  const said = findingsIn(view.state, from, from).map(({ message }) => message);
  view.dispatch({ effects: EditorView.announce.of(said.join(" ")) });
  return true;
}

/// Says something in passing, to screen readers as well.
export function tell(view: EditorView, text: string, kind: "info" | "warning" = "info"): true {
  const { say } = view.state.facet(editorHost) ?? {};
  if (say) say(text, kind);
  else view.dispatch({ effects: EditorView.announce.of(text) });
  return true;
}

/// The findings that touch [from, to], where they stand now.
export function findingsIn(state: EditorState, from: number, to: number): Shown[] {
  const found: Shown[] = [];
  forEachDiagnostic(state, (diagnostic, start, end) => {
    if (start <= to && end >= from) found.push({ ...(diagnostic as Shown), from: start, to: end });
  });
  return found;
}

/// Mends a finding, which stands at `from` now. False if there was other text around it.
export function mend(view: EditorView, shown: Shown, from: number): boolean {
  const { fix } = shown.finding ?? {};
  const { state } = view;
  // `shown.from` was at the finding when it was found.
  const found = spanOf(shown.doc, shown.finding!).from;
  const edits = fix && movedEdits(shown.doc, state.doc, fix, from - found);
  if (!edits) {
    forceLinting(view);
    tell(view, "The text has changed here: look again.");
    return false;
  }
  if (state.readOnly) {
    tell(view, "This script is read-only.", "warning");
    return false;
  }
  view.dispatch({
    changes: edits,
    userEvent: "input.fix",
    scrollIntoView: true,
    effects: EditorView.announce.of(fix.title),
  });
  view.focus();
  return true;
}

/// Asks, and remembers of one editor what the next question needs.
class Watching {
  private asking: AbortController | null = null;
  private hasUnbound = false;
  private hasSaid = false;
  /// What a language server found too late.
  private late: { doc: Text; found: readonly ServerFinding[] } | null = null;
  /// Names that the kernel has said too late to know: each is worth one more look, so they are kept until the text
  /// changes or a run ends.
  private lateNames: { doc: Text; known: ReadonlySet<string> } | null = null;
  private server = "";

  constructor(private readonly view: EditorView) {}

  isOutdatedBy({ transactions }: ViewUpdate): boolean {
    const effects = transactions.flatMap(({ effects }) => effects);
    // A run may have bound a name, in the kernel, or deleted one.
    const isRunOver = effects.some(
      effect => effect.is(eventsArrived) && effect.value.events.some(({ type }) => type === "done"),
    );
    if (isRunOver) this.lateNames = null;
    return (isRunOver && this.hasUnbound) || effects.some(effect => effect.is(lookAgain));
  }

  /// What is wrong now.
  async look(): Promise<readonly Shown[]> {
    const { view } = this;
    const { state } = view;
    const { doc } = state;
    this.asking?.abort();
    const { signal } = (this.asking = new AbortController());
    const host = state.facet(editorHost);
    if (host?.wantsFindings?.() === false) {
      host.onFindings?.({ count: 0, by: "" });
      return [];
    }
    let answer: Awaited<ReturnType<Ruff["lint"]>> | null = null;
    let why = "";
    const byServer = this.byServer(doc);
    try {
      const ruff = doc.length ? await host?.ruff?.() : null;
      signal.throwIfAborted();
      if (ruff) answer = await ruff.lint(doc.toString(), signal);
    } catch (error) {
      // A newer question has been asked, here or of the same viewer.
      const isSuperseded = error instanceof Error && "status" in error && error.status === 409;
      if (signal.aborted || isSuperseded) return findingsIn(view.state, 0, view.state.doc.length);
      // `fetch` rejects with a TypeError where the server is out of reach, which the status bar says.
      if (!(error instanceof TypeError))
        why = error instanceof Error ? error.message : String(error);
    }
    if (!answer) {
      const found = joined(unparsed(state), await byServer);
      this.report(found.length, why, this.server);
      return found;
    }
    const findings = answer.findings.filter(finding => isAboutScripts(doc, finding));
    const known = await this.inKernel(doc, findings);
    const own = findings.map(finding => shown(doc, finding, known));
    if (findings.some(({ code }) => !code)) own.push(...this.kept(own));
    const found = joined(own, await byServer);
    // The text has changed meanwhile, and the next look may have ended before this one.
    if (signal.aborted) return findingsIn(view.state, 0, view.state.doc.length);
    const count = found.filter(({ severity }) => severity !== "hint").length;
    const rules = answer.isConfigured ? ", by the rules of the project" : "";
    const by = [`${answer.tool}${rules}`, this.server].filter(Boolean).join(" and ");
    this.report(count + (answer.omitted ?? 0), answer.note ?? "", by);
    return found;
  }

  destroy() {
    this.asking?.abort();
  }

  private report(count: number, why: string, by = "") {
    const host = this.view.state.facet(editorHost);
    host?.onFindings?.({ count, by: [by, why].filter(Boolean).join(". ") });
    if (!why || this.hasSaid) return;
    this.hasSaid = true;
    console.warn(`rdit: ${why}`);
  }

  /// What was found before in lines that are still the same.
  private kept(found: readonly Shown[]): Shown[] {
    const { state } = this.view;
    const isThere = (other: Shown) =>
      found.some(
        ({ from, finding }) => from === other.from && finding?.code === other.finding!.code,
      );
    return findingsIn(state, 0, state.doc.length).filter(
      other =>
        other.finding?.code && state.doc.lineAt(other.from).text === other.line && !isThere(other),
    );
  }

  /// What a language server finds in this text; until it has answered what it found before.
  private async byServer(doc: Text): Promise<readonly Shown[]> {
    const { view, late } = this;
    this.late = null;
    if (late?.doc === doc) return late.found.map(finding => ofServer(doc, finding));
    let isLate = false;
    const asked = serverOf(view).then(async server => {
      this.server = server?.name ?? "";
      if (!server || view.state.doc !== doc) return null;
      const found = await server.findings();
      if (!found || !isLate || view.state.doc !== doc) return found;
      this.late = { doc, found };
      view.dispatch({ effects: lookAgain.of(null) });
      return found;
    });
    const patience = new Promise<"late">(resolve => setTimeout(resolve, SERVER_MS, "late"));
    const answer = await Promise.race([asked, patience]);
    isLate = answer === "late";
    if (answer === "late" && this.server)
      return findingsIn(view.state, 0, view.state.doc.length).filter(other => other.isOfServer);
    return answer === "late" || !answer ? [] : answer.map(finding => ofServer(doc, finding));
  }

  /// Of the names that nothing binds those that the kernel knows.
  private async inKernel(doc: Text, findings: readonly Finding[]): Promise<ReadonlySet<string>> {
    const { view } = this;
    if (this.lateNames?.doc !== doc) this.lateNames = null;
    const unbound = findings.filter(({ code }) => code === UNBOUND).map(nameIn);
    this.hasUnbound = unbound.length > 0;
    const known = new Set(this.lateNames?.known);
    const host = view.state.facet(editorHost);
    if (!host?.query || !host.capabilities?.().includes("describe")) return known;
    const names = [...new Set(unbound)].slice(0, MOST_NAMES);
    const answers = names.map(async name => {
      const answer = await host.query!("describe", {
        expression: name,
        code: name,
        cursor: [...name].length,
      });
      if (answer?.found) known.add(name);
    });
    let inTime = known;
    const asked = Promise.all(answers).then(() => {
      // Only where there is something new, or a slow kernel would be asked for ever.
      const isNew = (name: string) => !inTime.has(name) && !this.lateNames?.known.has(name);
      if (view.state.doc !== doc || ![...known].some(isNew)) return;
      this.lateNames = { doc, known };
      view.dispatch({ effects: lookAgain.of(null) });
    });
    const patience = new Promise(resolve => setTimeout(resolve, KERNEL_MS));
    await Promise.race([asked, patience]);
    return (inTime = new Set(known));
  }
}

const watching = ViewPlugin.fromClass(Watching);

function shown(doc: Text, finding: Finding, known: ReadonlySet<string>): Shown {
  const { code = "", fix } = finding;
  const name = code === UNBOUND ? nameIn(finding) : "";
  const isKnown = known.has(name);
  const message = code ? finding.message : `SyntaxError: ${finding.message}`;
  const span = spanOf(doc, finding);
  const line = doc.lineAt(span.from);
  const one: Shown = {
    ...span,
    severity: isKnown ? "info" : severityOf(finding),
    message: isKnown ? onlyInKernel(name) : message,
    renderMessage: () => rendered(one, line.number),
    finding,
    doc,
    line: line.text,
    actions: fix ? [action(fix, () => one)] : [],
  };
  return one;
}

/// With those of a language server that say nothing new of a place left out.
function joined(own: readonly Shown[], more: readonly Shown[]): Shown[] {
  const isSaid = ({ from, message }: Shown) =>
    own.some(
      other => other.from === from && (other.severity !== "hint" || other.message === message),
    );
  return [...own, ...more.filter(finding => !isSaid(finding))];
}

function ofServer(doc: Text, { code, url, ...finding }: ServerFinding): Shown {
  const line = doc.lineAt(finding.from);
  const { message } = finding;
  return {
    ...finding,
    finding: null,
    isOfServer: true,
    doc,
    line: line.text,
    renderMessage: () => told(message, line.number, code, url),
  };
}

function action({ title, isSafe }: Fix, of: () => Shown): Action {
  return {
    name: isSafe ? title : `${title} (may change what it does)`,
    markClass: isSafe ? "" : "rdit-unsafe",
    apply: (view, from) => void mend(view, of(), from),
  };
}

const rendered = ({ message, finding }: Shown, number: number): HTMLElement =>
  told(message, number, finding?.code, finding?.url);

function told(message: string, number: number, code?: string, url?: string): HTMLElement {
  const dom = document.createElement("span");
  const where = document.createElement("span");
  where.className = "rdit-finding-line";
  where.textContent = `${number}`;
  dom.append(where, message);
  if (!code) return dom;
  const rule = document.createElement(url ? "a" : "span");
  rule.className = "rdit-finding-code";
  rule.textContent = code;
  if (rule instanceof HTMLAnchorElement) {
    rule.href = url!;
    rule.target = "_blank";
    rule.rel = "noreferrer";
    rule.title = "About this rule";
  }
  dom.append(" ", rule);
  return dom;
}

/// What the editor's own parser cannot read. It recovers, and so has no words for it.
function unparsed(state: EditorState): Shown[] {
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS);
  const found: Shown[] = [];
  const { doc } = state;
  tree?.iterate({
    enter: ({ type, from, to }) => {
      if (!type.isError || found.length >= MOST_UNPARSED) return;
      const line = doc.lineAt(from);
      if (found.some(other => doc.lineAt(other.from).from === line.from)) return;
      const end = Math.min(to, line.to);
      found.push({
        from: end > from ? from : Math.max(line.from, from - 1),
        to: Math.max(end, from),
        severity: "error",
        message: "SyntaxError: this does not parse.",
        finding: null,
        doc,
        line: line.text,
      });
    },
  });
  return found;
}

// A theme and no base theme, to be above the lint package's own.
const look = EditorView.theme({
  ".cm-lintRange": {
    backgroundImage: "none",
    paddingBottom: "0",
    textDecoration: "underline wavy 1px",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".cm-lintRange-error": { textDecorationColor: "var(--jp-error-color1, Mark)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--jp-warn-color1, Mark)" },
  ".cm-lintRange-info": {
    textDecorationStyle: "dotted",
    textDecorationColor: "var(--jp-content-font-color2, GrayText)",
  },
  ".cm-lintRange-hint": { textDecoration: "none", opacity: "0.72" },
  ".cm-lintRange-active": { backgroundColor: "transparent" },
  // A run has found the same: once is enough.
  ".rdit-broken-line:has(.cm-lintRange-error), .cm-lintRange-error .rdit-broken-line": {
    textDecoration: "none",
  },
  // As the cards of names: the package's own ground and lines are for light themes only.
  ".cm-tooltip:has(.cm-tooltip-lint)": {
    overflow: "hidden",
    maxWidth: "min(70ch, 90vw)",
    border: "1px solid var(--jp-border-color1, GrayText)",
    borderRadius: "var(--jp-border-radius, 4px)",
    backgroundColor: "var(--jp-layout-color0, Canvas)",
    color: "var(--jp-content-font-color1, CanvasText)",
    boxShadow: "0 2px 10px rgb(0 0 0 / 12%)",
  },
  ".cm-tooltip-section:not(:first-child)": {
    borderTop: "1px solid var(--jp-border-color2, GrayText)",
  },
  ".cm-tooltip-lint": { listStyle: "none" },
  ".cm-diagnostic": {
    padding: "4px 10px",
    margin: "0",
    borderLeft: "3px solid var(--jp-content-font-color3, GrayText)",
  },
  ".cm-diagnostic-error": { borderLeftColor: "var(--jp-error-color1, Mark)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--jp-warn-color1, Mark)" },
  ".cm-diagnosticAction": {
    padding: "1px 8px",
    margin: "2px 0 2px 8px",
    border: "1px solid var(--jp-border-color1, GrayText)",
    borderRadius: "3px",
    background: "none",
    color: "var(--jp-content-link-color, LinkText)",
    cursor: "pointer",
  },
  ".cm-diagnosticAction:is(:hover, :focus-visible)": {
    borderColor: "currentColor",
  },
  ".rdit-unsafe": { borderStyle: "dashed" },
  ".rdit-finding-line": {
    display: "none",
    minWidth: "3em",
    paddingRight: "1em",
    color: "var(--jp-content-font-color2, GrayText)",
    fontVariantNumeric: "tabular-nums",
    textAlign: "right",
  },
  ".cm-panel-lint .rdit-finding-line": { display: "inline-block" },
  ".rdit-finding-code": {
    color: "var(--jp-content-font-color2, GrayText)",
    fontSize: "90%",
  },
  ".cm-panel.cm-panel-lint ul": { maxHeight: "min(12em, 30vh)" },
  // The focus is where the keys are: at one finding, and not around the list.
  ".cm-panel.cm-panel-lint ul:focus-visible": { outline: "none" },
  ".cm-panel.cm-panel-lint ul:focus-visible [aria-selected]": {
    outline: "2px solid var(--jp-brand-color1, Highlight)",
    outlineOffset: "-2px",
  },
  // The colours of links and buttons in it are made for this ground.
  ".cm-panel.cm-panel-lint ul [aria-selected], .cm-panel.cm-panel-lint ul:focus [aria-selected]": {
    backgroundColor: "var(--jp-layout-color2, Canvas)",
    color: "inherit",
  },
  ".cm-panel.cm-panel-lint [name=close]": {
    padding: "4px 10px",
    color: "inherit",
    fontSize: "18px",
    lineHeight: "20px",
  },
});
