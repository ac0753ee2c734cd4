// A table of the kernel's as a grid: what is in view of its rows and columns, in a real <table> within
// an element that scrolls. The first screen comes with the result; the rest is asked for in pages.
//
// All rows have one height, so that where a row stands is known before its cells have come, and nothing
// moves when they do.

import { copyText } from "../clipboard";
import type { Table } from "../table";
import { Bar } from "./bar";
import { drawHead, drawRows, drawWidths, idOf, tellWhole, type Drawn } from "./cells";
import { asCode } from "./code";
import { columnMenu, openBelow } from "./column_menu";
import { element, setAttribute } from "./dom";
import { Hold, type Position } from "./hold";
import type { GridHost } from "./host";
import { listen } from "./input";
import { sizeOf, viewOf } from "./said";
import { Scroll } from "./scroll";
import { grouped, headLines, rowsInView } from "./sizes";
import { Selection, type Place } from "./selection";
import { columnsOf, type GridState } from "./state";
import { TableData, type InView, type Range } from "./table_data";
import { allRows, mostSaved, save, selectedText } from "./texts";
import { filteredBy, filterOf, plain, searched, searchedFor, sortedBy } from "./view";
import { Widths, widest } from "./widths";

/// Rows and columns beyond those in view that have elements.
const spareRows = 6;
const spareColumns = 1;
/// After the last movement, in milliseconds.
const settling = 150;
/// After that, until what is beside the view is asked for.
const resting = 350;

let count = 0;

interface Window extends InView {
  /// How far it is to be scrolled.
  readonly scrollTop: number;
  readonly scrollLeft: number;
  /// How far it is.
  readonly scrolled: Position;
}

/// Long, as scroll position, sizes and what is drawn share what is in view.
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
  private readonly data: TableData;
  private readonly widths: Widths;
  private labelWidths: number[] = [];
  /// Heads whose columns have been measured.
  private measured = 0;
  private scroll: Scroll;
  private rowHeight = 20;
  /// How far it is scrolled to the right, or is to be. An element that was removed does not say it any more.
  private left = 0;
  private headHeight = 40;
  /// Empty until it is placed, before which nothing can be measured.
  private font = "";
  private settle: ReturnType<typeof setTimeout> | undefined;
  private isDestroyed = false;
  /// Rows beyond those in view that have elements: at first none, as each takes as long as one that is seen, and the frame
  /// with the result waits for it.
  private spare = 0;
  /// What has elements.
  private shownRows: Range = [0, 0];
  private readonly hold = new Hold(() => this.render());
  private menu: HTMLElement | null = null;
  /// Where it is to stand when it is placed and has the rows of its view.
  private place: GridState | null = null;
  private isRestoring = false;

  constructor(
    private readonly table_: Table,
    private readonly host: GridHost,
  ) {
    const { rows, columns } = table_;
    const data = (this.data = new TableData(table_, host, {
      inView: () => (this.scroller.clientWidth ? this.window : null),
      say: () => this.say(),
      came: () => this.came(),
      shown: () => this.shown(),
    }));
    this.widths = new Widths(columns);
    this.scroll = new Scroll(rows, this.rowHeight);
    this.bar = new Bar({
      searched: () => searched(data.wanted),
      search: text => void data.show(searchedFor(data.wanted, text)),
      goTo: row => this.goToRow(row),
      save: () => void this.save(),
      asCode: () => this.insertCode(),
      clear: () => void data.show(plain),
      leave: () => this.focus(),
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
      view: this.data.wanted,
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
      await this.data.show(state.view);
      this.isRestoring = false;
      // The user has chosen another view meanwhile, or the kernel has failed to make this one: the place was one
      // in other rows.
      if (this.data.view !== state.view) this.place = null;
    }
    if (state.active)
      this.selection.go({ ...state.active, row: Math.min(state.active.row, this.data.rows - 1) });
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
    this.data.end();
    this.sizes.disconnect();
    clearTimeout(this.settle);
    this.hold.end();
    this.menu?.remove();
  }

  private get levels(): number {
    return this.table_.levels.length;
  }

  private listen(): void {
    const { table, scroller, data, selection, widths } = this;
    const { columns } = this.table_;
    scroller.addEventListener("scroll", () => this.onScroll(), { passive: true });
    table.addEventListener("mouseover", event => tellWhole(event.target as Element));
    table.addEventListener("focus", () => {
      if (!selection.active) selection.go({ row: data.rows ? this.firstRow : -1, column: 0 });
      this.render();
    });
    listen(table, {
      active: () => selection.active,
      moved: (key, isFar) => selection.moved(key, data.rows, columns, this.rowsInView, isFar),
      go: (place, isExtending) => this.go(place, isExtending),
      press: (place, isExtending) => this.press(place, isExtending),
      selectAll: () => {
        selection.selectAll(data.rows, columns);
        this.render();
      },
      copy: () => void this.copy(),
      open: field => this.bar.open(field),
      sortBy: column => void data.show(sortedBy(data.wanted, column)),
      openMenu: column => this.openMenu(column),
      widthOf: column => widths.of(column),
      setWidth: (column, width) => this.setWidth(column, width),
      fit: column => this.fitColumn(column),
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
      this.scroll = new Scroll(this.data.rows, this.rowHeight);
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
    const { heads } = this.data;
    for (const [at, { name, type, texts }] of heads)
      columns.push({ at, texts, heads: [...name.split("\n"), type] });
    this.widths.measure(columns, this.font);
    this.measured = heads.size;
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
    return Math.min(Math.max(0, this.data.rows - 1), Math.ceil(this.scroll.top / this.rowHeight));
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
    this.data.mayFill = false;
    this.spare = spareRows;
    this.render();
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      this.settle = setTimeout(() => {
        this.data.mayFill = true;
        this.data.ask(this.window);
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
    const { rows } = this.data;
    const first = Math.floor(this.scroll.top / this.rowHeight);
    const seen = Math.ceil(this.seenHeight / this.rowHeight) + 1;
    const { scrolled } = this;
    const scrollTop = this.hold.from ? this.scroll.seen : scrolled.top;
    const scrollLeft = this.hold.from ? this.left : scrolled.left;
    const left = this.isSticky ? scrollLeft : scrollLeft - this.labelsWidth;
    const width = scroller.clientWidth - (this.isSticky ? this.labelsWidth : 0);
    return {
      seen: [first, Math.min(rows, first + seen)],
      rows: [Math.max(0, first - this.spare), Math.min(rows, first + seen + this.spare)],
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
      this.data.mayFill = false;
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
    const { window, table, scroller, scroll, widths, labelWidths, hold, data } = this;
    // The question leaves before what is there is drawn, which takes as long as a part of the answer.
    data.ask(window);
    const { rows, columns, seen, scrollTop, scrollLeft, scrolled } = window;
    this.sizeRoom();
    const isAsked = data.isAsking && this.body.firstChild !== null;
    if (hold.keeps(data.pages.hasAny(...seen, ...columns), isAsked)) {
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
    table.setAttribute("aria-rowcount", String(data.rows + 1));
    const { id, selection, isSticky, font } = this;
    const { heads, pages, view } = data;
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

  /// Cells have come.
  private came(): void {
    this.say();
    this.measureNew();
    this.render();
  }

  /// Another view has its first rows.
  private shown(): void {
    const { data, selection } = this;
    this.scroll = new Scroll(data.rows, this.rowHeight);
    const { active } = selection;
    if (active && active.row >= 0) selection.go({ row: data.rows ? 0 : -1, column: active.column });
    this.goTo(() => this.scroll.go(0, this.seenHeight));
    this.came();
  }

  /// Measures new columns. The first in view stays where it is, unless the cell that keys move would leave the view.
  private measureNew(): void {
    // It reads the layout.
    if (!this.font || this.measured === this.data.heads.size) return;
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

  private say(text = ""): void {
    const { data, table_: table } = this;
    const { sort, filters } = data.view;
    const parts = [
      sizeOf(table, data.view, data.rows),
      ...viewOf(data.view, column => data.nameOf(column)),
      ...data.said,
      ...(text ? [text] : []),
    ];
    this.bar.show(parts.join(" · "), {
      isChanged: sort !== null || filters.length > 0,
      hasCode: Boolean(this.host.insert && this.code()),
    });
  }

  // -- what the user does -------------------------------------------------------------------------

  private goToRow(row: number): void {
    this.go(
      {
        row: Math.max(0, Math.min(row, this.data.rows - 1)),
        column: this.selection.active?.column ?? 0,
      },
      false,
    );
  }

  private openMenu(column: number): void {
    const { data } = this;
    const head = data.heads.get(column);
    if (!head) return;
    this.menu?.remove();
    const filter = filterOf(data.wanted, column);
    const menu = columnMenu(data.nameOf(column), head.type, head.isNumber, filter, chosen => {
      menu.dom.hidePopover();
      void data.show(filteredBy(data.wanted, column, chosen));
    });
    this.menu = menu.dom;
    openBelow(
      menu.dom,
      this.dom,
      () => this.headRow.querySelector(`[data-column="${column}"]`),
      () => this.focus(),
    );
    const { id, filters } = data.asked;
    void this.host
      .query("table_profile", { id, column, filters })
      .then(profile => menu.tell(profile));
  }

  private focus(): void {
    this.table.focus({ preventScroll: true });
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

  private press(place: Place, isExtending: boolean): void {
    this.stay();
    this.focus();
    this.selection.go(place, isExtending);
    this.render();
  }

  private setWidth(column: number, width: number): void {
    this.widths.set(column, width);
    this.render();
  }

  private fitColumn(column: number): void {
    const { heads, pages } = this.data;
    const head = heads.get(column);
    if (!head) return;
    const [first, end] = this.shownRows;
    const texts = [...head.texts, ...head.name.split("\n"), head.type];
    for (let row = first; row < end; row++) {
      const cell = pages.cell(row, column);
      if (cell) texts.push(cell.text);
    }
    this.setWidth(column, Math.min(1200, widest(texts, this.font) + 24));
  }

  // -- what leaves the grid -----------------------------------------------------------------------

  private async copy(): Promise<void> {
    const { data, host } = this;
    const { range } = this.selection;
    if (!range) return;
    const [top, bottom] = range.rows;
    data.waiting.begin();
    const text = selectedText(host, data.asked, range, data.pages);
    let said = `${grouped(bottom - top + 1)} ${top === bottom ? "row" : "rows"} copied`;
    try {
      // Why there is no text comes first.
      await Promise.all([text, copyText(text)]);
    } catch (error) {
      said = "";
      host.say?.((error as Error).message);
    }
    data.waiting.end();
    if (this.isDestroyed) return;
    this.say(said);
    // Only where nothing has the focus: while a slow copy lasts, the user may have begun to type elsewhere.
    if (document.activeElement === document.body) this.focus();
  }

  private async save(): Promise<void> {
    const tell = (rows: number, total: number) =>
      rows < total && this.say(`saving ${grouped(rows)} of ${grouped(total)}…`);
    try {
      save(await allRows(this.host, this.data.asked, false, mostSaved, tell), "table.csv");
    } catch (error) {
      this.host.say?.((error as Error).message);
    }
    if (!this.isDestroyed) this.say();
  }

  private code(): string | null {
    const source = this.host.source?.();
    if (!source) return null;
    const { heads, view } = this.data;
    const columnAt = (at: number) => heads.get(at) ?? null;
    return asCode(this.table_, source.code, view, columnAt, source.script);
  }

  private insertCode(): void {
    const code = this.code();
    if (code) this.host.insert?.(this.dom, code);
  }
}
