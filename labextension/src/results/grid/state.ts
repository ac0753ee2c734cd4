// What the user has made of a grid. It is kept while the grid has no element, and for the table that the
// statement shows next, if that has the same columns.

import type { Table } from "../table";
import type { Place } from "./selection";
import type { View } from "./view";

export interface GridState {
  /// The columns, as `columnsOf` names them.
  readonly columns: string;
  readonly view: View;
  /// The first row in view, and how far it is scrolled to the right, in pixels.
  readonly row: number;
  readonly left: number;
  readonly active: Place | null;
  /// Of the columns that the user has resized.
  readonly widths: ReadonlyMap<number, number>;
}

/// Names the columns of a table, so that those of another can be compared with them.
export function columnsOf({ kind, columns, levels, page }: Table): string {
  return JSON.stringify([
    kind,
    columns,
    levels,
    page.columns.map(({ name, type }) => [name, type]),
  ]);
}

/// The states of the grids of an editor.
export class KeptStates {
  /// The longest unused first. What is shown is asked for its state when that is wanted.
  private readonly states = new Map<string, { readonly state: GridState }>();

  /// The state of the last grid in a place, if its table had the same columns.
  of(place: string, table: Table): GridState | null {
    const state = this.states.get(place)?.state;
    return state?.columns === columnsOf(table) ? state : null;
  }

  /// A grid stands in a place.
  set(place: string, grid: { readonly state: GridState }): void {
    this.states.delete(place);
    this.states.set(place, grid);
    for (const old of this.states.keys()) {
      if (this.states.size <= most) break;
      this.states.delete(old);
    }
  }

  /// The grid is no more: only its state is kept, unless another stands there.
  end(place: string, grid: { readonly state: GridState }): void {
    if (this.states.get(place) === grid) this.states.set(place, { state: grid.state });
  }
}

const most = 200;
