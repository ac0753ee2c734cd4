"""Publishes a session's events: to its log, which numbers them, its viewers, and their run."""

from __future__ import annotations

from typing import Protocol

from ..protocol import QUERIES, Attached, Event, SessionEvent
from ..wire.encode import frame
from .event_log import EventLog
from .run import Run


class Viewer(Protocol):
    """Receives a session's events. `send` neither blocks nor raises; `frame` is a JSON array of
    events, `seq` the number of its last one."""

    def send(self, frame: bytes, seq: int) -> None: ...


class Broadcast:
    """The log and the viewers of a session. `runs`: those that are queued or under way, by id."""

    def __init__(self, max_bytes: int, runs: dict[str, Run]) -> None:
        self.events = EventLog(max_bytes)
        self.viewers: set[Viewer] = set()
        self._runs = runs
        self._reported: SessionEvent | None = None

    def publish(self, events: list[Event]) -> None:
        """Number the events, send them to the viewers, and tell the runs that they are of."""
        if not events:
            return
        lines = self.events.append(events)
        if self.viewers:
            text = frame(lines)
            for viewer in self.viewers:
                viewer.send(text, self.events.seq)
        by_run: dict[str, list[int]] = {}
        for position, event in enumerate(events):
            run_id = None if isinstance(event, SessionEvent) else getattr(event, "run", None)
            if run_id in self._runs:
                by_run.setdefault(run_id, []).append(position)
        for run_id, positions in by_run.items():
            run = self._runs[run_id]
            found, text = events, lines
            if len(positions) < len(events):
                found = [events[i] for i in positions]
                text = b"".join(lines.splitlines(keepends=True)[i] for i in positions)
            for listener in run.listeners:
                listener(found, text)
            for event in found:
                run.observe(event)

    def report(self, event: SessionEvent) -> None:
        """Publish the state of the session, unless it is the one that was published last."""
        if self._reported is not None:
            event.seq = self._reported.seq
        if event != self._reported:
            self._reported = event
            self.publish([event])

    def attach(self, viewer: Viewer, since: int, log: str) -> tuple[Attached, list[Event]]:
        """Send all further events to the viewer. Returns what to send it first, as
        `Session.attach`."""
        self.viewers.add(viewer)
        missed = self.events.since(since) if since > 0 and log == self.events.id else None
        is_snapshot = missed is None
        if missed is None:
            missed = self.events.snapshot()
        attached = Attached(
            log=self.events.id,
            since=0 if is_snapshot else since,
            seq=self.events.seq,
            snapshot=is_snapshot,
            capabilities=list(QUERIES),
        )
        return attached, missed
