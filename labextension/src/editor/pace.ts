// How fast the code scrolls. Of what rushes by nothing can be read: nothing is made for it in the frames that scroll.

/// Milliseconds that a speed is taken over.
const period = 100;
/// Milliseconds after which code that no event has moved stands still: longer than frames are late.
const pause = 200;
/// Windows a second.
const fast = 2.5;
/// A speed needs as many events, however far apart busy frames are: the first few of a gesture, and a jump, have none.
const enough = 4;

/// The speed of one scroller.
export class Pace {
  private readonly moves: { readonly at: number; readonly top: number }[] = [];
  private timer = 0;

  /// `slowed`: called when what was fast is so no longer.
  constructor(private readonly slowed: () => void) {}

  /// It has rushed by until a moment ago.
  get isFast(): boolean {
    return this.timer !== 0;
  }

  /// The window, so high, is at `top` now.
  moved(top: number, height: number, now = performance.now()): void {
    const { moves } = this;
    if (moves.length && now - moves[moves.length - 1].at > pause) moves.length = 0;
    while (moves.length >= enough && now - moves[0].at > period) moves.shift();
    moves.push({ at: now, top });
    const [first] = moves;
    const speed = Math.abs(top - first.top) / height / ((now - first.at) / 1000);
    if (moves.length >= enough && speed > fast) {
      clearTimeout(this.timer);
      this.timer = setTimeout(this.stop, pause) as unknown as number;
    } else if (this.isFast && moves.length >= enough) this.stop();
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  private readonly stop = () => {
    this.destroy();
    this.slowed();
  };
}
