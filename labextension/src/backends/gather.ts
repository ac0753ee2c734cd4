// Batches events per animation frame, since each batch costs one editor transaction.
import type { Event } from "../protocol";

// A hidden tab gets no animation frames, so a timer flushes there. It is started beside a requested
// frame too, since the tab may be hidden before the frame.
const TIMER_MS = 100;

/// Collects events and delivers them in batches, in order.
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
