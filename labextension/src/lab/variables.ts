// The side panel of variables of the current script: names, types and short descriptions. Requested
// after a statement or run has ended, also during the rest of a run; never polled.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { WidgetTracker } from "@jupyterlab/apputils";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import type { Event, Variable } from "../protocol";
import type { RditDocument } from "./document";
import { rditIcon } from "./icons";
import { addAppCommand } from "./app_command";

const SETTLE_MS = 200;

export function addVariables(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<RditDocument>,
  trans: TranslationBundle,
): Variables {
  const panel = new Variables(tracker, trans);
  app.shell.add(panel, "right", { rank: 850, type: "rdit" });
  addAppCommand(app.commands, trans, "rdit:variables", {
    execute: () => app.shell.activateById(panel.id),
  });
  return panel;
}

export class Variables extends Widget {
  private readonly body: HTMLTableSectionElement;
  private readonly table: HTMLTableElement;
  private readonly empty: HTMLElement;
  private timer = 0;
  private turn = 0;

  constructor(
    private readonly tracker: WidgetTracker<RditDocument>,
    private readonly trans: TranslationBundle,
  ) {
    super();
    this.id = "rdit-variables";
    this.addClass("rdit-Variables");
    this.title.icon = rditIcon;
    this.title.caption = trans.__("Variables of the Script");
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", this.title.caption);
    const title = document.createElement("h2");
    title.className = "rdit-Variables-title";
    title.textContent = trans.__("Variables");
    this.empty = document.createElement("p");
    this.empty.className = "rdit-Variables-empty";
    this.table = document.createElement("table");
    const head = this.table.createTHead().insertRow();
    for (const text of [trans.__("Name"), trans.__("Type"), trans.__("Size"), trans.__("Value")]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      head.append(cell);
    }
    this.body = this.table.createTBody();
    this.node.append(title, this.empty, this.table);
    tracker.currentChanged.connect(() => this.refresh());
    this.list([]);
  }

  /// Call with the events of a script: requests the variables again if they may have changed.
  see(document: RditDocument, events: readonly Event[]): void {
    if (document !== this.tracker.currentWidget || !this.isVisible) return;
    const isNews = events.some(
      event =>
        event.type === "done" ||
        event.type === "session" ||
        (event.type === "status" && event.status === "ok"),
    );
    if (isNews) this.refresh();
  }

  refresh(): void {
    if (!this.isVisible || this.timer) return;
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.ask();
    }, SETTLE_MS);
  }

  protected override onAfterShow(): void {
    this.refresh();
  }

  private async ask() {
    const turn = ++this.turn;
    const document = this.tracker.currentWidget;
    const answer = await document?.script.backend?.query("variables", {});
    if (turn === this.turn && !this.isDisposed) this.list(answer?.variables ?? []);
  }

  private list(variables: readonly Variable[]) {
    this.empty.hidden = variables.length > 0;
    this.table.hidden = !variables.length;
    this.empty.textContent = this.tracker.currentWidget
      ? this.trans.__("The script has defined nothing yet.")
      : this.trans.__("Open a script with rdit to see its variables.");
    this.body.replaceChildren(
      ...variables.map(({ name, type, size = "", value = "" }) => {
        const row = document.createElement("tr");
        row.dataset.name = name;
        for (const text of [name, type, size, value]) {
          const cell = row.insertCell();
          cell.textContent = cell.title = text;
        }
        return row;
      }),
    );
  }
}
