"""Outputs as nbformat has them, within the limits of a statement's.

Of the text the head is kept and the tail; of what else there is the first and the last. What is
left out between is said before the tail.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .output_limits import DISPLAY_SIZE, Limits
from .text_tail import TextTail

Entry = dict[str, Any]


class CaughtOutputs:
    """The outputs of a block, or of a widget."""

    def __init__(self, limits: Limits):
        self._limits = limits
        # Each with its approximate characters. The text of a stream is a list of its parts.
        self._entries: list[tuple[Entry, int]] = []
        self._room = limits.head
        self._tail = TextTail()
        self._others = 0
        self._others_room = DISPLAY_SIZE
        self._last: tuple[Entry, int] | None = None
        # Characters that are left out.
        self._hidden = 0

    def __bool__(self) -> bool:
        return bool(self._entries or self._last or self._hidden or self._tail.size)

    def add_text(self, stream: str, text: str) -> None:
        """Add text of the stream `stdout` or `stderr`."""
        head, rest = text[: self._room], text[self._room :]
        if head:
            self._room -= len(head)
            last = self._entries[-1][0] if self._entries else {}
            if last.get("name") == stream:
                last["text"].append(head)
            else:
                entry = {"output_type": "stream", "name": stream, "text": [head]}
                self._entries.append((entry, 0))
        if rest:
            limit = self._limits.tail
            whole = self._tail.size + len(rest)
            self._tail.add(stream, rest[-limit:] if limit else "", limit)
            self._hidden += whole - self._tail.size

    def add(self, entry: Entry, size: int) -> None:
        """Add another output. `size`: approximate characters of its data."""
        self._others += 1
        self._others_room -= size
        if self._others <= self._limits.displays and self._others_room >= 0:
            self._entries.append((entry, size))
            return
        if self._last is not None:
            self._hidden += self._last[1]
        self._last = entry, size

    def add_all(self, outputs: Iterable[Entry]) -> None:
        """Add outputs of any origin."""
        for entry in outputs:
            if entry.get("output_type") == "stream":
                self.add_text(entry["name"], "".join(entry["text"]))
            else:
                texts = entry.get("data", {}).values()
                self.add(entry, sum(len(text) for text in texts if isinstance(text, str)))

    def extend(self, other: CaughtOutputs) -> None:
        """Add what another has."""
        for entry, size in other._entries:
            if entry.get("output_type") == "stream":
                self.add_text(entry["name"], "".join(entry["text"]))
            else:
                self.add(entry, size)
        if other._last is not None:
            self.add(*other._last)
        self._hidden += other._hidden
        for stream, text in other._tail:
            self.add_text(stream, text)

    def copy(self) -> CaughtOutputs:
        """Another one with the same outputs."""
        made = CaughtOutputs(self._limits)
        made.extend(self)
        return made

    def has_display(self, display_id: str) -> bool:
        """Whether a display with this id is among them."""
        return any(_display_id(entry) == display_id for entry, _ in self._all())

    def update(self, display_id: str, data: Entry, metadata: Entry) -> bool:
        """Replace the data of the displays with this id. Returns whether there are any."""

        def updated(entry: Entry) -> Entry:
            is_it = _display_id(entry) == display_id
            return {**entry, "data": data, "metadata": metadata} if is_it else entry

        is_here = self.has_display(display_id)
        if is_here:
            self._entries = [(updated(entry), size) for entry, size in self._entries]
            if self._last is not None:
                self._last = updated(self._last[0]), self._last[1]
        return is_here

    def _all(self) -> list[tuple[Entry, int]]:
        return self._entries if self._last is None else [*self._entries, self._last]

    def outputs(self) -> list[Entry]:
        """All of them, with text joined."""
        made: list[Entry] = []
        for entry, _ in self._all():
            if entry.get("output_type") == "stream":
                text = "".join(entry["text"])
                entry["text"][:] = [text]
                entry = {**entry, "text": text}
            made.append(entry)
        tail = list(self._tail)
        if self._hidden:
            stream = tail[0][0] if tail else "stdout"
            tail.insert(0, (stream, f"\n[{self._hidden} characters are not shown]\n"))
        # Joined first, as there may be many parts.
        joined: list[tuple[str, list[str]]] = []
        for stream, text in tail:
            if not joined or joined[-1][0] != stream:
                joined.append((stream, []))
            joined[-1][1].append(text)
        for stream, parts in joined:
            last = made[-1] if made else {}
            if last.get("name") == stream:
                last["text"] += "".join(parts)
            else:
                text = "".join(parts)
                made.append({"output_type": "stream", "name": stream, "text": text})
        return made


def _display_id(entry: Entry) -> object:
    return (entry.get("transient") or {}).get("display_id")
