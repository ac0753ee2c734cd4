// Which cells are selected: a rectangle between two of them. Row -1 is the head. Pure.

export interface Place {
  readonly row: number;
  readonly column: number;
}

export class Selection {
  /// The cell that keys move; null if there is none yet.
  active: Place | null = null;
  /// The other corner.
  private anchor: Place | null = null;

  /// `isExtending`: the other corner stays.
  go(place: Place, isExtending = false): void {
    if (!isExtending || !this.anchor || place.row < 0) this.anchor = place;
    this.active = place;
  }

  selectAll(rows: number, columns: number): void {
    if (!rows || !columns) return;
    this.anchor = { row: 0, column: 0 };
    this.active = { row: rows - 1, column: columns - 1 };
  }

  /// First and last row and column; null if no cell is selected.
  get range(): { rows: readonly [number, number]; columns: readonly [number, number] } | null {
    const { active, anchor } = this;
    if (!active || !anchor || active.row < 0) return null;
    const row = Math.max(0, anchor.row);
    return {
      rows: [Math.min(active.row, row), Math.max(active.row, row)],
      columns: [Math.min(active.column, anchor.column), Math.max(active.column, anchor.column)],
    };
  }

  has(row: number, column: number): boolean {
    const { range } = this;
    if (!range) return false;
    const [top, bottom] = range.rows;
    const [left, right] = range.columns;
    return row >= top && row <= bottom && column >= left && column <= right;
  }

  /// Where a key leads; null if it is none that moves. `page`: rows in view. `isFar`: with Ctrl.
  moved(key: string, rows: number, columns: number, page: number, isFar: boolean): Place | null {
    const { row, column } = this.active ?? { row: -2, column: 0 };
    if (row === -2) return keys.has(key) ? { row: rows ? 0 : -1, column: 0 } : null;
    const place = (row: number, column: number): Place => ({
      row: Math.max(-1, Math.min(row, rows - 1)),
      column: Math.max(0, Math.min(column, columns - 1)),
    });
    switch (key) {
      case "ArrowDown":
        return place(isFar ? rows - 1 : row + 1, column);
      case "ArrowUp":
        return place(isFar ? 0 : row - 1, column);
      case "ArrowRight":
        return place(row, isFar ? columns - 1 : column + 1);
      case "ArrowLeft":
        return place(row, isFar ? 0 : column - 1);
      case "PageDown":
        return place(row + page, column);
      case "PageUp":
        return place(Math.max(0, row - page), column);
      case "Home":
        return isFar ? place(0, 0) : place(row, 0);
      case "End":
        return isFar ? place(rows - 1, columns - 1) : place(row, columns - 1);
      default:
        return null;
    }
  }
}

const keys = new Set([
  ...["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"],
  ...["PageDown", "PageUp", "Home", "End"],
]);
