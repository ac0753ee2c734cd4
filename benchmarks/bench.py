"""`make bench`: every promise about speed and size, measured as a ratio within this run.

Exits with 1 when a promise does not hold. Figures move with the machine; the ratios are what
counts. `python benchmarks/bench.py completion size` runs some parts alone, each in about a minute.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial

import completion
import heat
import names
import outputs
import page
import pyodide
import statements
import tables
import variables

Row = tuple[str, str, str, str, bool] | tuple[str, str, str, str]

PARTS: dict[str, Callable[[], list[Row]]] = {
    "statements": lambda: [*statements.rows()],
    "names": lambda: [*names.rows()],
    "typing": partial(page.rows, page.typing_rows),
    "analysis": partial(page.rows, page.analysis_rows),
    "scrolling": partial(page.rows, page.scrolling_rows),
    "size": page.size_rows,
    "completion": completion.rows,
    "variables": lambda: [*variables.rows()],
    "tables": tables.rows,
    "outputs": outputs.rows,
    "heat": heat.rows,
    "pyodide": lambda: [*pyodide.rows()],
}


def load() -> str:
    """How many processes wanted a core in the last minute."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores" if os.name == "posix" else ""


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No part {', '.join(unknown)}, only {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    before = load()
    rows: list[Row] = []
    for name in names or PARTS:
        print(f"{name}: {load()} …", file=sys.stderr, flush=True)
        rows += PARTS[name]()
    head = ("what", "rdit", "against", "ratio")
    widths = [max(len(str(row[column])) for row in [head, *rows]) for column in range(4)]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        mark = "" if len(row) == 4 else "  holds" if row[4] else "  DOES NOT HOLD"
        print(
            "  ".join(str(cell).ljust(width) for cell, width in zip(row[:4], widths, strict=True))
            + mark
        )
    print(f"The machine: {before} at the beginning, {load()} at the end.")
    return 0 if all(row[4] for row in rows if len(row) == 5) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
