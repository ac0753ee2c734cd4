"""A session's log: its events in order, numbered, as many as its size allows.

It knows events and bytes; it knows neither viewers nor kernels. Events are encoded here once, and
every viewer and every HTTP caller is sent these bytes. A viewer that was away gets what came after
the last number it saw; one that is new, or was away too long, gets a snapshot: the shortest list of
events with the same outcome.
"""

from __future__ import annotations

import copy
import secrets
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ..protocol import Done, Event, OutputEvent, Plan, SessionEvent, Truncated
from ..wire.encode import encode, encode_lines
from .fold import SessionFold

# An output counts as large from 1/256 of the log's size on: by default, 128 KiB of 32 MiB.
_LARGE_SHARE = 256


@dataclass(frozen=True)
class _Batch:
    """Events that were published together, and the size of their JSON in bytes."""

    events: Sequence[Event]
    size: int


class EventLog:
    """The events of a session. `id` is the log's own, new in each server process; `seq` is the last
    number given, `max_bytes` the size of the kept events' JSON."""

    def __init__(self, max_bytes: int) -> None:
        self.id = secrets.token_hex(8)
        self.seq = 0
        self.max_bytes = max_bytes
        # The ids of the runs that kept events belong to.
        self.runs: set[str] = set()
        self._batches: deque[_Batch] = deque()
        self._size = 0
        # From this number on every event is kept as it was published; those before were merged.
        self._first = 1

    def append(self, events: Sequence[Event]) -> bytes:
        """Number the events, by setting their `seq`, and keep them. Returns them as JSON, a line
        each."""
        for event in events:
            self.seq += 1
            event.seq = self.seq  # type: ignore[union-attr]
            if isinstance(event, (Plan, Done)):
                self.runs.add(event.run)
        lines = encode_lines(events)
        self._batches.append(_Batch(events, len(lines)))
        self._size += len(lines)
        if self._size > self.max_bytes:
            self._shrink()
        return lines

    def since(self, seq: int) -> list[Event] | None:
        """The events after number `seq`; None if the log no longer has all of them as published."""
        if seq > self.seq or seq + 1 < self._first:
            return None
        batches = []
        for batch in reversed(self._batches):
            if batch.events[-1].seq <= seq:  # type: ignore[union-attr]
                break
            batches.append(batch)
        return [e for b in reversed(batches) for e in b.events if e.seq > seq]  # type: ignore[union-attr]

    def snapshot(self) -> list[Event]:
        """The shortest list of events with the same outcome as all that are kept. The last one has
        the log's `seq`: a viewer that resumes from there misses nothing and gets nothing twice."""
        events = SessionFold(e for b in self._batches for e in b.events).events()
        if events and events[-1].seq != self.seq:  # type: ignore[union-attr]
            events[-1] = copy.copy(events[-1])
            events[-1].seq = self.seq  # type: ignore[union-attr]
        return events

    def _shrink(self) -> None:
        """Shrink the log to half of its limit, in four steps until that is reached:

        1. merge events, as `snapshot` does;
        2. replace large outputs by notes, of whichever run: a large output never evicts small ones;
        3. drop whole runs that have ended, the oldest first;
        4. replace outputs of any size by notes, in the run under way too.
        """
        events = [(event, len(encode(event))) for event in self.snapshot()]
        # Hysteresis: at the limit itself every further batch would shrink the log again.
        room = self.max_bytes // 2
        events = _cut_largest(events, room, at_least=self.max_bytes // _LARGE_SHARE)
        total = sum(size for _, size in events)
        dropped: set[str] = set()
        for run in [event.run for event, _ in events if isinstance(event, Done)]:
            if total <= room:
                break
            dropped.add(run)
            total -= sum(size for event, size in events if getattr(event, "run", None) == run)
        kept = [
            (event, size)
            for event, size in events
            if isinstance(event, SessionEvent) or getattr(event, "run", None) not in dropped
        ]
        kept = _cut_largest(kept, room, at_least=0)
        self._batches = deque(_Batch([e], n) for e, n in kept)
        self._size = sum(n for _, n in kept)
        self.runs -= dropped
        self._first = self.seq + 1


def _cut_largest(
    events: list[tuple[Event, int]], room: int, at_least: int
) -> list[tuple[Event, int]]:
    """Replace outputs of `at_least` bytes or more by `truncated` events until all fits into `room`
    bytes: the largest first, and of those within a factor of two the oldest first."""
    excess = sum(size for _, size in events) - room
    outputs = [(event, size) for event, size in events if isinstance(event, OutputEvent)]
    let_go: set[int] = set()
    for event, size in sorted(outputs, key=lambda output: -output[1].bit_length()):
        if excess <= 0 or size < at_least:
            break
        let_go.add(event.seq)
        excess -= size
    return _cut(events, let_go) if let_go else events


def _cut(events: list[tuple[Event, int]], let_go: set[int]) -> list[tuple[Event, int]]:
    """Replace the outputs with these `seq` by `truncated` events, joining those in a row."""
    kept: list[tuple[Event, int]] = []
    for event, size in events:
        if isinstance(event, OutputEvent) and event.seq in let_go:
            last = kept[-1][0] if kept else None
            if (
                isinstance(last, Truncated)
                and last.run == event.run
                and last.node_index == event.node_index
            ):
                last.bytes += size
                continue
            event = Truncated(run=event.run, node_index=event.node_index, bytes=size, seq=event.seq)
            size = len(encode(event))
        kept.append((event, size))
    return kept
