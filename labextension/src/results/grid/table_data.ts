// What is known of a table: its view, its columns, its rows in pages; and the questions for more.

import type { TableColumn, TablePage } from "../../protocol";
import type { Table } from "../table";
import type { GridHost } from "./host";
import { otherColumns, pageColumns, pageRows, Pages, type Wanted } from "./pages";
import type { Asked } from "./texts";
import { plain, type View } from "./view";
import { Waiting } from "./waiting";

/// After a failure, until the same is asked again, in milliseconds.
const pause = 1000;

/// A range, its end not included.
export type Range = readonly [number, number];

/// Rows and columns in view.
export interface InView {
  /// The rows that are seen, and with the spare ones beside them.
  readonly seen: Range;
  readonly rows: Range;
  readonly columns: Range;
}

/// Where the data is seen.
export interface Viewer {
  /// What is in view now; null where it has no place.
  inView(): InView | null;
  /// What the user is told has changed.
  say(): void;
  /// Cells have come, or there will be none of those asked for.
  came(): void;
  /// Another view has its first rows.
  shown(): void;
}

export class TableData {
  view: View = plain;
  /// What was asked for last; the same, once its rows have come.
  wanted: View = plain;
  /// How many rows the view has.
  rows: number;
  pages: Pages;
  /// By the index of their column. None is replaced.
  readonly heads = new Map<number, TableColumn>();
  readonly waiting: Waiting;
  /// Whether what is beside the view may be asked for: nothing has moved for a while.
  mayFill = false;
  /// Whether cells in view have been asked for.
  isAsking = false;
  /// Asking for what is beside the view.
  private isFilling = false;
  /// Said until there is an answer.
  private problem = "";
  /// After a failure no page is asked for: each answer renders anew, and each render asks for what is missing, so
  /// the same question would be repeated without end.
  private isPaused = false;
  private isChanged = false;
  private isGone = false;
  private isEnded = false;

  constructor(
    private readonly table: Table,
    private readonly host: GridHost,
    private readonly viewer: Viewer,
  ) {
    this.rows = table.rows;
    this.pages = new Pages(table.rows, table.columns);
    this.waiting = new Waiting(() => viewer.say());
    this.take(table.page);
  }

  /// Answers that come now are for nobody.
  end(): void {
    this.isEnded = true;
    this.waiting.stop();
  }

  /// What a question for cells of the view says.
  get asked(): Asked {
    const { sort, filters } = this.view;
    return { id: this.table.id, sort, filters: [...filters] };
  }

  /// What is to be said of the rows and of their questions.
  get said(): string[] {
    return [
      this.isChanged ? "changed since it was shown" : "",
      this.waiting.isLong ? "computing…" : "",
      this.isGone ? "the kernel no longer has the other rows" : "",
      this.problem,
    ].filter(text => text !== "");
  }

  nameOf(column: number): string {
    return (this.heads.get(column)?.name ?? String(column)).replaceAll("\n", " ") || "values";
  }

  /// Asks for what is not known of what is in view, in one question, then of the spare rows. When the view rests, for the
  /// other columns of their pages, as the kernel takes as long as there are columns; no other question waits for those.
  ask({ seen, rows, columns: [left, right] }: InView): void {
    if (this.isAsking || this.isGone || this.isPaused) return;
    const inView =
      this.pages.wanted(...seen, left, right) ?? this.pages.wanted(...rows, left, right);
    if (inView) {
      this.isAsking = true;
      this.waiting.begin();
      void this.askFor(inView, false);
    } else if (this.mayFill && !this.isFilling) {
      const whole = (column: number) => Math.ceil(column / pageColumns) * pageColumns;
      const others = this.pages.wanted(...rows, whole(left + 1) - pageColumns, whole(right));
      this.isFilling = others !== null;
      if (others) void this.askFor(others, true);
    }
  }

  /// `isBeside`: nothing of it is in view.
  private async askFor(wanted: Wanted, isBeside: boolean): Promise<void> {
    const { pages } = this;
    const answer = await this.host.query("table_rows", { ...this.asked, ...wanted });
    if (isBeside) this.isFilling = false;
    else {
      this.isAsking = false;
      this.waiting.end();
    }
    if (this.isEnded) return;
    // Sorted meanwhile.
    if (pages !== this.pages) return this.askAgain();
    const fail = (said: typeof answer) => {
      // What is beside the view is asked for again when it is in view.
      if (isBeside && said?.found !== false) this.mayFill = false;
      else this.fail(said);
    };
    if (!answer?.found || answer.error) return fail(answer);
    this.problem = "";
    this.isChanged = answer.changed ?? false;
    if (answer.page) this.take(answer.page);
    if ((answer.total ?? 0) !== this.rows) return this.show(this.wanted);
    // A table that is kept by reference only has lost columns since it was shown.
    if ((answer.page?.columns.length ?? 0) < wanted.columnCount)
      return fail({ found: true, error: otherColumns });
    this.viewer.came();
  }

  private take(page: TablePage): void {
    page.columns.forEach((column, at) => {
      const index = page.columnStart + at;
      if (!this.heads.has(index)) this.heads.set(index, column);
    });
    this.pages.add(page);
  }

  private fail(answer: { found: boolean; error?: string } | null): void {
    if (answer && !answer.found) this.isGone = true;
    else this.problem = answer?.error || "The kernel does not answer.";
    this.isPaused = true;
    this.viewer.came();
    // Not at once: each failure renders anew, and each render asks.
    if (this.isGone || answer?.error) return;
    setTimeout(() => {
      this.isPaused = false;
      this.askAgain();
    }, pause);
  }

  private askAgain(): void {
    const inView = this.isEnded ? null : this.viewer.inView();
    if (inView) this.ask(inView);
  }

  /// Shows other rows, or the same in another order, when the first of them have come: until then those
  /// before stay.
  async show(view: View): Promise<void> {
    if (this.isGone) return this.viewer.say();
    this.wanted = view;
    const [left, right] = this.viewer.inView()?.columns ?? [0, pageColumns];
    this.waiting.begin();
    const answer = await this.host.query("table_rows", {
      id: this.table.id,
      sort: view.sort,
      filters: [...view.filters],
      start: 0,
      count: pageRows,
      columnStart: left,
      columnCount: Math.max(1, right - left),
    });
    this.waiting.end();
    // Another was asked for meanwhile.
    if (this.isEnded || view !== this.wanted) return;
    this.problem = "";
    this.isPaused = false;
    if (!answer?.found || answer.error || !answer.page) {
      this.wanted = this.view;
      if (answer?.error) this.host.say?.(answer.error);
      if (!answer?.found || !answer.error) this.fail(answer);
      return;
    }
    this.view = view;
    this.rows = answer.total ?? 0;
    this.isChanged = answer.changed ?? false;
    this.pages = new Pages(this.rows, this.table.columns);
    this.take(answer.page);
    this.viewer.shown();
  }
}
