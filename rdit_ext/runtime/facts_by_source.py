"""Keeps the facts of statements, which depend on their source only, from text to text."""

from __future__ import annotations

import ast
from collections.abc import Callable

from .name_facts import note
from .name_origins import Facts

# The facts of a statement take some ten times the space of its text.
_MOST_CHARACTERS = 4_000_000


class FactsBySource:
    """The facts of statements by their source, of the last that were asked for: as many as have so
    many characters together."""

    def __init__(self, most: int = _MOST_CHARACTERS):
        self._most = most
        self._facts: dict[str, Facts] = {}
        self._characters = 0

    def get(self, source: str, parse: Callable[[], ast.stmt]) -> Facts:
        """The facts of the statement with this source, which `parse` gives."""
        found = self._facts.pop(source, None)
        if found is None:
            found = note(parse())
            self._characters += len(source)
        self._facts[source] = found
        while self._characters > self._most and len(self._facts) > 1:
            oldest = next(iter(self._facts))
            del self._facts[oldest]
            self._characters -= len(oldest)
        return found
