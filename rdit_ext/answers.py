"""The answer to a blocking HTTP call: a run's events folded into one result for each statement.

Pure: events in, results out. It knows neither sessions nor HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable

from .errors import unhandled
from .protocol import (
    Attached,
    Clear,
    Complete,
    Display,
    Done,
    ErrorEvent,
    Event,
    Input,
    Inspect,
    Output,
    OutputEvent,
    Plan,
    Result,
    RunStatus,
    SessionEvent,
    StatementResult,
    StatusEvent,
    Stderr,
    Stdout,
    Truncated,
    Update,
    Variables,
)


class _Text:
    """Text of one stream in the pieces of its events. Joined once, at the end: appending to a
    string for each piece of a long print loop would be quadratic."""

    def __init__(self, stream: type[Stdout] | type[Stderr], text: str) -> None:
        self.stream = stream
        self.parts = [text]

    def output(self) -> Output:
        return self.stream(text="".join(self.parts))


class _Cut:
    """`size` bytes were left out here, by one `truncated` event or several in a row."""

    def __init__(self, size: int) -> None:
        self.size = size

    def output(self) -> Output:
        return Stderr(text=f"[{self.size} bytes left out]\n")


def _shows(output: Output) -> bool:
    """Whether there is anything to see. A MIME bundle may have no text/plain, or an empty one."""
    if isinstance(output, (Stdout, Stderr)):
        return bool(output.text)
    if isinstance(output, (Display, Result)):
        return bool(output.text) or any(value != "" for value in output.data.values())
    return True


class Answer:
    """Folds the events of one run. `status` and `reason` are those of its `done` event."""

    def __init__(self) -> None:
        self.status: RunStatus = "ok"
        self.reason = ""
        self._results: dict[int, StatementResult] = {}
        self._outputs: dict[int, list[Output | _Text | _Cut]] = {}
        self._clear_next: set[int] = set()

    def apply(self, events: Iterable[Event]) -> None:
        """Take in events of this run, in order. Events of statements that are in no plan are
        dropped."""
        for event in events:
            if isinstance(event, Plan):
                self._plan(event)
            elif isinstance(event, StatusEvent):
                result = self._results.get(event.node_index)
                if result is not None:
                    result.status = event.status
                    if event.elapsed is not None:
                        result.elapsed = event.elapsed
            elif isinstance(event, OutputEvent):
                self._append(event.node_index, event.output)
            elif isinstance(event, Truncated):
                self._append(event.node_index, _Cut(event.bytes))
            elif isinstance(event, Update):
                self._update(event)
            elif isinstance(event, Clear):
                if event.wait:
                    self._clear_next.add(event.node_index)
                elif event.node_index in self._outputs:
                    self._outputs[event.node_index].clear()
            elif isinstance(event, Done):
                self.status = event.status
                self.reason = event.reason
            elif isinstance(
                event,
                (Input, SessionEvent, Attached, ErrorEvent, Complete, Inspect, Variables),
            ):
                continue  # no part of a statement's result
            else:
                unhandled(event)

    def results(self) -> list[StatementResult]:
        """The result of every planned statement, in the order of the plan."""
        for index, result in self._results.items():
            result.output = [
                o.output() if isinstance(o, (_Text, _Cut)) else o
                for o in self._outputs[index]
                if not isinstance(o, _Cut) or o.size
            ]
            result.is_invisible = not any(_shows(output) for output in result.output)
        return list(self._results.values())

    def _plan(self, plan: Plan) -> None:
        for s in plan.statements:
            self._outputs[s.node_index] = []
            self._results[s.node_index] = StatementResult(
                node_index=s.node_index,
                line_start=s.line_start,
                line_end=s.line_end,
                is_expr=s.is_expr,
                is_invisible=True,
                status="queued",
                elapsed=0.0,
                output=[],
            )

    def _append(self, index: int, output: Output | _Cut) -> None:
        outputs = self._outputs.get(index)
        if outputs is None:
            return
        if index in self._clear_next:
            self._clear_next.remove(index)
            outputs.clear()
        last = outputs[-1] if outputs else None
        if isinstance(last, _Cut) and not last.size and not isinstance(output, _Cut):
            outputs.pop()  # the preview of the output that follows it now
            last = outputs[-1] if outputs else None
        if isinstance(output, _Cut) and isinstance(last, _Cut):
            last.size += output.size
        elif isinstance(output, (Stdout, Stderr)):
            if isinstance(last, _Text) and last.stream is type(output):
                last.parts.append(output.text)
            else:
                outputs.append(_Text(type(output), output.text))
        else:
            outputs.append(output)

    def _update(self, update: Update) -> None:
        for outputs in self._outputs.values():
            for i, output in enumerate(outputs):
                if isinstance(output, Display) and output.display_id == update.display_id:
                    outputs[i] = Display(
                        text=update.text,
                        data=update.data,
                        metadata=update.metadata,
                        display_id=update.display_id,
                    )
