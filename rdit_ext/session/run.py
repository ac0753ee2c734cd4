"""A run: one request to execute statements, what of it is sent to the runtime, and its progress.

It follows its own events; it knows neither its session nor a kernel.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..errors import RditError
from ..protocol import (
    Done,
    Error,
    Event,
    ExecuteRequest,
    OutputEvent,
    Plan,
    RunRequest,
    Status,
    StatusEvent,
)


@dataclass(eq=False)
class Run:
    """One request to execute statements, and how far it is."""

    # What a viewer sends, or a caller over HTTP has sent in its name.
    asked: RunRequest | ExecuteRequest
    allow_stdin: bool = False
    path: str | None = None
    # Each is called with events of the run as they come, and with the same as lines of JSON.
    listeners: list[Callable[[Sequence[Event], bytes], None]] = field(default_factory=list)
    # Why it could not be executed at all: what an HTTP caller gets in place of results.
    failure: RditError | None = None
    # Set by the `done` event.
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    # Set after `ended`, when the session has let go of the run: `failure` does not change any more.
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    # The monotonic time at which it was sent to the kernel; 0.0 before.
    began: float = 0.0
    # How often the user interrupted it; whether a client has ended or restarted the kernel; whether
    # the interrupt of one that does has come.
    presses: int = 0
    ended_by_others: bool = False
    overtaken: bool = False
    # Seconds, from its beginning, after which it is interrupted.
    timeout: float | None = None
    statuses: dict[int, Status] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.asked.run

    def request(self, os_path: str) -> dict[str, Any]:
        """The run as the runtime takes it: the `rdit` content of an `execute_request`. `os_path` is
        the script's file path, "" if it has none."""
        request: dict[str, Any] = msgspec.to_builtins(self.asked)
        return request | {"path": os_path}

    def observe(self, event: Event) -> None:
        """Follow an event of this run."""
        if isinstance(event, Plan):
            self.statuses = {s.node_index: "queued" for s in event.statements}
        elif isinstance(event, StatusEvent):
            self.statuses[event.node_index] = event.status
        elif isinstance(event, Done):
            self.ended.set()

    def recovered_statuses(self, node_index: int) -> list[Event]:
        """The status events that were lost when the process died at this statement: those before it
        have ended with `ok`, and it was running."""
        events: list[Event] = []
        for index, status in self.statuses.items():
            if index == node_index:
                if status == "queued":
                    events.append(StatusEvent(run=self.id, node_index=index, status="running"))
                break
            if status in ("queued", "running"):
                events.append(StatusEvent(run=self.id, node_index=index, status="ok"))
        return events

    def end_events(self, error: RditError) -> list[Event]:
        """Events that end its statements when the kernel cannot: the statement that ran gets the
        error as its last output, those after it the status `cancelled`."""
        events: list[Event] = []
        for position, index in enumerate(self.open_statements):
            if position == 0:
                name, message = type(error).__name__, str(error)
                output = Error(text=f"{name}: {message}\n", name=name, message=message, frames=[])
                events.append(OutputEvent(run=self.id, node_index=index, output=output))
            status: Status = "error" if position == 0 else "cancelled"
            events.append(StatusEvent(run=self.id, node_index=index, status=status))
        return events

    @property
    def open_statements(self) -> list[int]:
        """The nodeIndex of each statement that is running, then of each that is queued."""
        return [i for i, s in self.statuses.items() if s == "running"] + [
            i for i, s in self.statuses.items() if s == "queued"
        ]


def new_run_id() -> str:
    """An id for the run of an HTTP request. Viewers choose the ids of theirs."""
    return secrets.token_hex(8)
