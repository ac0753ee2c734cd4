// Which expressions a script's user watches, and what came of them last. Pure: no DOM, no kernel.

import type { EvaluateParams, EvaluateResult, Variable, Watched } from "../protocol";
import { Opened } from "./opened";

// As the server limits them.
export const MOST_WATCHED = 25;
export const MOST_EXPRESSION = 1_000;

export class WatchModel {
  readonly opened = new Opened();
  /// Whether a run has begun since the values were asked for.
  isOld = false;
  private list: readonly string[] = [];
  private readonly values = new Map<string, Watched>();

  get expressions(): readonly string[] {
    return this.list;
  }

  /// Adds one behind the others; false if it is there already, is none, or too much.
  add(text: string): boolean {
    return this.replace(this.list.length, text);
  }

  /// Puts another expression into a place; an empty one removes it. False: nothing was changed.
  replace(index: number, text: string): boolean {
    const expression = inOneLine(text);
    const before = this.list[index];
    if (!expression) return this.remove(index);
    if (this.list.includes(expression) || index >= MOST_WATCHED) return false;
    if (expression.length > MOST_EXPRESSION) return false;
    if (before !== undefined) this.forget(before);
    this.list = [...this.list.slice(0, index), expression, ...this.list.slice(index + 1)];
    return true;
  }

  remove(index: number): boolean {
    const expression = this.list[index];
    if (expression === undefined) return false;
    this.forget(expression);
    this.list = this.list.filter(each => each !== expression);
    return true;
  }

  /// What came of an expression; undefined if it was not evaluated yet.
  valueOf(expression: string): Watched | undefined {
    return this.values.get(expression);
  }

  params(): EvaluateParams {
    return { expressions: [...this.list], opened: this.opened.params };
  }

  /// Takes an answer; false if there are no values in it, as a run is on.
  take({ values, busy }: EvaluateResult): boolean {
    this.isOld = busy ?? false;
    if (busy) return false;
    for (const value of values)
      if (this.list.includes(value.expression)) this.values.set(value.expression, value);
    return true;
  }

  toggle(row: Variable): boolean {
    return this.opened.toggle(row);
  }

  private forget(expression: string) {
    this.values.delete(expression);
    this.opened.close([{ kind: "name", name: expression }]);
  }
}

/// A selection of several lines as a field shows it.
export const inOneLine = (text: string): string => text.trim().replace(/\s*[\r\n]\s*/g, " ");

/// The expressions as they are kept, or none.
export function readWatches(text: string | null): WatchModel {
  const model = new WatchModel();
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    if (Array.isArray(kept)) for (const each of kept) if (typeof each === "string") model.add(each);
  } catch {
    // Not a value of ours.
  }
  return model;
}
