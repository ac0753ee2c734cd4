// Which values are opened, by the paths of their rows. Pure: no DOM, no kernel.

import type { Step, Variable } from "../protocol";

// As the server limits them.
const MOST_OPENED = 500;
const MOST_STEPS = 50;
const MOST_NAME = 1_000;

/// The path of a row.
export const pathOf = ({ name, path }: Variable): readonly Step[] =>
  path?.length ? path : [{ kind: "name", name }];

/// By which a path is known: where a key or a column stands may change, an item is its place.
export const keyOf = (path: readonly Step[]): string =>
  JSON.stringify(path.map(({ kind, name, index }) => [kind, name, kind === "item" ? index : 0]));

export class Opened {
  private readonly paths = new Map<string, readonly Step[]>();

  /// As a question has them.
  get params() {
    return [...this.paths.values()] as [Step, ...Step[]][];
  }

  has(row: Variable): boolean {
    return this.paths.has(keyOf(pathOf(row)));
  }

  /// Opens a row, or closes it; false if there is nothing to open, or too much is.
  toggle(row: Variable, open = !this.has(row)): boolean {
    const path = pathOf(row);
    if (!open) {
      this.close(path);
      return true;
    }
    if (!row.opens || this.paths.size >= MOST_OPENED || path.length > MOST_STEPS) return false;
    if (path.some(({ name }) => name.length > MOST_NAME)) return false;
    this.paths.set(keyOf(path), path);
    return true;
  }

  /// With what is opened below it: opened again, it shows one level.
  close(path: readonly Step[]) {
    const key = keyOf(path);
    const start = key.slice(0, -1);
    for (const each of [...this.paths.keys()])
      if (each === key || each.startsWith(`${start},`)) this.paths.delete(each);
  }
}
