// The line below a grid: what is seen of the table, and what can be done with it.

import { button, element, setAttribute, setText } from "./dom";

export interface BarActions {
  /// The text that is searched now.
  searched(): string;
  search(text: string): void;
  goTo(row: number): void;
  save(): void;
  asCode(): void;
  clear(): void;
  /// Back to the cells.
  leave(): void;
}

export type Field = "search" | "row";
const labels: Record<Field, string> = { search: "Search in all columns", row: "Go to row" };

export class Bar {
  readonly dom: HTMLElement;
  private readonly status = element("span", "rdit-grid-status", { role: "status" });
  private readonly form = element("form", "rdit-grid-form");
  private readonly input = element("input", "rdit-grid-input", {
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
  });
  private readonly clear: HTMLButtonElement;
  private readonly code: HTMLButtonElement;
  private field: Field = "search";

  constructor(private readonly actions: BarActions) {
    this.clear = button("Clear", () => actions.clear());
    this.clear.title = "No sort and no filters";
    this.code = button("As code", () => actions.asCode());
    this.code.title = "Insert the sort and the filters as a line of code below";
    const csv = button("CSV", () => actions.save());
    csv.title = "Save the rows as a file of comma separated values";
    const search = button("Search", () => this.open("search"));
    search.title = "Rows with a text in any cell (Ctrl-F)";
    const row = button("Row", () => this.open("row"));
    row.title = "Go to a row (Ctrl-G)";
    this.form.hidden = true;
    this.form.append(this.input);
    this.form.addEventListener("submit", event => {
      event.preventDefault();
      this.submit();
    });
    this.form.addEventListener("keydown", event => {
      if (event.key === "Escape") {
        event.preventDefault();
        this.close();
      }
      // Keys in the field are the field's.
      event.stopPropagation();
    });
    this.input.addEventListener("blur", () => this.close(false));
    const tools = element("span", "rdit-grid-tools", {}, this.clear, this.code, search, row, csv);
    this.dom = element("div", "rdit-grid-bar", {}, this.status, this.form, tools);
  }

  show(text: string, { isChanged, hasCode }: { isChanged: boolean; hasCode: boolean }): void {
    setText(this.status, text);
    setAttribute(this.status, "title", text);
    this.clear.hidden = !isChanged;
    this.code.hidden = !hasCode;
  }

  open(field: Field): void {
    this.field = field;
    this.form.hidden = false;
    this.status.hidden = true;
    this.input.value = field === "search" ? this.actions.searched() : "";
    this.input.placeholder = labels[field];
    this.input.setAttribute("aria-label", labels[field]);
    this.input.inputMode = field === "row" ? "numeric" : "text";
    this.input.focus({ preventScroll: true });
    this.input.select();
  }

  private submit(): void {
    const value = this.input.value.trim();
    if (this.field === "search") this.actions.search(value);
    else {
      const row = Number(value.replace(/[\s,_]/g, ""));
      if (value && Number.isInteger(row)) this.actions.goTo(row);
    }
    this.close();
  }

  private close(isLeaving = true): void {
    if (this.form.hidden) return;
    this.form.hidden = true;
    this.status.hidden = false;
    if (isLeaving) this.actions.leave();
  }
}
