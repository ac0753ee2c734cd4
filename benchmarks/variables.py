"""What the panel of variables costs, from the question over the websocket to its answer: of a few
names, of 10,000, and of a list of a million that is opened, at its end too."""

from __future__ import annotations

from statistics import median
from typing import Any

from server import Session, jupyter_server

TIMES = 30
# As the panel asks with a window of 30 rows.
ROWS = 90
PATH = [[{"kind": "name", "name": "many"}]]
SETUP = "few = [1, 2, 3]\nmany = list(range(1_000_000))\n"
NAMES = "for i in range(10_000): globals()[f'name{i}'] = [i]\n"


def _measure(session: Session) -> dict[str, float]:
    """Milliseconds until an answer."""

    def ask(**params: Any) -> float:
        params = {"limit": ROWS, "sort": "name", **params}
        return median(session.query("variables", params) for _ in range(TIMES)) * 1000

    session.run(SETUP)
    found = {"few": ask(), "opened": ask(opened=PATH), "end": ask(opened=PATH, offset=999_910)}
    session.run(NAMES)
    return {**found, "names": ask(), "bytes": ask(sort="bytes")}


def rows() -> list[tuple[str, str, str, str, bool]]:
    """(what, figure, against, ratio or promise, whether it holds)."""
    with jupyter_server() as server, server.session("variables") as session:
        found = _measure(session)
    few = found["few"]

    def row(what: str, key: str) -> tuple[str, str, str, str, bool]:
        ms = found[key]
        promise = f"{ms / few:.1f} times (promised: 100 ms)"
        return what, f"{ms:.1f} ms", f"{few:.1f} ms with 2 names", promise, ms <= 100

    return [
        row("variables: a list of 1e6, opened", "opened"),
        row("variables: its last rows", "end"),
        row("variables: 10,000 names", "names"),
        row("variables: 10,000 names by memory", "bytes"),
    ]
