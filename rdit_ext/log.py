"""A session's log: its events in order, numbered, as many as its size allows.

It knows events and bytes; it knows neither viewers nor kernels. Events are encoded here once, and
every viewer is sent the same bytes. A viewer that was away gets what came after the last number
it saw; one that is new, or was away too long, gets a snapshot: the shortest list of events with
the same outcome.
"""

from __future__ import annotations

import copy
import json
import secrets
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

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
    OutputEvent,
    Plan,
    SessionEvent,
    StatusEvent,
    Stderr,
    Stdout,
    Truncated,
    Update,
    Variables,
)

_ENCODER = msgspec.json.Encoder()
_FRAME_EVENTS = 500
_FRAME_BYTES = 1 << 20
# An output counts as large from 1/256 of the log's size on: by default, 128 KiB of 32 MiB.
_LARGE_SHARE = 256


def encode(value: Any) -> bytes:
    """JSON for the wire: of events, or of any other value that msgspec can encode."""
    try:
        return _ENCODER.encode(value)
    except (UnicodeEncodeError, OverflowError, ValueError):
        # A MIME bundle may hold a lone surrogate or an integer beyond 64 bits. msgspec refuses
        # both; JSON allows both (RFC 8259, sections 6 and 8.2).
        return json.dumps(msgspec.to_builtins(value)).encode()


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
        """Number the events, by setting their `seq`, and keep them. Returns the frame for the
        viewers: a JSON array."""
        for event in events:
            self.seq += 1
            event.seq = self.seq  # type: ignore[union-attr]
            if isinstance(event, (Plan, Done)):
                self.runs.add(event.run)
        frame = encode(events)
        self._batches.append(_Batch(events, len(frame)))
        self._size += len(frame)
        if self._size > self.max_bytes:
            self._shrink()
        return frame

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
        events = compact(e for b in self._batches for e in b.events)
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


class _Statement:
    """The output events of one statement that still count, and a `clear` that waits for the
    next."""

    def __init__(self) -> None:
        self.outputs: list[OutputEvent | Truncated] = []
        self.clear_next: Clear | None = None


def _without_tail(of: _Statement, kept: dict[int, Event]) -> OutputEvent | Truncated | None:
    """Remove the tail of a statement's last `truncated` event; the statement's last output then."""
    last = of.outputs[-1]
    if isinstance(last, Truncated) and last.bytes:
        cut = copy.copy(last)
        cut.tail = ""
        of.outputs[-1] = kept[cut.seq] = cut
        return cut
    kept.pop(of.outputs.pop().seq)
    return of.outputs[-1] if of.outputs else None


def compact(events: Iterable[Event]) -> list[Event]:
    """The shortest list of events with the same outcome as these, in the order of their numbers.

    Text of one stream is joined, and so are `truncated` events in a row; of the statuses of a
    statement the last is kept; an update is applied to its display; cleared outputs are dropped.
    Events are copied, never changed in place, as the log and other callers hold them.

    Raises:
        TypeError: an event answers one viewer, and has no place in a log.
    """
    kept: dict[int, Event] = {}
    statements: dict[tuple[str, int], _Statement] = {}
    statuses: dict[tuple[str, int], int] = {}
    inputs: dict[str, int] = {}
    displays: dict[str, list[tuple[_Statement, int]]] = {}
    parts: dict[int, list[str]] = {}
    last_session: SessionEvent | None = None

    def statement(run: str, index: int) -> _Statement:
        return statements.setdefault((run, index), _Statement())

    def forget(found: _Statement) -> None:
        for event in found.outputs:
            kept.pop(event.seq, None)
            parts.pop(event.seq, None)
        found.outputs = []
        if found.clear_next is not None:
            kept.pop(found.clear_next.seq, None)
            found.clear_next = None

    for event in events:
        if isinstance(event, StatusEvent):
            before = statuses.get((event.run, event.node_index))
            if before is not None:
                kept.pop(before, None)
            statuses[event.run, event.node_index] = event.seq
            kept[event.seq] = event
        elif isinstance(event, (OutputEvent, Truncated)):
            of = statement(event.run, event.node_index)
            if of.clear_next is not None:
                forget(of)
            last = of.outputs[-1] if of.outputs else None
            if isinstance(event, OutputEvent) and isinstance(last, Truncated) and last.tail:
                # The tail was a preview of the output that follows it now.
                last = _without_tail(of, kept)
            if isinstance(event, OutputEvent) and isinstance(event.output, (Stdout, Stderr)):
                if isinstance(last, OutputEvent) and type(last.output) is type(event.output):
                    parts.setdefault(last.seq, [last.output.text]).append(event.output.text)
                    continue
            elif isinstance(event, Truncated):
                if isinstance(last, Truncated):
                    joined = Truncated(
                        run=event.run,
                        node_index=event.node_index,
                        bytes=last.bytes + event.bytes,
                        tail=event.tail,
                        seq=last.seq,
                    )
                    of.outputs[-1] = kept[last.seq] = joined
                    continue
            elif isinstance(event.output, Display) and event.output.display_id:
                displays.setdefault(event.output.display_id, []).append((of, event.seq))
            of.outputs.append(event)
            kept[event.seq] = event
        elif isinstance(event, Update):
            for _, seq in displays.get(event.display_id, []):
                shown = kept.get(seq)
                if isinstance(shown, OutputEvent):
                    output = Display(
                        text=event.text,
                        data=event.data,
                        metadata=event.metadata,
                        display_id=event.display_id,
                    )
                    kept[seq] = OutputEvent(
                        run=shown.run, node_index=shown.node_index, output=output, seq=seq
                    )
        elif isinstance(event, Clear):
            of = statement(event.run, event.node_index)
            if not event.wait:
                forget(of)
            elif of.clear_next is None:
                of.clear_next = kept[event.seq] = event
        elif isinstance(event, Input):
            before = inputs.pop(event.run, None)
            if before is not None:
                kept.pop(before, None)
            if event.waiting:
                inputs[event.run] = event.seq
                kept[event.seq] = event
        elif isinstance(event, SessionEvent):
            # Passing states are dropped. That a kernel died or a namespace was reset is kept.
            if last_session is not None and last_session.state in ("starting", "idle", "busy"):
                kept.pop(last_session.seq, None)
            last_session = event
            kept[event.seq] = event
        elif isinstance(event, (Plan, Done)):
            kept[event.seq] = event
        elif isinstance(event, (Attached, ErrorEvent, Complete, Inspect, Variables)):
            raise TypeError(f"{type(event).__name__} answers one viewer: it is never in a log")
        else:
            unhandled(event)
    for seq, texts in parts.items():
        first = kept.get(seq)
        if isinstance(first, OutputEvent):
            stream = type(first.output)
            kept[seq] = OutputEvent(
                run=first.run,
                node_index=first.node_index,
                output=stream(text="".join(texts)),  # type: ignore[call-arg]
                seq=seq,
            )
    return [kept[seq] for seq in sorted(kept)]


def frames(events: Sequence[Event]) -> Iterable[bytes]:
    """The events as JSON arrays of at most 500 events and, but for a larger single one, 1 MiB."""
    pending: list[bytes] = []
    size = 0
    for event in events:
        text = encode(event)
        if pending and (size + len(text) > _FRAME_BYTES or len(pending) >= _FRAME_EVENTS):
            yield b"[" + b",".join(pending) + b"]"
            pending, size = [], 0
        pending.append(text)
        size += len(text)
    if pending:
        yield b"[" + b",".join(pending) + b"]"
