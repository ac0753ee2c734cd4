// Lazy chunk: what one does with a result: copy it, save it. For the results of the selected statements, or
// the focused one, and from its menu.

import type { Command, EditorView } from "@codemirror/view";
import { copyImage, copyText, pngOf } from "../results/clipboard";
import { filesOf, tableOf, textOfParts, type ResultFile } from "../results/files";
import { openMenu } from "../results/menu";
import { linesOf, type ResultView } from "../results/render";
import type { Part } from "../results/results";
import { offeredTable, type Table } from "../results/table";
import { nothing } from "./announce";
import { resultsOf } from "./export";
import { chosen } from "./fold_commands";
import { editorHost } from "./host";
import { resultsLayer } from "./layout";
import { shownResults, type ShownResult } from "./shown_results";

export const copyResult: Command = view =>
  withResults(view, results => copyAsText(partsOf(results)));

export const copyResultMarkdown: Command = view =>
  withResults(view, results => copyAsMarkdown(view, results));

export const copyResultImage: Command = view =>
  withResults(view, ([one]) => {
    const result = view.plugin(resultsLayer)?.make(one!.anchor.id)?.view;
    return result ? copyAsImage(one!, result) : Promise.reject(new Error("No result here."));
  });

export const saveResult: Command = view =>
  withResults(view, ([one]) => save(view, one!, filesOf(one!.shown.outcome.parts)[0]));

/// Copies the result with this id as text.
export function copyOne(view: EditorView, id: number): void {
  const one = shownResults(view.state).find(({ anchor }) => anchor.id === id);
  if (one) void tell(view, copyAsText(one.shown.outcome.parts));
}

/// Opens the menu of a result at its button.
export function openResultMenu(
  view: EditorView,
  id: number,
  at: HTMLElement,
  result: ResultView,
): void {
  const one = shownResults(view.state).find(({ anchor }) => anchor.id === id);
  if (!one) return;
  const { isFolded, outcome } = one.shown;
  const table = outcome.parts.map(part => "data" in part && offeredTable(part.data)).find(Boolean);
  const run = (done: () => Promise<string>) => () => void tell(view, done());
  openMenu(at, "Result", [
    {
      label: "Copy as text",
      command: "rdit:copy-result",
      act: run(() => copyAsText(outcome.parts)),
    },
    {
      label: "Copy as Markdown",
      command: "rdit:copy-result-markdown",
      act: run(() => copyAsMarkdown(view, [one])),
    },
    {
      label: "Copy as image",
      command: "rdit:copy-result-image",
      act: run(() => copyAsImage(one, result)),
    },
    ...filesOf(outcome.parts).map(file => ({
      label: `Save as ${nameOf[file.ending] ?? file.ending.slice(1).toUpperCase()}`,
      command: "rdit:save-result",
      act: run(() => save(view, one, file)),
    })),
    ...(table
      ? [
          {
            label: "Open as table",
            command: "rdit:open-table",
            act: run(() => openTable(view, one, table)),
          },
        ]
      : []),
    { label: "Open large", command: "rdit:open-large", act: () => result.enlarge() },
    {
      label: isFolded ? "Unfold" : "Fold",
      command: "rdit:fold-result",
      act: () => result.toggleFold(),
    },
  ]);
}

const nameOf: Record<string, string> = { ".txt": "text", ".md": "Markdown", ".tex": "LaTeX" };

function withResults(
  view: EditorView,
  act: (results: readonly ShownResult[]) => Promise<string>,
): boolean {
  const ids = new Set(chosen(view));
  const results = ids.size
    ? shownResults(view.state).filter(({ anchor }) => ids.has(anchor.id))
    : [];
  if (!results.length) return nothing(view, "No result here");
  void tell(view, act(results));
  return true;
}

const partsOf = (results: readonly ShownResult[]): readonly Part[] =>
  results.flatMap(({ shown }) => shown.outcome.parts);

/// Says what was done, which resolves with a sentence, or why not.
async function tell(view: EditorView, done: Promise<string>): Promise<void> {
  const host = view.state.facet(editorHost);
  try {
    const text = await done;
    if (text) host?.say?.(text);
  } catch (error) {
    host?.say?.(error instanceof Error ? error.message : String(error), "warning");
  }
}

async function copyAsText(parts: readonly Part[]): Promise<string> {
  const text = textOfParts(parts);
  if (!text) throw new Error("This result has no text: copy it as an image.");
  await copyText(text, tableOf(parts));
  return "Copied as text.";
}

async function copyAsMarkdown(view: EditorView, results: readonly ShownResult[]): Promise<string> {
  const { state } = view;
  const host = state.facet(editorHost);
  if (!host?.exports) throw new Error("There is nothing here that makes Markdown.");
  const ids = new Set(results.map(({ anchor }) => anchor.id));
  const wanted = resultsOf(state, ({ id }) => ids.has(id));
  const body = { script: state.doc.toString(), results: wanted, format: "markdown" } as const;
  const made = host
    .exports()
    .then(({ title, convert }) => convert({ ...body, title, resultsOnly: true }));
  await copyText(made.then(text => text.trim()));
  return "Copied as Markdown.";
}

async function copyAsImage({ shown }: ShownResult, result: ResultView): Promise<string> {
  const file = filesOf(shown.outcome.parts).find(({ type }) => type.startsWith("image/"));
  await copyImage(() => (file ? pngOf(file.content as Blob) : picture(result)));
  return "Copied as an image.";
}

/// A result as it stands there.
async function picture({ dom, hasFrame }: ResultView): Promise<Blob> {
  const body = dom.querySelector<HTMLElement>(":scope > .rdit-body");
  if (!body?.offsetHeight) throw new Error("Unfold the result to copy it as an image.");
  if (hasFrame) throw new Error("What runs in a frame of its own cannot be copied as an image.");
  const { pictureOf } = await import("../results/picture");
  const background = getComputedStyle(dom).getPropertyValue("--rdit-background").trim();
  return pictureOf(body, background || "white");
}

/// Opens what stands as text as a table, over the page.
async function openTable(view: EditorView, { shown }: ShownResult, table: Table): Promise<string> {
  const { gridIn } = await import("./grids");
  const grid = await gridIn(view, table, shown.outcome, false);
  if (!grid)
    throw new Error(
      "The kernel that has this list is gone, or cannot be asked: run its statement again.",
    );
  const { openLarge } = await import("../results/large_view");
  // As it would stand in a result.
  const output = element("rdit-output", grid.dom);
  output.dataset.kind = "table";
  const body = element("rdit-body", output);
  const label = `Table of ${linesOf(shown.lineStart, shown.lineEnd)}`;
  openLarge(body, element("", body), label, () => grid.dispose());
  grid.placed?.();
  return "";
}

function element(className: string, child: HTMLElement): HTMLElement {
  const made = document.createElement("div");
  made.className = className;
  made.append(child);
  return made;
}

async function save(view: EditorView, { shown }: ShownResult, file?: ResultFile): Promise<string> {
  const host = view.state.facet(editorHost);
  if (!file || !host?.exports) throw new Error("There is nothing here to save.");
  const { title, give } = await host.exports();
  const name = `${title}-line-${shown.lineStart}${file.ending}`;
  give(name, file.content, file.type);
  return `Saved as ${name}.`;
}
