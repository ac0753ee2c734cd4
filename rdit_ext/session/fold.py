"""What the events of a session come to: the one place on the server that says it.

Pure: events in, state out. The log's snapshot and the answer to a blocking call are views of it.
The page has a fold of its own, `labextension/src/results/results.ts`: `tests/ui/snapshots.test.ts`
holds it to the snapshots that are made here.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator

from ..errors import unhandled
from ..protocol import (
    Answer,
    Attached,
    Clear,
    Display,
    Done,
    ErrorEvent,
    Event,
    Heat,
    Input,
    Output,
    OutputEvent,
    Plan,
    SessionEvent,
    StatusEvent,
    Stderr,
    Stdout,
    Truncated,
    Update,
)

# Of these states of a session only the last is kept. That a kernel died or a namespace was reset is
# kept whatever came after.
_PASSING = ("starting", "idle", "busy")


class Piece:
    """One output of a statement, or one place where something was left out, as it stands now."""

    __slots__ = ("_first", "_texts")

    def __init__(self, event: OutputEvent | Truncated) -> None:
        # The event that it began with. Events are never changed in place: others hold them too.
        self._first = event
        # The text of all events, where it is text: joined once, at the end, as appending to a
        # string for each piece of a long print loop would be quadratic.
        self._texts: list[str] = []

    @property
    def cut(self) -> Truncated | None:
        return self._first if isinstance(self._first, Truncated) else None

    def event(self) -> OutputEvent | Truncated:
        """The one event with the same outcome, numbered as the first."""
        first = self._first
        if not self._texts or not isinstance(first, OutputEvent):
            return first
        stream: type[Stdout | Stderr] = type(first.output)  # type: ignore[assignment]
        return _with_output(first, stream(text="".join(self._texts)))

    def join(self, event: OutputEvent | Truncated) -> bool:
        """Take in an event that goes on here; False if it does not."""
        first = self._first
        if isinstance(event, Truncated):
            if isinstance(first, Truncated):
                joined = copy.copy(event)
                joined.bytes += first.bytes
                joined.seq = first.seq
                self._first = joined
                return True
        elif isinstance(first, OutputEvent) and isinstance(event.output, (Stdout, Stderr)):
            before = first.output
            if isinstance(before, (Stdout, Stderr)) and type(before) is type(event.output):
                self._texts = self._texts or [before.text]
                self._texts.append(event.output.text)
                return True
        return False

    def end_tail(self) -> bool:
        """Drop the preview of the output that follows now; False if nothing else was here."""
        cut = self.cut
        if cut is not None and cut.tail:
            self._first = copy.copy(cut)
            self._first.tail = ""
            return self._first.bytes > 0
        return True

    def update(self, update: Update) -> None:
        """Show something else in the place of a display."""
        if isinstance(self._first, OutputEvent):
            display = Display(
                text=update.text,
                data=update.data,
                metadata=update.metadata,
                display_id=update.display_id,
            )
            self._first = _with_output(self._first, display)


class StatementFold:
    """One statement of one run: its last status, and what it shows."""

    __slots__ = ("clear_next", "heat", "pieces", "status")

    def __init__(self) -> None:
        self.status: StatusEvent | None = None
        # Where its time goes, while it runs.
        self.heat: Heat | None = None
        self.pieces: list[Piece] = []
        # The next output drops those before it.
        self.clear_next: Clear | None = None

    def add(self, event: OutputEvent | Truncated) -> Piece | None:
        """Take in an output; the new piece, unless it goes on with the last."""
        if self.clear_next is not None:
            self.clear()
        pieces = self.pieces
        if pieces and isinstance(event, OutputEvent) and not pieces[-1].end_tail():
            pieces.pop()
        if pieces and pieces[-1].join(event):
            return None
        pieces.append(Piece(event))
        return pieces[-1]

    def clear(self) -> None:
        """Show nothing."""
        self.pieces.clear()
        self.clear_next = None


class RunFold:
    """One run: its plan, how it ended, and its statements by nodeIndex."""

    __slots__ = ("done", "input", "plan", "statements")

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.done: Done | None = None
        # The question that waits for an answer.
        self.input: Input | None = None
        self.statements: dict[int, StatementFold] = {}

    def statement(self, node_index: int) -> StatementFold:
        found = self.statements.get(node_index)
        if found is None:
            found = self.statements[node_index] = StatementFold()
        return found

    def events(self) -> Iterator[Event]:
        """The shortest list of events with the same outcome, in no order."""
        yield from (event for event in (self.plan, self.done, self.input) if event is not None)
        for statement in self.statements.values():
            if statement.status is not None:
                yield statement.status
            if statement.heat is not None:
                yield statement.heat
            yield from (piece.event() for piece in statement.pieces)
            if statement.clear_next is not None:
                yield statement.clear_next


class SessionFold:
    """All runs of a session, and the states of the session that are worth keeping."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.runs: dict[str, RunFold] = {}
        self._states: list[SessionEvent] = []
        self._displays: dict[str, list[Piece]] = {}
        self.apply(events)

    def run(self, run: str) -> RunFold:
        found = self.runs.get(run)
        if found is None:
            found = self.runs[run] = RunFold()
        return found

    def apply(self, events: Iterable[Event]) -> None:
        """Take in events, in the order of their numbers. None of them is changed in place.

        Raises:
            TypeError: an event answers one viewer, and is no part of a session.
        """
        for event in events:
            if isinstance(event, StatusEvent):
                statement = self.run(event.run).statement(event.node_index)
                statement.status = event
                statement.heat = None
            elif isinstance(event, Heat):
                self.run(event.run).statement(event.node_index).heat = event
            elif isinstance(event, (OutputEvent, Truncated)):
                piece = self.run(event.run).statement(event.node_index).add(event)
                if piece is not None and isinstance(event, OutputEvent):
                    self._show(event.output, piece)
            elif isinstance(event, Update):
                for piece in self._displays.get(event.display_id, ()):
                    piece.update(event)
            elif isinstance(event, Clear):
                statement = self.run(event.run).statement(event.node_index)
                if not event.wait:
                    statement.clear()
                elif statement.clear_next is None:
                    statement.clear_next = event
            elif isinstance(event, Input):
                self.run(event.run).input = event if event.waiting else None
            elif isinstance(event, Plan):
                self.run(event.run).plan = event
            elif isinstance(event, Done):
                self.run(event.run).done = event
            elif isinstance(event, SessionEvent):
                if self._states and self._states[-1].state in _PASSING:
                    self._states.pop()
                self._states.append(event)
            elif isinstance(event, (Attached, ErrorEvent, Answer)):
                raise TypeError(f"{type(event).__name__} answers one viewer: it is of no session")
            else:
                unhandled(event)

    def events(self) -> list[Event]:
        """The shortest list of events with the same outcome, in the order of their numbers."""
        kept: list[Event] = list(self._states)
        for run in self.runs.values():
            kept += run.events()
        return sorted(kept, key=lambda event: event.seq)  # type: ignore[union-attr]

    def _show(self, output: Output, piece: Piece) -> None:
        if isinstance(output, Display) and output.display_id:
            self._displays.setdefault(output.display_id, []).append(piece)


def _with_output(event: OutputEvent, output: Output) -> OutputEvent:
    return OutputEvent(run=event.run, node_index=event.node_index, output=output, seq=event.seq)
