"""The events that tell what a run does: its plan, and the status of its statements."""

from __future__ import annotations

from collections.abc import Sequence

from .run_events import Event
from .statement import Statement
from .utf8 import clean


def plan_event(
    run: str,
    statements: list[Statement],
    reloaded: Sequence[str] = (),
    outdated: Sequence[str] = (),
) -> Event:
    event: Event = {
        "type": "plan",
        "run": run,
        "statements": [_planned(statement) for statement in statements],
    }
    if reloaded:
        event["reloaded"] = list(reloaded)
    if outdated:
        event["outdated"] = list(outdated)
    return event


def _planned(statement: Statement) -> Event:
    planned: Event = {
        "nodeIndex": statement.node_index,
        "lineStart": statement.line_start,
        "lineEnd": statement.line_end,
        "isExpr": statement.is_expr,
        "source": clean(statement.source),
    }
    reads, binds = statement.names
    if reads:
        planned["reads"] = list(reads)
    if binds:
        planned["binds"] = list(binds)
    return planned


def status_event(run: str, node_index: int, status: str, elapsed: float | None = None) -> Event:
    if elapsed is None:
        return {"type": "status", "run": run, "nodeIndex": node_index, "status": status}
    return {
        "type": "status",
        "run": run,
        "nodeIndex": node_index,
        "status": status,
        "elapsed": elapsed,
    }
