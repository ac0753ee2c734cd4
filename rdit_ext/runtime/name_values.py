"""What is known of values and of code while the statements of a script are joined."""

from __future__ import annotations

from typing import Any

from .name_origins import FIXED_ONLY, FRESH, Parameter, Part

EMPTY: frozenset[Any] = frozenset()


class Value:
    """Where a value may come from: the globals that it may be a part of, those of which it holds
    something, and what it may be."""

    __slots__ = ("held", "roots", "things")

    def __init__(self, roots: frozenset[str], things: frozenset[Any], held: frozenset[str] = EMPTY):
        self.roots = roots
        self.things = things
        self.held = held

    def __or__(self, other: Value) -> Value:
        if other is NOTHING:
            return self
        if self is NOTHING:
            return other
        return Value(self.roots | other.roots, self.things | other.things, self.held | other.held)

    @property
    def size(self) -> int:
        """How much is in it."""
        return len(self.roots) + len(self.things) + len(self.held)

    def part(self) -> Value:
        """Where a part of this value may come from."""
        return Value(self.roots | self.held, self.things) if self.held else self

    def holder(self) -> Value:
        """Where what holds this value comes from."""
        if not self.roots:
            return self
        return Value(EMPTY, self.things, self.roots | self.held)


NOTHING = Value(EMPTY, frozenset())
ANEW = Value(EMPTY, frozenset((FRESH,)))
FIXED_VALUE = Value(EMPTY, FIXED_ONLY)


def things(*found: Any) -> Value:
    """A value that may be these, and is part of nothing."""
    return Value(EMPTY, frozenset(found))


def roots(*names: str) -> Value:
    """A value that is part of what these globals have."""
    return Value(frozenset(names), frozenset())


class Running:
    """What a global holds, as one goes down the script past the statements that bind it."""

    __slots__ = ("at", "held", "roots", "start", "things")

    def __init__(self, start: int):
        # The first of its binders that counts, and the next to be passed, by their places among
        # all of them.
        self.start = self.at = start
        # By name: the last statement that has made it a part of this, or put it into this.
        self.roots: dict[str, int] = {}
        self.held: dict[str, int] = {}
        self.things: frozenset[Any] = frozenset()

    def copy(self) -> Running:
        """One that goes on by itself."""
        found = Running(self.start)
        found.at, found.things = self.at, self.things
        found.roots, found.held = self.roots.copy(), self.held.copy()
        return found

    def add(self, value: Value, k: int) -> None:
        """Go past the k-th statement, which gives this value."""
        self.at += 1
        if not value.things <= self.things:
            self.things |= value.things
        for name in value.roots:
            self.roots[name] = k
        for name in value.held:
            self.held[name] = k


class Effects:
    """What running some code does: names that it reads, binds, or whose objects it changes, and
    parameters whose objects it changes."""

    __slots__ = ("binds", "changes", "parameters", "reads")

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.changes: set[str] = set()
        self.parameters: set[Parameter | Part] = set()

    def __or__(self, other: Effects) -> Effects:
        found = Effects()
        for each in (self, other):
            found.add(each)
            found.parameters |= each.parameters
        return found

    @property
    def size(self) -> int:
        """How much is in it."""
        return len(self.reads) + len(self.binds) + len(self.changes) + len(self.parameters)

    def add(self, called: Effects) -> None:
        """Add what a function does that is called; its parameters have to be looked up."""
        self.reads |= called.reads
        self.binds |= called.binds
        self.changes |= called.changes


NO_EFFECTS = Effects()
