"""A run: one request to execute statements, what the runtime is given of it, and how far it is.

It follows its own events; it knows neither its session nor a kernel.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import RditError
from .protocol import (
    Done,
    Error,
    Event,
    LineRange,
    OutputEvent,
    Plan,
    Statement,
    Status,
    StatusEvent,
)


@dataclass(eq=False)
class Run:
    """One request to execute statements, and how far it is."""

    id: str
    script: str = ""
    line_range: LineRange | None = None
    statements: list[Statement] | None = None
    stop_on_error: bool = True
    allow_stdin: bool = False
    # What a statement may write and show before a cut, where the viewer wants other than usual.
    max_text: int | None = None
    max_displays: int | None = None
    path: str | None = None
    listeners: list[Callable[[Sequence[Event]], None]] = field(default_factory=list)
    # Why it could not be executed at all, if so.
    failure: RditError | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    # The kernel is done with it too: nothing more is to be found out about it.
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    began: float = 0.0
    sent: bool = False
    # How often we interrupted it; or somebody did who ends the whole kernel.
    presses: int = 0
    overtaken: bool = False
    # Seconds from its beginning after which it is interrupted.
    timeout: float | None = None
    # It shall not begin, if it has not.
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    statuses: dict[int, Status] = field(default_factory=dict)

    @property
    def interrupted(self) -> bool:
        return self.presses > 0

    @property
    def cancelled(self) -> bool:
        return self.stopped.is_set()

    def cancel(self) -> None:
        """It shall not begin; whoever waits for it with a kernel that starts does so no longer."""
        self.stopped.set()

    def request(self, os_path: str) -> dict[str, Any]:
        """What the runtime is given."""
        request: dict[str, Any] = {
            "run": self.id,
            "script": self.script,
            "path": os_path,
            "stopOnError": self.stop_on_error,
        }
        if self.max_text is not None:
            request["maxText"] = self.max_text
        if self.max_displays is not None:
            request["maxDisplays"] = self.max_displays
        if self.line_range is not None:
            request["lineRange"] = {"from": self.line_range.from_, "to": self.line_range.to}
        if self.statements is not None:
            request["statements"] = [
                {
                    "code": s.code,
                    "nodeIndex": s.node_index,
                    "lineStart": s.line_start,
                    "lineEnd": s.line_end,
                    "isExpr": s.is_expr,
                }
                for s in self.statements
            ]
        return request

    def see(self, event: Event) -> None:
        if isinstance(event, Plan):
            self.statuses = {s.node_index: "queued" for s in event.statements}
        elif isinstance(event, StatusEvent):
            self.statuses[event.node_index] = event.status
        elif isinstance(event, Done):
            self.ended.set()

    def progress_to(self, node_index: int) -> list[Event]:
        """What was lost of its way to this statement, when its process ended there."""
        events: list[Event] = []
        for index, status in self.statuses.items():
            if index == node_index:
                if status == "queued":
                    events.append(StatusEvent(run=self.id, node_index=index, status="running"))
                break
            if status in ("queued", "running"):
                events.append(StatusEvent(run=self.id, node_index=index, status="ok"))
        return events

    def burial(self, error: RditError) -> list[Event]:
        """The end of its statements when the kernel cannot tell it: the one that ran gets the
        reason."""
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
        """Those that began and did not end, then those that did not begin."""
        return [i for i, s in self.statuses.items() if s == "running"] + [
            i for i, s in self.statuses.items() if s == "queued"
        ]


def new_run_id() -> str:
    return secrets.token_hex(8)
