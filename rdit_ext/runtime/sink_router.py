"""Finds the statement that calling code belongs to.

The `StatementSink` of the statement is in a context variable. Tasks and callbacks inherit it, so
that what they print later still belongs to the statement that started them. Threads do not inherit
context variables: `Thread.start` is replaced by a function that stores the sink on the thread. Text
of any other origin, such as a thread of a C library, belongs to the statement that is running.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable

from .statement_sink import StatementSink

_sink: contextvars.ContextVar[StatementSink | None] = contextvars.ContextVar(
    "rdit_sink", default=None
)
get_sink = _sink.get
_main = threading.main_thread().ident


class SinkRouter:
    """Finds the sink of the statement that calling code belongs to."""

    def __init__(self) -> None:
        # The sink of the statement that the main thread runs, and of the one it ran last.
        self.running: StatementSink | None = None
        self.last: StatementSink | None = None
        # Whether this process is a child that was forked from the kernel.
        self.forked = False

    def enter(self, sink: StatementSink) -> None:
        """Set the statement that the main thread runs."""
        _sink.set(sink)
        self.running = self.last = sink

    def leave(self) -> None:
        """Note that the main thread runs no statement."""
        _sink.set(None)
        self.running = None

    def divert(self, sink: StatementSink) -> Callable[[], None]:
        """Have what the caller puts out be this sink's. Returns what ends that."""
        before, running = get_sink(), self.running
        is_main = threading.get_ident() == _main
        _sink.set(sink)
        if is_main:
            self.running = sink

        def restore() -> None:
            # Unless another has it by now: a generator may end in another statement.
            if get_sink() is sink:
                _sink.set(before)
            if is_main and self.running is sink:
                self.running = running

        return restore

    @staticmethod
    def context(sink: StatementSink) -> contextvars.Context:
        """A context in which all that is put out is this sink's."""
        return SinkRouter.within(contextvars.Context(), sink)

    @staticmethod
    def within(context: contextvars.Context, sink: StatementSink) -> contextvars.Context:
        """This context, in which from now on all that is put out is this sink's."""
        context.run(_sink.set, sink)
        return context

    def find(self) -> StatementSink | None:
        """The sink of the calling code: by context variable, by thread, or else that of the
        running statement. None: no statement runs."""
        sink = get_sink()
        if sink is None:
            ident = threading.get_ident()
            if ident != _main:
                thread = threading._active.get(ident)  # type: ignore[attr-defined]
                sink = getattr(thread, "_rdit_sink", None)
            if sink is None:
                sink = self.running
        return sink
