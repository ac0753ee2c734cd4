"""Serves a run request, from its plan to its last event."""

from __future__ import annotations

import time
from typing import Any

from . import breakpoints, tracebacks
from .engine import Engine
from .heat import Heat
from .interrupts import Interrupts
from .main_module import UNNAMED
from .output_limits import Limits
from .plan import plan_script, plan_statements
from .run import Run
from .run_context import Within
from .run_events import RunEvents
from .statement import Statement
from .statement_events import plan_event, status_event
from .statement_sink import StatementSink

_clock = time.perf_counter


async def run_request(engine: Engine, request: dict[str, Any]) -> None:
    """Run what a request asks for.

    Errors of the user's code become events. An exception from here is a fault of the runtime.
    """
    limits = Limits(
        request.get("maxText"), request.get("maxDisplays"), request.get("maxDisplayBytes")
    )
    run_events = RunEvents(request["run"], engine.host.sender(), engine.host, limits)
    path = request.get("path") or UNNAMED
    run_id = request["run"]
    interrupts = Interrupts(path, lambda: engine.marker.presses(run_id), engine.marker.is_told)
    started = _clock()
    status = "error"
    exit_code = 0
    interrupts.install()
    engine.columns.take(request.get("columns"))
    engine.recursion_limit.take()
    engine.streams.bring_back()
    engine.excepthook.enter()
    try:
        debugging = breakpoints.taken(Run.step.__code__)
        with engine.host.during_run(), debugging:
            try:
                interrupts.armed = True
                statements = _plan(engine, request, path)
                interrupts.armed = False
            except SyntaxError as error:
                interrupts.armed = False
                _refuse(run_events, error)
            except KeyboardInterrupt:
                interrupts.armed = False
                run_events.add({"type": "plan", "run": run_events.run, "statements": []})
                status = "interrupted"
            else:
                # Where no timer is called during a statement, no thread is either.
                is_told = request.get("heat") and engine.host.has_timers
                heat = Heat(run_events, path) if is_told else None
                run = Run(engine, run_events, path, statements, interrupts, heat)
                status = await Within(engine.context.for_request(), run.execute(request))
                exit_code = run.exit_code
    finally:
        interrupts.remove()
        engine.recursion_limit.give_back()
        engine.columns.give_back()
        engine.streams.set_aside()
        engine.excepthook.leave()
        elapsed = round(_clock() - started, 6)
        run_events.add(
            {"type": "done", "run": run_events.run, "status": status, "elapsed": elapsed},
            more=True,
        )
        run_events.flush()
        if engine.router.forked:
            # A child that the script forked, and whose copy of the script has ended. It must
            # not go on as a second kernel: exit, with the status that a script would have.
            engine.streams.flush()
            engine.exit(exit_code if exit_code else 0 if status == "ok" else 1)


def _plan(engine: Engine, request: dict[str, Any], path: str) -> list[Statement]:
    engine.sources.add(path)
    if request.get("statements") is not None:
        return plan_statements(request["statements"], path)
    return plan_script(request["script"], path, *requested_lines(request))


def requested_lines(
    request: dict[str, Any],
) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """The range of lines that a request runs, if not all, and the only ranges in it, if any."""
    lines = request.get("lineRange")
    if not lines:
        return None, []
    only = [(each["from"], each["to"]) for each in request.get("lineRanges") or ()]
    return (lines["from"], lines["to"]), only


def _refuse(run_events: RunEvents, error: SyntaxError) -> None:
    """Report a script that does not parse as one failed statement at the line of the error."""
    sent: Statement | None = getattr(error, "statement", None)
    line = error.lineno or 1
    statement = sent or Statement(0, line, line, (error.text or "").rstrip("\r\n"))
    run_events.add(plan_event(run_events.run, [statement]), more=True)
    sink = StatementSink(run_events, statement.node_index)
    sink.output(tracebacks.describe_syntax(error), 1000)
    run_events.add(status_event(run_events.run, statement.node_index, "error", 0.0), more=True)
