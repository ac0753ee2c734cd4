// Where the rows of a long table stand. Browsers limit how high an element may be (Firefox to 17.9
// million pixels, https://bugzilla.mozilla.org/show_bug.cgi?id=1422862), so the scrolled element is
// lower than a very long table. Then a small movement moves the rows by as much, and a large one, as of
// the scroll bar, in proportion. Pure.

const mostHeight = 8_000_000;

export class Scroll {
  /// How much of the table is above the view, in pixels.
  top = 0;
  /// How far the element is scrolled for that.
  seen = 0;

  constructor(
    readonly rows: number,
    readonly rowHeight: number,
  ) {}

  /// Of all rows.
  get whole(): number {
    return this.rows * this.rowHeight;
  }

  /// Of the scrolled element, without the head.
  get height(): number {
    return Math.min(this.whole, mostHeight);
  }

  /// Follows the scroll position. `room`: the height in which rows are seen.
  follow(scrollTop: number, room: number): void {
    const by = scrollTop - this.seen;
    this.seen = scrollTop;
    if (this.whole <= mostHeight) this.top = scrollTop;
    else if (Math.abs(by) > 3 * room || scrollTop <= 0 || scrollTop >= this.height - room)
      this.top = (scrollTop * (this.whole - room)) / Math.max(1, this.height - room);
    else this.top += by;
    this.top = Math.max(0, Math.min(this.top, this.whole - room));
  }

  /// The scroll position that stands for where the rows are, after small movements.
  settled(room: number): number {
    if (this.whole <= mostHeight) return this.top;
    return (this.top * (this.height - room)) / Math.max(1, this.whole - room);
  }

  /// Goes to a place without a movement of the browser's. Returns the scroll position for it.
  go(top: number, room: number): number {
    this.top = Math.max(0, Math.min(top, this.whole - room));
    this.seen = Math.round(this.settled(room));
    return this.seen;
  }

  /// The least movement that shows a row.
  show(row: number, room: number): number {
    const top = row * this.rowHeight;
    if (top < this.top) return this.go(top, room);
    if (top + this.rowHeight > this.top + room) return this.go(top + this.rowHeight - room, room);
    return this.seen;
  }

  /// Where a row stands in the scrolled element, below the head.
  place(row: number): number {
    return this.seen + row * this.rowHeight - this.top;
  }
}
