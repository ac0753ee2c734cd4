// What runs in a report: one HTML file with a script and its results, which documents/report.ts and, on
// the server, documents/report.py fill. What they wrote can be read without this; here the code gets
// its colours, and each output becomes what the page makes of it.

import "../../style/report.css";
import type { Output, PlannedStatement } from "../protocol";
import { chartIn } from "../results/chart_types";
import type { RenderContext } from "../results/parts/part";
import { ResultView, type Shown } from "../results/render";
import { applyEvents, Results } from "../results/results";
import type { Scripted } from "../results/scripts";
import { colour } from "./code";
import { renderer } from "./renderer";

const root = document.documentElement;
const views: { fold(isFolded: boolean): void; settle(): void }[] = [];

const scripted: Scripted[] = [];

const context: RenderContext = {
  scripted: () => scripted,
  loadRenderer: async () => renderer,
  // A frame of the script itself: its line is in this document.
  openFrame: () => (_path, line, source) => {
    const target = document.getElementById(`L${line}`);
    if (!target || target.textContent?.trim() !== source.trim()) return null;
    return { open: () => goTo(target), isScript: true };
  },
  answerInput() {},
};

function goTo(line: HTMLElement): void {
  line.scrollIntoView({ block: "center" });
  line.classList.add("rdit-report-target");
  line.addEventListener("animationend", () => line.classList.remove("rdit-report-target"));
}

/// The output that an element holds: its text as it stands, the rest as JSON beside it.
function outputOf(element: HTMLElement): Output {
  const rest = element.querySelector(":scope > script");
  const text = element.querySelector(":scope > pre")?.textContent ?? "";
  const output = { text, ...(rest ? JSON.parse(rest.textContent ?? "{}") : {}) };
  const image = element.querySelector(":scope > img")?.getAttribute("src");
  const [, type, bytes] = /^data:([^;]+);base64,(.*)$/s.exec(image ?? "") ?? [];
  if (type) output.data = { ...output.data, [type]: bytes };
  // Nothing here draws charts: some come as a picture or as HTML too.
  const chart = output.data && chartIn(output.data);
  if (chart && Object.keys(output.data).some(type => /^(image\/|text\/html$)/.test(type)))
    delete output.data[chart];
  return { type: element.dataset.type, ...output } as Output;
}

function enliven(element: HTMLElement): void {
  const outputs = [...element.querySelectorAll<HTMLElement>(":scope > .rdit-report-output")].map(
    outputOf,
  );
  const [lineStart, lineEnd] = element.dataset.lines!.split("-").map(Number) as [number, number];
  const run = "report";
  const statement: PlannedStatement = {
    nodeIndex: 0,
    lineStart,
    lineEnd,
    isExpr: false,
    source: "",
  };
  const results = applyEvents(Results.empty, [
    { type: "plan", run, statements: [statement] },
    ...outputs.map(output => ({ type: "output" as const, run, nodeIndex: 0, output })),
    { type: "status", run, nodeIndex: 0, status: "ok", elapsed: 0 },
    { type: "done", run, status: "ok", elapsed: 0 },
  ]);
  scripted.push(...results.scripted);
  let shown = {
    outcome: results.get(run, 0)!,
    status: "ok",
    startedAt: 0,
    input: null,
    stale: "",
    isEarlier: false,
    isGone: false,
    lineStart,
    lineEnd,
    isFolded: false,
    isExpanded: false,
  } as Shown;
  const show = (change: Partial<Shown>) => {
    shown = { ...shown, ...change };
    view.update(shown);
    view.settle();
  };
  const sizes = new ResizeObserver(() => view.settle());
  const view: ResultView = new ResultView(
    context,
    { fold: isFolded => show({ isFolded }), expand: isExpanded => show({ isExpanded }) },
    dom => sizes.observe(dom),
  );
  view.update(shown);
  for (const old of element.querySelectorAll(":scope > .rdit-report-output")) old.remove();
  element.append(view.dom);
  for (const image of view.dom.querySelectorAll("img"))
    image.addEventListener("load", () => view.settle(), { once: true });
  view.settle();
  views.push({ fold: isFolded => show({ isFolded }), settle: () => view.settle() });
}

function button(label: string, act: (button: HTMLButtonElement) => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "rdit-report-button";
  made.textContent = label;
  made.addEventListener("click", () => act(made));
  return made;
}

/// Has two states, which its label and `aria-pressed` say.
function toggle(off: string, on: string, act: (isOn: boolean) => void): HTMLButtonElement {
  const made = button(off, () => {
    const isOn = made.getAttribute("aria-pressed") !== "true";
    made.setAttribute("aria-pressed", String(isOn));
    made.textContent = isOn ? on : off;
    act(isOn);
  });
  made.setAttribute("aria-pressed", "false");
  return made;
}

function controls(): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "rdit-report-controls";
  if (views.length)
    dom.append(
      toggle("Fold results", "Unfold results", isOn => views.forEach(view => view.fold(isOn))),
    );
  if (views.length && document.querySelector(".rdit-report-code"))
    dom.append(
      toggle("Hide code", "Show code", isOn => {
        root.toggleAttribute("data-results-only", isOn);
        views.forEach(view => view.settle());
      }),
    );
  const isDark = () =>
    root.dataset.rditTheme
      ? root.dataset.rditTheme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
  const label = () => (isDark() ? "Light" : "Dark");
  const theme = button(label(), () => {
    root.dataset.rditTheme = isDark() ? "light" : "dark";
    theme.textContent = label();
  });
  theme.dataset.control = "theme";
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    theme.textContent = label();
  });
  dom.append(theme);
  return dom;
}

colour([...document.querySelectorAll<HTMLElement>(".rdit-report-code")]);
for (const element of document.querySelectorAll<HTMLElement>(".rdit-report-outputs")) {
  try {
    enliven(element);
  } catch (error) {
    // Its text stands there.
    console.error(`rdit: the result of lines ${element.dataset.lines} is shown as text.`, error);
  }
}
document.querySelector(".rdit-report-head")?.append(controls());
root.dataset.ready = "true";
