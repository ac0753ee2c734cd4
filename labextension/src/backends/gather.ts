// Events gathered into one batch per animation frame, since each batch is one editor transaction.
import type { Event } from "../protocol";

// A hidden tab has no frames: a timer then does the work. It also runs beside a frame that was asked
// for, because the tab may be hidden before the frame comes.
const TIMER_MS = 100;

export class Gather {
  private batch: Event[] = [];
  private frame = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly deliver: (events: readonly Event[]) => void) {}

  add(event: Event) {
    this.batch.push(event);
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.flush(), TIMER_MS);
    if (typeof requestAnimationFrame === "function")
      this.frame = requestAnimationFrame(() => this.flush());
  }

  flush() {
    this.cancel();
    const batch = this.batch;
    this.batch = [];
    if (batch.length) this.deliver(batch);
  }

  cancel() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = 0;
  }
}
