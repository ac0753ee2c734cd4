"""Values that are defined by each other, maybe in circles: of each the least that fits them all.

A value has `|`, which joins two, and `size`, which grows when a join adds something. In a circle
each begins as nothing, and all of the circle are computed again until none grows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

_NEVER = 1 << 60


class Fixpoint:
    """The values by key. `known` has those that are final."""

    __slots__ = ("_growth", "_guesses", "_lowest", "_open", "_trail", "_tried", "known")

    def __init__(self) -> None:
        self.known: dict[Hashable, Any] = {}
        # The keys that are being computed, from the outside in, with their depth.
        self._open: dict[Hashable, int] = {}
        # The outermost of them that a value since the last look has been computed from.
        self._lowest = _NEVER
        # Those that are computed but for one that is open, in order; each with the outermost open
        # key that any up to there depends on.
        self._trail: list[tuple[Hashable, int]] = []
        self._tried: set[Hashable] = set()
        self._guesses: dict[Hashable, Any] = {}
        self._growth = 0

    def solve(self, key: Hashable, nothing: Any, compute: Callable[..., Any], *args: Any) -> Any:
        """The value of a key: what `compute(*args)` returns, which may ask for others, and for this
        one. In a circle it may be less than the final value as long as that is computed."""
        known = self.known.get(key)
        if known is not None:
            return known
        if key in self._open or key in self._tried:
            on = self._trail[-1][1] if key in self._tried else self._open[key]
            self._lowest = min(self._lowest, on)
            return self._guesses.get(key, nothing)
        depth = self._open[key] = len(self._open)
        around = self._lowest
        start = len(self._trail)
        while True:
            self._lowest = _NEVER
            growth = self._growth
            value = compute(*args)
            if self._lowest > depth:
                break  # in no circle
            before = self._guesses.get(key, nothing)
            value = self._guesses[key] = before | value
            self._growth += value.size != before.size
            if self._lowest < depth or self._growth == growth:
                break
            self._forget(start)
        del self._open[key]
        if self._lowest < depth:
            on = self._trail[-1][1] if self._trail else _NEVER
            self._trail.append((key, min(self._lowest, on)))
            self._tried.add(key)
            self._lowest = min(around, self._lowest)
            return value
        self.known[key] = value
        for each, _ in self._trail[start:]:
            self.known[each] = self._guesses.pop(each)
        self._forget(start)
        self._lowest = around
        return value

    def _forget(self, start: int) -> None:
        self._tried.difference_update(each for each, _ in self._trail[start:])
        del self._trail[start:]

    def abandon(self) -> None:
        """Forget what was not computed to its end, after an exception."""
        self._open.clear()
        self._guesses.clear()
        self._forget(0)
        self._lowest = _NEVER
