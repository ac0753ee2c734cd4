// Whether something is waited for that takes long enough to be said.

/// How long that is, in milliseconds.
const slow = 250;

export class Waiting {
  /// How many questions have no answer yet.
  private count = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /// Until the last of them is answered.
  isLong = false;

  /// `changed`: called when `isLong` has changed.
  constructor(private readonly changed: () => void) {}

  begin(): void {
    if (++this.count > 1) return;
    this.timer = setTimeout(() => {
      this.isLong = true;
      this.changed();
    }, slow);
  }

  end(): void {
    if (--this.count) return;
    this.stop();
    if (!this.isLong) return;
    this.isLong = false;
    this.changed();
  }

  /// Nobody is to be told any more.
  stop(): void {
    clearTimeout(this.timer);
  }
}
