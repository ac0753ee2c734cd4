"""`make bench`: every promise about speed and size, measured as a ratio within this run.

Exits with 1 when a promise does not hold. Figures move with the machine; the ratios are what
counts.
"""

from __future__ import annotations

import sys

import completion
import page
import pyodide
import statements


def main() -> int:
    rows = [*statements.rows(), *page.rows(), *completion.rows(), *pyodide.rows()]
    head = ("what", "rdit", "against", "ratio")
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(4)]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        mark = "" if len(row) == 4 else "  holds" if row[4] else "  DOES NOT HOLD"
        print(
            "  ".join(str(cell).ljust(width) for cell, width in zip(row[:4], widths, strict=True))
            + mark
        )
    return 0 if all(row[4] for row in rows if len(row) == 5) else 1


if __name__ == "__main__":
    sys.exit(main())
