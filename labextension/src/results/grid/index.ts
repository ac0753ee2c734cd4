// A table of the kernel's as a grid: what is in view of its rows and columns, in a real <table> within
// an element that scrolls. The first screen comes with the result; the rest is asked for in pages.
//
// All rows have one height, so that where a row stands is known before its cells have come, and nothing
// moves when they do.

import type { TableColumn, TableFilter, TablePage } from "../../protocol";
import { copyText } from "../clipboard";
import type { Table } from "../table";
import { Bar } from "./bar";
import { drawHead, drawRows, drawWidths, idOf, tellWhole, type Drawn } from "./cells";
import { asCode, type View } from "./code";
import { columnMenu } from "./column_menu";
import { element, setAttribute } from "./dom";
import { Hold, type Position } from "./hold";
import type { GridHost } from "./host";
import { otherColumns, pageColumns, pageRows, Pages, type Wanted } from "./pages";
import { sizeOf, viewOf } from "./said";
import { Scroll } from "./scroll";
import { grouped, headLines, rowsInView } from "./sizes";
import { Selection, type Place } from "./selection";
import { allRows, forClipboard, forFile, save, someRows, tabSeparated, type Asked } from "./texts";
import { columnsOf, type GridState } from "./state";
import { Widths, widest } from "./widths";

/// Rows and columns beyond those in view that have elements.
const spareRows = 6;
const spareColumns = 1;
/// How long there is no answer before that is said, in milliseconds.
const slow = 250;
/// After the last movement.
const settling = 150;
/// After that, until what is beside the view is asked for.
const resting = 350;

let count = 0;

const plain: View = { sort: null, filters: [] };

/// What is seen: ranges of rows, and of rows and columns with the spare ones, the ends not included.
interface Window {
  readonly seen: [number, number];
  readonly rows: [number, number];
  readonly columns: [number, number];
  /// How far it is to be scrolled.
  readonly scrollTop: number;
  readonly scrollLeft: number;
  /// How far it is.
  readonly scrolled: Position;
}

/// Long, as scroll position, cells, selection and questions share what is in view.
export class Grid {
  readonly dom = element("div", "rdit-grid");
  private readonly id = `rdit-grid-${++count}`;
  private readonly scroller = element("div", "rdit-grid-scroll");
  private readonly room = element("div", "rdit-grid-room");
  private readonly table = element("table", "rdit-grid-table", {
    role: "grid",
    tabindex: "0",
    "aria-multiselectable": "true",
  });
  private readonly columnsOf = element("colgroup", "");
  private readonly headRow = element("tr", "", { "aria-rowindex": "1" });
  private readonly body = element("tbody", "");
  private readonly bar: Bar;
  private readonly sizes = new ResizeObserver(() => this.resize());
  private readonly selection = new Selection();
  private readonly heads = new Map<number, TableColumn>();
  /// The columns of all heads.
  private isMeasured = false;
  private readonly widths: Widths;
  private labelWidths: number[] = [];
  private pages: Pages;
  private scroll: Scroll;
  private view: View = plain;
  /// What was asked for last; the same, once its rows have come.
  private wanted: View = plain;
  private rows: number;
  private rowHeight = 20;
  /// How far it is scrolled to the right, or is to be. An element that was removed does not say it any more.
  private left = 0;
  private headHeight = 40;
  private font = "12px sans-serif";
  private isAsking = false;
  /// Asking for what is beside the view.
  private isFilling = false;
  /// How many questions have no answer yet. “computing…” is said until the last of them is answered.
  private waits = 0;
  private isWaiting = false;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private settle: ReturnType<typeof setTimeout> | undefined;
  /// Nothing has moved for a while, since it did.
  private isAtRest = false;
  /// Said until there is an answer.
  private problem = "";
  /// After a failure no page is asked for: each answer renders anew, and each render asks for what is missing, so
  /// the same question would be repeated without end.
  private isResting = false;
  private isChanged = false;
  private isGone = false;
  private isDestroyed = false;
  /// Rows beyond those in view that have elements: at first none, as each takes as long as one that is seen, and the frame
  /// with the result waits for it.
  private spare = 0;
  /// What has elements.
  private shownRows = [0, 0] as [number, number];
  private readonly hold = new Hold(() => this.render());
  private menu: HTMLElement | null = null;
  /// Where it is to stand when it is placed and has the rows of its view.
  private place: GridState | null = null;
  private isRestoring = false;

  constructor(
    private table_: Table,
    private readonly host: GridHost,
  ) {
    const { rows, columns, page } = table_;
    this.rows = rows;
    this.widths = new Widths(columns);
    this.pages = new Pages(rows, columns);
    this.scroll = new Scroll(rows, this.rowHeight);
    this.take(page);
    this.pages.add(page);
    this.bar = new Bar({
      searched: () => this.wanted.filters.find(({ column }) => column == null)?.value ?? "",
      search: text => void this.search(text),
      goTo: row => this.goToRow(row),
      save: () => void this.save(),
      asCode: () => this.insertCode(),
      clear: () => void this.show(plain),
      leave: () => this.table.focus({ preventScroll: true }),
    });
    this.table.id = this.id;
    this.table.setAttribute("aria-label", `${table_.kind}, ${sizeOf(table_, plain, rows)}`);
    this.table.setAttribute("aria-colcount", String(this.levels + columns));
    this.table.append(this.columnsOf, element("thead", "", {}, this.headRow), this.body);
    this.room.append(this.table);
    this.scroller.append(this.room);
    this.dom.append(this.scroller, this.bar.dom);
    // Until it is measured.
    const lines = headLines(table_);
    this.scroller.style.height = `min((${lines} + ${rows}) * var(--rdit-result-line), var(--rdit-cap) - var(--rdit-result-line))`;
    this.listen();
    this.say();
  }

  /// What the user has made of it.
  get state(): GridState {
    return {
      columns: columnsOf(this.table_),
      view: this.wanted,
      row: this.place?.row ?? this.scroll.top / this.rowHeight,
      left: this.place?.left ?? this.left,
      active: this.selection.active,
      widths: this.widths.chosen,
    };
  }

  /// Takes up what the user has made of one before. Resolves when its rows have come. Call before `placed`.
  async restore(state: GridState): Promise<void> {
    for (const [column, width] of state.widths) this.widths.set(column, width);
    this.place = state;
    if (state.view.sort || state.view.filters.length) {
      this.isRestoring = true;
      await this.show(state.view);
      this.isRestoring = false;
      // The user has chosen another view meanwhile, or the kernel has failed to make this one: the place was one
      // in other rows.
      if (this.view !== state.view) this.place = null;
    }
    if (state.active)
      this.selection.go({ ...state.active, row: Math.min(state.active.row, this.rows - 1) });
    this.goToPlace();
  }

  /// Call when the element has been inserted into the document: sizes are read then.
  placed(): void {
    this.sizes.observe(this.dom);
    // A grid may be as wide in the large view, where more rows have room.
    this.sizes.observe(this.dom.parentElement!);
    this.resize();
    // Whose code it is the result that it stands in says.
    this.say();
    this.goToPlace();
    if (this.spare) return;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      this.spare = spareRows;
      this.render();
    }, settling);
  }

  private goToPlace(): void {
    const { place } = this;
    if (!place || this.isRestoring || this.isDestroyed || !this.dom.isConnected) return;
    this.place = null;
    this.goTo(() => this.scroll.go(place.row * this.rowHeight, this.seenHeight), place.left);
    // It has not been elsewhere.
    this.hold.end();
    this.render();
  }

  destroy(): void {
    this.isDestroyed = true;
    this.sizes.disconnect();
    clearTimeout(this.waiting);
    clearTimeout(this.settle);
    this.hold.end();
    this.menu?.remove();
  }

  private get levels(): number {
    return this.table_.levels.length;
  }

  private listen(): void {
    const { table, scroller } = this;
    scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    table.addEventListener("keydown", event => this.onKey(event));
    table.addEventListener("pointerdown", event => this.onPointerDown(event));
    table.addEventListener("click", event => this.onClick(event));
    table.addEventListener("dblclick", event => this.onDoubleClick(event));
    table.addEventListener("mouseover", event => tellWhole(event.target as Element));
    table.addEventListener("focus", () => {
      if (!this.selection.active)
        this.selection.go({ row: this.rows ? this.firstRow : -1, column: 0 });
      this.render();
    });
  }

  // -- sizes and places ---------------------------------------------------------------------------

  private resize(): void {
    if (!this.dom.isConnected || !this.dom.offsetWidth) return;
    const style = getComputedStyle(this.dom);
    this.rowHeight = Math.round(parseFloat(style.lineHeight)) || 20;
    this.headHeight = this.rowHeight * headLines(this.table_);
    // The shorthand `font` is empty where figures are tabular.
    const { fontSize, fontFamily } = getComputedStyle(this.table);
    this.font = `${fontSize} ${fontFamily}`;
    if (this.scroll.rowHeight !== this.rowHeight) {
      const row = this.scroll.top / this.scroll.rowHeight;
      this.scroll = new Scroll(this.rows, this.rowHeight);
      this.scroller.scrollTop = this.scroll.go(row * this.rowHeight, this.seenHeight);
    }
    this.measure();
    // Whether there is a scroll bar is seen when the room has its size.
    this.sizeRoom();
    this.fit(style);
    this.render();
  }

  private sizeRoom(): void {
    this.room.style.height = `${this.headHeight + this.scroll.height}px`;
    this.room.style.width = `${this.labelsWidth + this.widths.whole}px`;
  }

  /// Makes it as high as its rows, or as whole rows fit below the cap. Rows that a filter leaves out
  /// change no height.
  private fit(style: CSSStyleDeclaration): void {
    const large = this.dom.closest(".rdit-large-room");
    const cap = large
      ? large.clientHeight - 40
      : parseFloat(style.getPropertyValue("--rdit-cap")) || 320;
    const bar = this.scroller.offsetHeight - this.scroller.clientHeight;
    const isWide = this.labelsWidth + this.widths.whole > this.scroller.clientWidth + 1;
    const around = this.headHeight + this.bar.dom.offsetHeight + (isWide ? bar : 0);
    const rows = rowsInView(this.table_, this.rowHeight, cap, around);
    const height = this.headHeight + this.rowHeight * rows;
    this.scroller.style.height = `${height + (isWide ? bar : 0)}px`;
    this.dom.style.setProperty("--rdit-grid-row", `${this.rowHeight}px`);
    this.dom.style.setProperty("--rdit-grid-head", `${this.headHeight}px`);
  }

  private measure(): void {
    const columns: { at: number; texts: readonly string[]; heads: string[] }[] = [];
    for (const [at, { name, type, texts }] of this.heads)
      columns.push({ at, texts, heads: [...name.split("\n"), type] });
    this.widths.measure(columns, this.font);
    this.isMeasured = true;
    if (this.labelWidths.length === this.levels) return;
    const { levels, page } = this.table_;
    // The last of numbered rows has the widest number.
    const last = String(this.table_.rows);
    this.labelWidths = levels.map((name, at) => {
      const texts = page.labels[at] ?? [];
      const isNumbered = texts.every(text => /^\d*$/.test(text));
      return Math.min(200, widest([name, ...texts, ...(isNumbered ? [last] : [])], this.font) + 16);
    });
  }

  private get labelsWidth(): number {
    return this.labelWidths.reduce((sum, width) => sum + width, 0);
  }

  /// The height in which rows are seen.
  private get seenHeight(): number {
    return Math.max(this.rowHeight, this.scroller.clientHeight - this.headHeight);
  }

  private get firstRow(): number {
    return Math.min(Math.max(0, this.rows - 1), Math.ceil(this.scroll.top / this.rowHeight));
  }

  private get rowsInView(): number {
    return Math.max(1, Math.floor(this.seenHeight / this.rowHeight));
  }

  private onScroll(): void {
    const { hold } = this;
    // Whoever scrolls goes on from where keys have gone.
    if (hold.isMoved(this.scrolled)) hold.end();
    else if (!hold.from) {
      this.scroll.follow(this.scroller.scrollTop, this.seenHeight);
      this.left = this.scroller.scrollLeft;
    }
    this.isAtRest = false;
    this.spare = spareRows;
    this.render();
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      this.settle = setTimeout(() => {
        this.isAtRest = true;
        this.ask(this.window);
      }, resting);
      if (Math.abs(this.scroll.settled(this.seenHeight) - this.scroller.scrollTop) < 1) return;
      this.goTo(() => this.scroll.go(this.scroll.top, this.seenHeight));
      this.render();
    }, settling);
  }

  // -- what is in view ----------------------------------------------------------------------------

  /// Reads the layout: before anything is drawn.
  private get window(): Window {
    const { scroller, widths } = this;
    const first = Math.floor(this.scroll.top / this.rowHeight);
    const seen = Math.ceil(this.seenHeight / this.rowHeight) + 1;
    const { scrolled } = this;
    const scrollTop = this.hold.from ? this.scroll.seen : scrolled.top;
    const scrollLeft = this.hold.from ? this.left : scrolled.left;
    const left = this.isSticky ? scrollLeft : scrollLeft - this.labelsWidth;
    const width = scroller.clientWidth - (this.isSticky ? this.labelsWidth : 0);
    return {
      seen: [first, Math.min(this.rows, first + seen)],
      rows: [Math.max(0, first - this.spare), Math.min(this.rows, first + seen + this.spare)],
      columns: [
        Math.max(0, widths.at(left) - spareColumns),
        Math.min(widths.count, widths.at(left + width) + 1 + spareColumns),
      ],
      scrollTop,
      scrollLeft,
      scrolled,
    };
  }

  private get scrolled(): Position {
    return { top: this.scroller.scrollTop, left: this.scroller.scrollLeft };
  }

  /// Goes elsewhere: it is scrolled there when it is rendered.
  private goTo(scroll: () => void, left = this.goneLeft): void {
    const from = (this.hold.from ??= this.scrolled);
    this.left = left;
    scroll();
    // The scroll event comes with the rows, and would be too late for the question.
    if (Math.abs(this.scroll.seen - from.top) >= 1 || Math.abs(left - from.left) >= 1)
      this.isAtRest = false;
  }

  /// Goes nowhere: what is seen is what counts.
  private stay(): void {
    if (!this.hold.from) return;
    this.hold.from = null;
    this.scroll.follow(this.scroller.scrollTop, this.seenHeight);
    this.left = this.scroller.scrollLeft;
  }

  /// How far to the right it has gone.
  private get goneLeft(): number {
    return this.hold.from ? this.left : this.scroller.scrollLeft;
  }

  /// Labels stay in view where they leave room for cells.
  private get isSticky(): boolean {
    return this.labelsWidth <= this.scroller.clientWidth / 2;
  }

  private render(): void {
    if (this.isDestroyed || !this.widths.count) return;
    const { window, table, scroller, scroll, widths, labelWidths, hold } = this;
    // The question leaves before what is there is drawn, which takes as long as a part of the answer.
    this.ask(window);
    const { rows, columns, seen, scrollTop, scrollLeft, scrolled } = window;
    this.sizeRoom();
    const isAsked = this.isAsking && this.body.firstChild !== null;
    if (hold.keeps(this.pages.hasAny(...seen, ...columns), isAsked)) {
      const { top, left } = hold.placeIn(scrolled);
      table.style.top = `${top}px`;
      table.style.left = `${left}px`;
      return;
    }
    if (hold.from) {
      hold.from = null;
      // An axis that is written stops the browser's own scrolling on it.
      if (Math.abs(scrollTop - scrolled.top) >= 1) scroller.scrollTop = scrollTop;
      if (Math.abs(scrollLeft - scrolled.left) >= 1) scroller.scrollLeft = scrollLeft;
    }
    scroller.toggleAttribute("data-scrolled", scrollLeft > 0);
    const [first, end] = rows;
    const [left, right] = columns;
    const [x, y] = [widths.start(left), scroll.place(first)];
    this.shownRows = rows;
    hold.draw({ top: y, left: x }, { top: scrollTop, left: scrollLeft });
    table.style.top = `${y}px`;
    table.style.left = `${x}px`;
    table.style.width = `${this.labelsWidth + widths.start(right) - x}px`;
    table.setAttribute("aria-rowcount", String(this.rows + 1));
    const { id, heads, pages, selection, view, isSticky, font } = this;
    const all = [...labelWidths];
    for (let at = left; at < right; at++) all.push(widths.of(at));
    const shown = { table: this.table_, id, view, heads, pages, selection };
    const drawn: Drawn = { ...shown, left, right, widths, labelWidths, font, isSticky };
    drawWidths(this.columnsOf, all);
    drawHead(this.headRow, drawn);
    drawRows(this.body, first, end, drawn);
    const { active } = selection;
    const isSeen =
      active &&
      active.row < end &&
      (active.row < 0 || active.row >= first) &&
      active.column >= left &&
      active.column < right;
    setAttribute(table, "aria-activedescendant", isSeen ? idOf(id, active) : null);
  }

  // -- what is asked ------------------------------------------------------------------------------

  private get asked(): Asked {
    const { sort, filters } = this.view;
    return { id: this.table_.id, sort, filters: [...filters] };
  }

  private wait(isWaiting: boolean): void {
    this.waits += isWaiting ? 1 : -1;
    if (isWaiting && this.waits === 1) {
      this.waiting = setTimeout(() => {
        this.isWaiting = true;
        this.say();
      }, slow);
    } else if (!this.waits) {
      clearTimeout(this.waiting);
      if (!this.isWaiting) return;
      this.isWaiting = false;
      this.say();
    }
  }

  /// Asks for what is not known of what is in view, in one question, then of the spare rows. When the view rests, for the
  /// other columns of their pages, as the kernel takes as long as there are columns; no other question waits for those.
  private ask({ seen, rows, columns: [left, right] }: Window): void {
    if (this.isAsking || this.isGone || this.isResting) return;
    const inView =
      this.pages.wanted(...seen, left, right) ?? this.pages.wanted(...rows, left, right);
    if (inView) {
      this.isAsking = true;
      this.wait(true);
      this.askFor(inView, false);
    } else if (this.isAtRest && !this.isFilling) {
      const whole = (column: number) => Math.ceil(column / pageColumns) * pageColumns;
      const others = this.pages.wanted(...rows, whole(left + 1) - pageColumns, whole(right));
      this.isFilling = others !== null;
      if (others) this.askFor(others, true);
    }
  }

  /// `isBeside`: nothing of it is in view.
  private askFor(wanted: Wanted, isBeside: boolean): void {
    const { pages } = this;
    void this.host.query("table_rows", { ...this.asked, ...wanted }).then(answer => {
      if (isBeside) this.isFilling = false;
      else {
        this.isAsking = false;
        this.wait(false);
      }
      if (this.isDestroyed) return;
      // Sorted meanwhile.
      if (pages !== this.pages) return this.ask(this.window);
      const fail = (said: typeof answer) => {
        // What is beside the view is asked for again when it is in view.
        if (isBeside && said?.found !== false) this.isAtRest = false;
        else this.fail(said);
      };
      if (!answer?.found || answer.error) return fail(answer);
      this.problem = "";
      this.isChanged = answer.changed ?? false;
      if (answer.page) {
        this.take(answer.page);
        pages.add(answer.page);
      }
      if ((answer.total ?? 0) !== this.rows) return void this.show(this.wanted);
      // A table that is kept by reference only has lost columns since it was shown.
      if ((answer.page?.columns.length ?? 0) < wanted.columnCount)
        return fail({ found: true, error: otherColumns });
      this.say();
      this.measureKept();
      this.render();
    });
  }

  /// The columns' names and types.
  private take({ columns, columnStart }: TablePage): void {
    columns.forEach((column, at) => {
      if (this.heads.has(columnStart + at)) return;
      this.heads.set(columnStart + at, column);
      this.isMeasured = false;
    });
  }

  /// Measures new columns. The first in view stays where it is, unless the cell that keys move would leave the view.
  private measureKept(): void {
    // It reads the layout.
    if (this.isMeasured) return;
    const { widths, goneLeft } = this;
    const { active } = this.selection;
    const isSeen = active && Math.abs(this.leftFor(active.column) - goneLeft) < 1;
    const first = widths.at(goneLeft);
    const over = goneLeft - widths.start(first);
    this.measure();
    let left = widths.start(first) + over;
    if (isSeen) left = this.leftFor(active.column, left);
    if (Math.abs(left - goneLeft) >= 1) this.goTo(() => {}, left);
  }

  private fail(answer: { found: boolean; error?: string } | null): void {
    if (answer && !answer.found) this.isGone = true;
    else this.problem = answer?.error || "The kernel does not answer.";
    this.isResting = true;
    this.say();
    this.render();
    // Not at once: each failure renders anew, and each render asks.
    if (this.isGone || answer?.error) return;
    setTimeout(() => {
      this.isResting = false;
      if (this.dom.isConnected && !this.isDestroyed) this.ask(this.window);
    }, 1000);
  }

  /// Shows other rows, or the same in another order, when the first of them have come: until then those
  /// before stay.
  private async show(view: View): Promise<void> {
    if (this.isGone) return this.say();
    this.wanted = view;
    // Before it is placed nothing is in view.
    const columns = this.scroller.clientWidth ? this.window.columns : [0, pageColumns];
    this.wait(true);
    const answer = await this.host.query("table_rows", {
      id: this.table_.id,
      sort: view.sort,
      filters: [...view.filters],
      start: 0,
      count: pageRows,
      columnStart: columns[0],
      columnCount: Math.max(1, columns[1] - columns[0]),
    });
    this.wait(false);
    // Another was asked for meanwhile.
    if (this.isDestroyed || view !== this.wanted) return;
    if (!answer?.found || answer.error || !answer.page) {
      this.wanted = this.view;
      this.problem = "";
      this.isResting = false;
      if (answer?.error) this.host.say?.(answer.error);
      if (!answer?.found || !answer.error) this.fail(answer);
      return;
    }
    this.problem = "";
    this.isResting = false;
    this.view = view;
    this.rows = answer.total ?? 0;
    this.isChanged = answer.changed ?? false;
    this.pages = new Pages(this.rows, this.table_.columns);
    this.scroll = new Scroll(this.rows, this.rowHeight);
    this.take(answer.page);
    this.pages.add(answer.page);
    if (this.selection.active && this.selection.active.row >= 0)
      this.selection.go({ row: this.rows ? 0 : -1, column: this.selection.active.column });
    this.goTo(() => this.scroll.go(0, this.seenHeight));
    this.measureKept();
    this.say();
    this.render();
  }

  // -- what is said -------------------------------------------------------------------------------

  private say(text = ""): void {
    const { sort, filters } = this.view;
    const parts = [
      sizeOf(this.table_, this.view, this.rows),
      ...viewOf(this.view, column => this.nameOf(column)),
    ];
    if (this.isChanged) parts.push("changed since it was shown");
    if (this.isWaiting) parts.push("computing…");
    if (this.isGone) parts.push("the kernel no longer has the other rows");
    if (this.problem) parts.push(this.problem);
    if (text) parts.push(text);
    this.bar.show(parts.join(" · "), {
      isChanged: sort !== null || filters.length > 0,
      hasCode: Boolean(this.host.insert && this.code()),
    });
  }

  private nameOf(column: number): string {
    return (this.heads.get(column)?.name ?? String(column)).replaceAll("\n", " ") || "values";
  }

  // -- what the user does -------------------------------------------------------------------------

  private sortBy(column: number): void {
    const { sort, filters } = this.wanted;
    const next =
      sort?.column !== column
        ? { column, descending: false }
        : sort.descending
          ? null
          : { column, descending: true };
    void this.show({ sort: next, filters });
  }

  private search(text: string): Promise<void> {
    const { sort, filters } = this.wanted;
    const others = filters.filter(({ column }) => column != null);
    const all: TableFilter[] = text ? [...others, { operator: "contains", value: text }] : others;
    return this.show({ sort, filters: all });
  }

  private goToRow(row: number): void {
    this.go(
      {
        row: Math.max(0, Math.min(row, this.rows - 1)),
        column: this.selection.active?.column ?? 0,
      },
      false,
    );
  }

  private openMenu(column: number): void {
    const head = this.heads.get(column);
    if (!head) return;
    this.menu?.remove();
    const filter = this.wanted.filters.find(filter => filter.column === column) ?? null;
    const menu = columnMenu(this.nameOf(column), head.type, head.isNumber, filter, chosen => {
      menu.dom.hidePopover();
      const { sort, filters } = this.wanted;
      const others = filters.filter(filter => filter.column !== column);
      void this.show({ sort, filters: chosen ? [...others, { ...chosen, column }] : others });
    });
    const { dom } = menu;
    this.menu = dom;
    this.dom.append(dom);
    // Keys in it are its own; Escape closes it, and not the way to the editor.
    dom.addEventListener("keydown", event => {
      event.stopPropagation();
      if (event.key !== "Escape") return;
      event.preventDefault();
      dom.hidePopover();
    });
    dom.addEventListener("toggle", event => {
      if ((event as ToggleEvent).newState !== "closed") return;
      if (dom.contains(document.activeElement) || document.activeElement === document.body)
        this.table.focus({ preventScroll: true });
      dom.remove();
    });
    dom.showPopover();
    this.holdAt(dom, column);
    dom.querySelector("select")?.focus({ preventScroll: true });
    const { id, filters } = this.asked;
    void this.host
      .query("table_profile", { id, column, filters })
      .then(profile => menu.tell(profile));
  }

  /// Keeps the menu below the head of its column while it is open: the result may move, as it does in the
  /// margin when it gets the focus, and the menu grows with the profile.
  private holdAt(menu: HTMLElement, column: number): void {
    const head = this.headRow.querySelector(`[data-column="${column}"]`);
    if (!menu.isConnected) return;
    if (head) {
      const { left, bottom } = head.getBoundingClientRect();
      menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
      menu.style.top = `${Math.max(8, Math.min(bottom, innerHeight - menu.offsetHeight - 8))}px`;
    }
    requestAnimationFrame(() => this.holdAt(menu, column));
  }

  private go(place: Place, isExtending: boolean): void {
    this.selection.go(place, isExtending);
    const show = () => place.row >= 0 && this.scroll.show(place.row, this.seenHeight);
    this.goTo(show, this.leftFor(place.column));
    this.render();
  }

  /// How far it is to be scrolled to the right for a column to be in view: as far as it is, if the column is.
  private leftFor(column: number, from = this.goneLeft): number {
    const { scroller, widths } = this;
    const stuck = this.isSticky ? 0 : this.labelsWidth;
    const seen = scroller.clientWidth - (this.isSticky ? this.labelsWidth : 0);
    const left = widths.start(column) + stuck;
    if (left < from) return left;
    const width = widths.of(column);
    return left + width > from + seen ? Math.min(left, left + width - seen) : from;
  }

  private onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.target !== this.table) return;
    const isMod = event.ctrlKey || event.metaKey;
    const { active } = this.selection;
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
    };
    if (event.altKey && !isMod) {
      if (event.key === "ArrowDown" && active) {
        done();
        this.openMenu(active.column);
      } else if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && active) {
        done();
        const by = event.key === "ArrowLeft" ? -10 : 10;
        this.widths.set(active.column, this.widths.of(active.column) + by);
        this.render();
      }
      return;
    }
    if (isMod && !event.shiftKey) {
      const act = {
        a: () => {
          this.selection.selectAll(this.rows, this.table_.columns);
          this.render();
        },
        c: () => void this.copy(),
        f: () => this.bar.open("search"),
        g: () => this.bar.open("row"),
      }[event.key.toLowerCase()];
      if (act) {
        done();
        return act();
      }
    }
    if (
      (event.key === "Enter" || event.key === " ") &&
      active?.row === -1 &&
      !isMod &&
      !event.shiftKey
    ) {
      done();
      return this.sortBy(active.column);
    }
    const to = this.selection.moved(
      event.key,
      this.rows,
      this.table_.columns,
      this.rowsInView,
      isMod,
    );
    if (!to) return;
    done();
    this.go(to, event.shiftKey);
  }

  private placeOf(target: EventTarget | null): Place | null {
    const cell = target instanceof Element ? target.closest<HTMLElement>("[data-column]") : null;
    if (!cell || !this.table.contains(cell)) return null;
    const row = cell.closest<HTMLElement>("tr")!.dataset.row;
    return { row: row === undefined ? -1 : Number(row), column: Number(cell.dataset.column) };
  }

  private onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    const target = event.target as Element;
    const place = this.placeOf(target);
    if (!place) return;
    if (target.closest(".rdit-grid-edge")) return this.resizeBy(event, place.column);
    if (place.row < 0 || event.pointerType !== "mouse") return;
    this.stay();
    // The focus, and no selection of the browser's.
    event.preventDefault();
    this.table.focus({ preventScroll: true });
    this.selection.go(place, event.shiftKey);
    this.render();
    const move = (event: PointerEvent) => {
      const to = this.placeOf(document.elementFromPoint(event.clientX, event.clientY));
      const { active } = this.selection;
      if (!to || to.row < 0 || (to.row === active?.row && to.column === active.column)) return;
      this.go(to, true);
    };
    follow(move);
  }

  private resizeBy(event: PointerEvent, column: number): void {
    event.preventDefault();
    event.stopPropagation();
    const from = event.clientX;
    const width = this.widths.of(column);
    const scale = this.dom.getBoundingClientRect().width / this.dom.offsetWidth || 1;
    follow(move => {
      this.widths.set(column, width + (move.clientX - from) / scale);
      this.render();
    });
  }

  private onClick(event: MouseEvent): void {
    const target = event.target as Element;
    const place = this.placeOf(target);
    if (!place || target.closest(".rdit-grid-edge")) return;
    if (place.row >= 0) {
      // A finger; the mouse has done this when it was pressed.
      if ((event as PointerEvent).pointerType !== "mouse") this.go(place, false);
      return;
    }
    if (target.closest(".rdit-grid-open")) return this.openMenu(place.column);
    this.selection.go(place);
    this.sortBy(place.column);
  }

  private onDoubleClick(event: MouseEvent): void {
    const place = this.placeOf(event.target);
    if (!place || !(event.target as Element).closest(".rdit-grid-edge")) return;
    const head = this.heads.get(place.column);
    if (!head) return;
    const [first, end] = this.shownRows;
    const texts = [...head.texts, ...head.name.split("\n"), head.type];
    for (let row = first; row < end; row++) {
      const cell = this.pages.cell(row, place.column);
      if (cell) texts.push(cell.text);
    }
    this.widths.set(place.column, Math.min(1200, widest(texts, this.font) + 24));
    this.render();
  }

  // -- what leaves the grid -----------------------------------------------------------------------

  /// Copies the selected cells: as they are shown, with tabs between them. All rows are asked of the
  /// library, which writes the values in full.
  private async copy(): Promise<void> {
    const { range } = this.selection;
    if (!range) return;
    const { rows, columns } = range;
    const [top, bottom] = rows;
    const isAll =
      bottom - top === this.rows - 1 && columns[1] - columns[0] === this.table_.columns - 1;
    const known =
      isAll && this.rows * this.table_.columns > 2000 ? null : this.pages.texts(rows, columns);
    this.wait(true);
    const text = known
      ? Promise.resolve(tabSeparated(known))
      : isAll
        ? allRows(this.host, this.asked, true, forClipboard, () => {}).then(all => all.join(""))
        : someRows(this.host, this.asked, rows, columns);
    let said = `${grouped(bottom - top + 1)} ${top === bottom ? "row" : "rows"} copied`;
    try {
      // Why there is no text comes first.
      await Promise.all([text, copyText(text)]);
    } catch (error) {
      said = "";
      this.host.say?.((error as Error).message);
    }
    if (this.isDestroyed) return;
    this.wait(false);
    this.say(said);
    // Only where nothing has the focus: while a slow copy lasts, the user may have begun to type elsewhere.
    if (document.activeElement === document.body) this.table.focus({ preventScroll: true });
  }

  private async save(): Promise<void> {
    const tell = (rows: number, total: number) =>
      rows < total && this.say(`saving ${grouped(rows)} of ${grouped(total)}…`);
    try {
      save(await allRows(this.host, this.asked, false, forFile, tell), "table.csv");
    } catch (error) {
      this.host.say?.((error as Error).message);
    }
    if (!this.isDestroyed) this.say();
  }

  private code(): string | null {
    const source = this.host.source?.();
    if (!source) return null;
    const columnAt = (at: number) => this.heads.get(at) ?? null;
    return asCode(this.table_, source.code, this.view, columnAt, source.script);
  }

  private insertCode(): void {
    const code = this.code();
    if (code) this.host.insert?.(this.dom, code);
  }
}

/// Follows the pointer until it is released.
function follow(move: (event: PointerEvent) => void): void {
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel"] as const)
    window.addEventListener(name, () => listening.abort(), { signal });
}
