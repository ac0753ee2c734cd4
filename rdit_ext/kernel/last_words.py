"""What a kernel recorded in its shared file but could not send before it ended: plan and outputs.

Reads the file that the runtime leaves; its layout is described in the runtime's `crash_marker.py`,
`recorder.py` and `spill.py`. It knows neither kernels nor sessions.
"""

from __future__ import annotations

import struct
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..protocol import (
    Clear,
    Event,
    Output,
    OutputEvent,
    Plan,
    Result,
    Stderr,
    Stdout,
    Truncated,
)

# Offsets, sizes and record kinds as in the runtime's `recorder.py` and `spill.py`.
_SPILL = 1 << 19
_HEADER, _SENT, _BOX = 2048, 2056, 4096
_HALF = (_SPILL - _BOX) // 2
_END, _STDOUT, _STDERR, _RESULT, _OUTPUT, _CLEAR = range(6)
_HELD_STDOUT, _HELD_STDERR, _RELEASED, _LOST, _PLAN = range(6, 11)
_STATE, _ENDED, _KEPT = 1024, 1027, 1028
_KEPT_HEAD, _KEPT_HALF = 16 << 20, 1 << 18
# How much of a statement's output is kept, in bytes: the runtime's `output_limits.py`.
_MOST_HEAD, _MOST_TAIL = 512 * 1024, 64 * 1024
_frame = struct.Struct("<BI")
_record = struct.Struct("<IiBI")


def has_ended(path: Path | None) -> bool:
    """Whether the helper that reads the kernel's descriptors has seen their end-of-file: every
    process that could write to them has ended. True where there is no file."""
    try:
        if path is None:
            return True
        with path.open("rb") as file:
            file.seek(_ENDED)
            return file.read(1) != b"\0"
    except FileNotFoundError:
        return True


def read_sent(path: Path | None) -> int:
    """How many messages the run under way has sent; 0 where there is no file."""
    try:
        if path is None:
            return 0
        with path.open("rb") as file:
            file.seek(_SENT)
            data = file.read(4)
            return int.from_bytes(data, "little") if len(data) == 4 else 0
    except FileNotFoundError:
        return 0


def lacks_words(path: Path | None, run: str, messages: int) -> bool:
    """Whether the run has sent more than `messages` messages, and what was in the others is not
    all recorded."""
    if read_sent(path) <= messages:
        return False
    events, is_all = read_last_words(path, run, 0, messages)
    has_plan = messages > 0 or any(isinstance(event, Plan) for event in events)
    return not (is_all and has_plan) or any(isinstance(event, Truncated) for event in events)


def read_last_words(
    path: Path | None, run: str, node_index: int, messages: int
) -> tuple[list[Event], bool]:
    """The plan and outputs of a run that have not arrived, in order, and whether they are complete.

    `messages`: how many messages of the run have arrived; recorded outputs of later ones are
    missing. What was written to the descriptors is attributed to `node_index`, the statement that
    ran last.
    """
    try:
        if path is None:
            return [], True
        with path.open("rb") as file:
            data = file.read(_SPILL)
            if len(data) < _SPILL:
                return [], True
            events, is_all = _recorded(data, run, messages)
            if data[_STATE]:
                kept = _kept(file, struct.unpack_from("<IIIIQ", data, _KEPT), run, node_index)
                events += kept
    except FileNotFoundError:
        return [], True
    return events, is_all


def _recorded(data: bytes, run: str, messages: int) -> tuple[list[Event], bool]:
    half, lost = struct.unpack_from("<II", data, _HEADER)
    halves = [_BOX, _BOX + _HALF]
    events: list[Event] = []
    held: dict[int, list[tuple[int, int, bytes]]] = {}
    for at in reversed(halves) if half == 0 else halves:
        end = at + _HALF
        while at + _record.size <= end:
            number, node_index, kind, size = _record.unpack_from(data, at)
            if kind == _END or kind > _PLAN or at + _record.size + size > end:
                break
            at += _record.size
            said = data[at : at + size]
            at += size
            if kind in (_HELD_STDOUT, _HELD_STDERR):
                if not said:
                    held[node_index] = _last(held.get(node_index, []), number)
                held.setdefault(node_index, []).append((number, kind, said))
                continue
            if kind in (_RELEASED, _CLEAR):
                held.pop(node_index, None)
            if number >= messages:
                _add(events, run, node_index, kind, said.decode(errors="replace"))
    for node_index, texts in held.items():
        # The last record tells how many bytes before it were not in a message. Those that are not
        # recorded were dropped.
        missing = texts[-1][0] - sum(len(said) for _, _, said in texts[:-1])
        if missing > 0:
            events.append(Truncated(run=run, node_index=node_index, bytes=missing))
        for _, kind, said in texts:
            kind = _STDOUT if kind == _HELD_STDOUT else _STDERR
            if said:
                _add(events, run, node_index, kind, said.decode(errors="replace"))
    return events, lost <= messages


def _last(texts: list[tuple[int, int, bytes]], room: int) -> list[tuple[int, int, bytes]]:
    """The last `room` bytes of these records."""
    kept = []
    for number, kind, said in reversed(texts):
        if room <= 0:
            break
        kept.append((number, kind, said[-room:]))
        room -= len(said)
    kept.reverse()
    return kept


def _add(events: list[Event], run: str, node_index: int, kind: int, text: str) -> None:
    output: Output
    if kind in (_STDOUT, _STDERR):
        last = events[-1] if events else None
        if isinstance(last, OutputEvent) and last.node_index == node_index:
            before = last.output
            if isinstance(before, Stdout if kind == _STDOUT else Stderr):
                before.text += text
                return
        output = Stdout(text=text) if kind == _STDOUT else Stderr(text=text)
    elif kind == _RESULT:
        output = Result(text=f"{text}\n", data={"text/plain": text}, metadata={})
    elif kind in (_OUTPUT, _PLAN):
        try:
            if kind == _PLAN:
                events.append(msgspec.json.decode(text, type=Plan))
                return
            output = msgspec.json.decode(text, type=Output)
        except msgspec.MsgspecError:
            return  # none that is valid: the script has overwritten the record
    elif kind == _CLEAR:
        events.append(Clear(run=run, node_index=node_index))
        return
    elif kind == _LOST and text.isdecimal():
        events.append(Truncated(run=run, node_index=node_index, bytes=int(text)))
        return
    else:
        return
    events.append(OutputEvent(run=run, node_index=node_index, output=output))


def _kept(file: BinaryIO, size: tuple[int, ...], run: str, node_index: int) -> list[Event]:
    """What the helper process read from the descriptors: as events of this statement, with the
    middle left out where there is much, as for any output."""
    head, first, second, half, dropped = size
    halves = [(_SPILL + _KEPT_HEAD, first), (_SPILL + _KEPT_HEAD + _KEPT_HALF, second)]
    frames = _frames(file, _SPILL, min(head, _KEPT_HEAD))
    begin = _cut(frames, _MOST_HEAD)
    for start, length in reversed(halves) if half == 0 else halves:
        frames += _frames(file, start, min(length, _KEPT_HALF))
    frames.reverse()
    end = _cut(frames, _MOST_TAIL, last=True)
    end.reverse()
    missing = dropped + sum(len(data) for _, data in frames)
    events = _written(begin if missing else begin + end, run, node_index)
    if missing:
        events.append(Truncated(run=run, node_index=node_index, bytes=missing))
        events += _written(end, run, node_index)
    return events


def _frames(file: BinaryIO, start: int, length: int) -> list[tuple[int, bytes]]:
    file.seek(start)
    data = file.read(length)
    frames = []
    at = 0
    while at + _frame.size <= len(data):
        target, count = _frame.unpack_from(data, at)
        at += _frame.size
        frames.append((target, data[at : at + count]))
        at += count
    return frames


def _cut(frames: list[tuple[int, bytes]], room: int, last: bool = False) -> list[tuple[int, bytes]]:
    """Remove up to `room` bytes from the front of the list of frames, and return them. With `last`
    a frame that is split gives its last bytes rather than its first."""
    taken: list[tuple[int, bytes]] = []
    while frames and room:
        target, data = frames.pop(0)
        part = data[-room:] if last else data[:room]
        rest = data[: len(data) - len(part)] if last else data[len(part) :]
        taken.append((target, part))
        room -= len(part)
        if rest:
            frames.insert(0, (target, rest))
    return taken


def _written(frames: list[tuple[int, bytes]], run: str, node_index: int) -> list[Event]:
    events: list[Event] = []
    for target, parts in groupby(frames, key=itemgetter(0)):
        text = b"".join(data for _, data in parts).decode(errors="replace")
        output: Output = Stderr(text=text) if target == 2 else Stdout(text=text)
        events.append(OutputEvent(run=run, node_index=node_index, output=output))
    return events
