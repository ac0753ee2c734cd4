// Keys and pointer in the table of a grid: what they do, as in spreadsheets.

import type { Field } from "./bar";
import type { Place } from "./selection";

/// How much wider a key makes a column, in pixels.
const keyWidth = 10;

export interface Actions {
  /// The cell that keys move; row -1 is the head.
  active(): Place | null;
  /// Where a key leads from there; null if it is none that moves. `isFar`: with Ctrl.
  moved(key: string, isFar: boolean): Place | null;
  /// Selects a cell, or up to it, and has it in view.
  go(place: Place, isExtending: boolean): void;
  /// The same of a cell that is seen, which does not move.
  press(place: Place, isExtending: boolean): void;
  selectAll(): void;
  copy(): void;
  open(field: Field): void;
  sortBy(column: number): void;
  openMenu(column: number): void;
  widthOf(column: number): number;
  setWidth(column: number, width: number): void;
  /// Makes a column as wide as what is seen of it.
  fit(column: number): void;
}

export function listen(table: HTMLElement, actions: Actions): void {
  table.addEventListener("keydown", event => {
    if (event.isComposing || event.target !== table) return;
    const act = actionOf(event, actions);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  table.addEventListener("pointerdown", event => onPointerDown(table, event, actions));
  table.addEventListener("click", event => onClick(table, event, actions));
  table.addEventListener("dblclick", event => {
    const place = placeOf(table, event.target);
    if (place && isEdge(event.target)) actions.fit(place.column);
  });
}

/// What a key does; null if nothing.
function actionOf(event: KeyboardEvent, actions: Actions): (() => void) | null {
  const { key, altKey, shiftKey } = event;
  const isMod = event.ctrlKey || event.metaKey;
  const active = actions.active();
  if (altKey && !isMod) {
    if (!active) return null;
    const { column } = active;
    const widen = (by: number) => actions.setWidth(column, actions.widthOf(column) + by);
    if (key === "ArrowDown") return () => actions.openMenu(column);
    if (key === "ArrowLeft") return () => widen(-keyWidth);
    if (key === "ArrowRight") return () => widen(keyWidth);
    return null;
  }
  if (isMod && !shiftKey) {
    const act = {
      a: () => actions.selectAll(),
      c: () => actions.copy(),
      f: () => actions.open("search"),
      g: () => actions.open("row"),
    }[key.toLowerCase()];
    if (act) return act;
  }
  if ((key === "Enter" || key === " ") && active?.row === -1 && !isMod && !shiftKey)
    return () => actions.sortBy(active.column);
  const to = actions.moved(key, isMod);
  return to && (() => actions.go(to, shiftKey));
}

function onPointerDown(table: HTMLElement, event: PointerEvent, actions: Actions): void {
  if (event.button !== 0) return;
  const place = placeOf(table, event.target);
  if (!place) return;
  if (isEdge(event.target)) return resize(table, event, place.column, actions);
  if (place.row < 0 || event.pointerType !== "mouse") return;
  // The focus, and no selection of the browser's.
  event.preventDefault();
  actions.press(place, event.shiftKey);
  follow(({ clientX, clientY }) => {
    const to = placeOf(table, document.elementFromPoint(clientX, clientY));
    const active = actions.active();
    if (!to || to.row < 0 || (to.row === active?.row && to.column === active.column)) return;
    actions.go(to, true);
  });
}

function resize(table: HTMLElement, event: PointerEvent, column: number, actions: Actions): void {
  event.preventDefault();
  event.stopPropagation();
  const from = event.clientX;
  const width = actions.widthOf(column);
  // The page may be zoomed.
  const scale = table.getBoundingClientRect().width / table.offsetWidth || 1;
  follow(({ clientX }) => actions.setWidth(column, width + (clientX - from) / scale));
}

function onClick(table: HTMLElement, event: MouseEvent, actions: Actions): void {
  const target = event.target as Element;
  const place = placeOf(table, target);
  if (!place || isEdge(target)) return;
  if (place.row >= 0) {
    // A finger; the mouse has done this when it was pressed.
    if ((event as PointerEvent).pointerType !== "mouse") actions.go(place, false);
  } else if (target.closest(".rdit-grid-open")) actions.openMenu(place.column);
  else {
    actions.press(place, false);
    actions.sortBy(place.column);
  }
}

const isEdge = (target: EventTarget | null) =>
  target instanceof Element && target.closest(".rdit-grid-edge") !== null;

function placeOf(table: HTMLElement, target: EventTarget | null): Place | null {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-column]") : null;
  if (!cell || !table.contains(cell)) return null;
  const row = cell.closest<HTMLElement>("tr")!.dataset.row;
  return { row: row === undefined ? -1 : Number(row), column: Number(cell.dataset.column) };
}

/// Follows the pointer until it is released.
function follow(move: (event: PointerEvent) => void): void {
  const listening = new AbortController();
  const { signal } = listening;
  window.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel"] as const)
    window.addEventListener(name, () => listening.abort(), { signal });
}
