"""The end of a statement's text that is beyond its limit."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from .utf8 import clean, count_bytes


class TextTail:
    """A ring of text by stream, of which the oldest is dropped."""

    __slots__ = ("_parts", "bytes", "size")

    def __init__(self) -> None:
        self._parts: deque[tuple[str, str]] = deque()
        # The size of the text in characters, and in bytes of UTF-8.
        self.size = self.bytes = 0

    def add(self, stream: str, text: str, limit: int) -> int:
        """Add text. Returns how many bytes of the oldest were dropped, so that at most `limit`
        characters are left."""
        self._parts.append((stream, text))
        self.size += len(text)
        self.bytes += count_bytes(text)
        dropped = 0
        while self.size > limit:
            stream, old = self._parts.popleft()
            excess = self.size - limit
            if len(old) > excess:
                self._parts.appendleft((stream, old[excess:]))
                old = old[:excess]
            self.size -= len(old)
            dropped += count_bytes(old)
        self.bytes -= dropped
        return dropped

    def last(self, count: int) -> str:
        """The last characters, of both streams."""
        parts: list[str] = []
        for _, text in reversed(self._parts):
            parts.append(text[-count:])
            count -= len(text)
            if count <= 0:
                break
        return clean("".join(reversed(parts)))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The texts with their streams, in order."""
        return iter(self._parts)
