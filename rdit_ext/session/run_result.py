"""The answer to a blocking HTTP call: the result of each statement of a run.

Pure: a folded run in, results out. It knows neither sessions nor HTTP.
"""

from __future__ import annotations

from ..protocol import Display, Output, StatementResult, Stderr, Stdout
from .fold import Piece, RunFold


def results(run: RunFold) -> list[StatementResult]:
    """The result of every planned statement, in the order of the plan."""
    if run.plan is None:
        return []
    found = []
    for planned in run.plan.statements:
        statement = run.statement(planned.node_index)
        status = statement.status
        output = [o for piece in statement.pieces for o in _outputs(piece)]
        found.append(
            StatementResult(
                node_index=planned.node_index,
                line_start=planned.line_start,
                line_end=planned.line_end,
                is_expr=planned.is_expr,
                is_invisible=not any(map(_shows, output)),
                status=status.status if status else "queued",
                elapsed=(status.elapsed if status else None) or 0.0,
                output=output,
            )
        )
    return found


def _outputs(piece: Piece) -> list[Output]:
    cut = piece.cut
    if cut is None:
        return [piece.event().output]  # type: ignore[union-attr]
    return [Stderr(text=f"[{cut.bytes} bytes left out]\n")] if cut.bytes else []


def _shows(output: Output) -> bool:
    """Whether there is anything to see. A MIME bundle may have no text/plain, or an empty one; one
    with nothing at all says so, but for the place that a later update fills."""
    if isinstance(output, (Stdout, Stderr)):
        return bool(output.text)
    if isinstance(output, Display) and output.display_id:
        return bool(output.text) or any(value not in ("", None) for value in output.data.values())
    return True
