"""Encodes events and answers as JSON, once for all who are sent them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ..protocol import Event

_ENCODER = msgspec.json.Encoder()
_FRAME_EVENTS = 500
_FRAME_BYTES = 1 << 20


def encode(value: Any) -> bytes:
    """JSON for the wire: of events, or of any other value that msgspec can encode."""
    try:
        return _ENCODER.encode(value)
    except (UnicodeEncodeError, OverflowError, ValueError):
        # A MIME bundle may hold a lone surrogate or an integer beyond 64 bits. msgspec refuses
        # both; JSON allows both (RFC 8259, sections 6 and 8.2).
        return json.dumps(msgspec.to_builtins(value)).encode()


def encode_lines(events: Sequence[Event]) -> bytes:
    """The events as JSON, each with a newline after it, and no other newline."""
    try:
        return _ENCODER.encode_lines(events)
    except (UnicodeEncodeError, OverflowError, ValueError):
        return b"".join(encode(event) + b"\n" for event in events)


def frame(lines: bytes) -> bytes:
    """The JSON array of what `encode_lines` gives."""
    return b"[" + lines[:-1].replace(b"\n", b",") + b"]"


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
