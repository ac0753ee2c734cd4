// Rows stay in view for a moment when none of those gone to is known: their answer takes less, and draws them at once.
// Drawn without texts meanwhile, each cell would change its style twice. Where keys have gone, the element is not even
// scrolled until then, so that the answer waits for no frame that shows nothing new; what the browser has scrolled
// itself, by the wheel or the scroll bar, the rows follow.

/// How long, in milliseconds.
const holding = 100;

export interface Position {
  readonly top: number;
  readonly left: number;
}

export class Hold {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private mayHold = true;
  private drawn: Position = { top: 0, left: 0 };
  /// How far the element is scrolled while keys have gone elsewhere; null if it is where they have gone.
  from: Position | null = null;

  /// `ended`: called when the time is over.
  constructor(private readonly ended: () => void) {}

  /// Whether the rows before stay. `isKnown`: a cell gone to is; `isAsked`: there will be an answer.
  keeps(isKnown: boolean, isAsked: boolean): boolean {
    if (isKnown || !isAsked || !this.mayHold) {
      this.end(isKnown);
      return false;
    }
    this.timer ??= setTimeout(() => {
      this.end();
      this.ended();
    }, holding);
    return true;
  }

  /// Keeps nothing: not before a cell that is gone to is known, unless it `mayAgain`.
  end(mayAgain = false): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.mayHold = mayAgain;
  }

  /// Rows have been drawn at this place of the element, which is scrolled so far.
  draw(at: Position, scrolled: Position): void {
    this.drawn = { top: at.top - scrolled.top, left: at.left - scrolled.left };
  }

  /// Where they are to stand in an element that is scrolled so far, to be seen where they were.
  placeIn(scrolled: Position): Position {
    return { top: scrolled.top + this.drawn.top, left: scrolled.left + this.drawn.left };
  }

  /// Whether the element, which is scrolled so far, has been moved since keys went elsewhere.
  isMoved({ top, left }: Position): boolean {
    const { from } = this;
    return from !== null && (Math.abs(top - from.top) >= 1 || Math.abs(left - from.left) >= 1);
  }
}
