// When a panel asks the kernel: only while it is seen, and one question at a time. What is wanted meanwhile
// is asked once, after the answer.

export class Asker {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = Infinity;
  private isAsking = false;
  private isWanted = false;
  /// After an await: the panel is gone.
  isDestroyed = false;

  /// `ask` asks, and takes the answer.
  constructor(
    private readonly ask: () => Promise<void>,
    private readonly isSeen: () => boolean,
  ) {}

  /// Asks within these milliseconds, unless it does so sooner.
  soon(wait: number) {
    const due = Date.now() + wait;
    if (due >= this.due || this.isDestroyed) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.now(), wait);
  }

  now() {
    clearTimeout(this.timer);
    this.due = Infinity;
    if (this.isDestroyed || !this.isSeen()) return;
    if (this.isAsking) this.isWanted = true;
    else void this.run();
  }

  destroy() {
    this.isDestroyed = true;
    clearTimeout(this.timer);
  }

  private async run() {
    this.isAsking = true;
    this.isWanted = false;
    try {
      await this.ask();
    } finally {
      this.isAsking = false;
      if (this.isWanted) this.now();
    }
  }
}
