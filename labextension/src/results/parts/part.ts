// What a kind of output is: one object with all that depends on the kind. The kinds stand in
// index.ts.

import type { MimeRenderer, Rendered } from "../mime";
import type { Caps } from "../caps";
import type { Outcome } from "../results";
import type { Scripted } from "../scripts";
import type { Table } from "../table";
import type { FrameOpener } from "../traceback";

/// What the estimates of heights need to know of the screen. Lengths are in CSS pixels.
export interface Metrics extends Caps {
  /// Height of a line, the same in code and results.
  readonly lineHeight: number;
  /// Characters in a line of a result.
  readonly columns: number;
  /// Width of the results.
  readonly width: number;
}

/// What a result needs from the host.
export interface RenderContext {
  loadRenderer(): Promise<MimeRenderer>;
  /// Whether the host's renderer supports a MIME type that the results do not.
  isHosted?(mimeType: string): boolean;
  /// All outputs with scripts: some set something up for others.
  scripted?(): readonly Scripted[];
  openFrame(outcome: Outcome): FrameOpener;
  answerInput(text: string): void;
  /// Tells the user what went wrong.
  say?(text: string): void;
  /// A table as a grid; null if the kernel that showed it cannot be asked about it. `isValue`: the table
  /// is the value of the statement. Absent where no kernel is.
  grid?(table: Table, outcome: Outcome, isValue: boolean): Promise<Rendered | null>;
}

/// Where a part is shown.
export interface Surroundings {
  readonly outcome: Outcome;
  readonly context: RenderContext;
  /// The size of this element changes by itself: the caller is to observe it.
  watch(dom: Element): void;
}

/// A part in the DOM.
export interface PartView<P> {
  readonly dom: HTMLElement;
  /// A placeholder is shown while the content loads.
  readonly isLoading?: boolean;
  /// Shows another part of the same type, of this outcome. False if this view cannot: create another.
  update(part: P, outcome: Outcome): boolean;
  dispose(): void;
}

/// A kind of output, as it is shown. As words: words.ts. All but `view` and `preload` are pure.
export interface PartKind<P> {
  view(part: P, surroundings: Surroundings): PartView<P>;
  /// Starts to load what views of this kind will need.
  preload?(): void;
  /// Estimated height in CSS pixels; 0 if it takes up none. What is higher than the cap may be
  /// counted as a little higher than that.
  height(part: P, metrics: Metrics): number;
  /// Whether it is a figure, which may be higher than text.
  isFigure?(part: P): boolean;
  /// Whether there is anything to see.
  isVisible(part: P): boolean;
  /// Whether two parts of the same type look the same.
  equal(a: P, b: P): boolean;
}
