// What a widget's state has come to by which changes. The code of a widget may keep what it made of them, in what its
// `initialize` listens to: each frame runs that code anew, and so gets the changes one by one.

export type State = Record<string, unknown>;

/// What a frame starts from: changes that were made to a state, in their order.
export interface Past {
  readonly state: State;
  readonly changes: readonly State[];
}

/// So many changes are kept before they are joined, and again so many until a frame is asked again. One that does not
/// answer is not waited for.
const patience = 300;
const mostChanges = 4 * patience;

export class History {
  /// Whether only the latest state matters, as nothing listens to changes before there is a view.
  isPlain = false;
  private base: State;
  private changes: State[] = [];
  /// How many changes there have been before `changes`.
  private joined = 0;

  constructor(private readonly now: () => State) {
    this.base = now();
  }

  /// Notes a change. `ask`: asks a frame for what it has made of the changes; returns whether there is one.
  add(change: State, ask: () => boolean): void {
    if (this.isPlain) return;
    const count = this.changes.push(change);
    if (count % patience === 0 && (count === mostChanges || !ask())) this.join();
  }

  get past(): Past {
    return this.isPlain
      ? { state: this.now(), changes: [] }
      : { state: this.base, changes: this.changes };
  }

  /// The number of changes until now: `join` takes it.
  get count(): number {
    return this.joined + this.changes.length;
  }

  /// `state` is what a frame has made of the first `count` changes.
  join(state: State = this.now(), count = this.count): void {
    const gone = count - this.joined;
    if (gone < 0) return;
    this.base = state;
    this.changes = this.changes.slice(gone);
    this.joined = count;
  }
}
