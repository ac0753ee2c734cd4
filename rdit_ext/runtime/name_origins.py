"""What is noted of names: the code of a statement or a function, and where values come from.

Beside the names that are read and bound, `Code` keeps for what only other statements can tell the
calls, and where each value may come from: its *origins*. An origin is the name of a global, a
parameter, a function, a class, a module, or the result of a call. Of a value that is new, or cannot
change, it is the `Kind`, or there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

ALL = "*"
# Methods of a class that run when an instance is made.
MAKING = ("__init__", "__new__", "__post_init__", "__set_name__", "__init_subclass__")


class Code:
    """A function, a lambda, or the statement itself: what happens when it runs."""

    __slots__ = (
        "binds",
        "calls",
        "defaults",
        "is_generator",
        "is_method",
        "loads",
        "maybe",
        "mentions",
        "mutates",
        "owner",
        "parameters",
        "reads",
        "returns",
    )

    def __init__(self) -> None:
        # Globals that it reads and that nothing before in it has bound; that it binds or deletes.
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        # Those of `binds` that it binds in one branch only: else their value is that of before.
        self.maybe: set[str] = set()
        # All globals that it loads, for what their values do when they are used.
        self.loads: set[str] = set()
        # Words of strings which a library may look up as names (`df.query("a > @limit")`).
        self.mentions: set[str] = set()
        # The origins of what it changes in place.
        self.mutates: list[Origins] = []
        self.calls: list[Call] = []
        self.parameters: list[Parameter] = []
        self.defaults: list[Default] = []
        self.returns: Origins = NEW
        self.is_generator = False
        self.is_method = False
        # The class that it is a method of.
        self.owner: Class | None = None


class Part:
    """A part of what a global or a parameter has: an item, an attribute."""

    __slots__ = ("whole",)

    def __init__(self, whole: str | Parameter):
        self.whole = whole


class Parameter:
    """A parameter of a function; `rest` is that of `*args` and `**kwargs`."""

    __slots__ = ("name", "part", "rest")

    def __init__(self, name: str, rest: bool = False):
        self.name = name
        self.rest = rest
        self.part = Part(self)


# In place of one: what a function shares with the one around it, and keeps from call to call.
CAPTURED = Parameter("")


class Class:
    """A class of the script, and its instances: their methods by name."""

    __slots__ = ("bases", "implied", "is_shared", "methods")

    def __init__(self) -> None:
        self.bases: Origins = NEW
        # Whether it has values of its own that can change, which its instances share.
        self.is_shared = False
        # More than one of a name that is defined again: of a property, or in two branches.
        self.methods: dict[str, tuple[Code, ...]] = {}
        # Those that run without being called by name: special ones, properties.
        self.implied: list[Code] = []


class Inherited:
    """What `super()` gives: the methods of a class's bases."""

    __slots__ = ("owner",)

    def __init__(self, owner: Class):
        self.owner = owner


class Module:
    """A module, or something of a module, by its full name."""

    __slots__ = ("path",)

    def __init__(self, path: str):
        self.path = path


class Sibling:
    """A global bound by the same statement, from the same value: `figure, axes = subplots()`."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name


class Call:
    """A call, and as an origin its result. `method` is the name after the last dot, `function` what
    is called, or of a method what stands before the dot, `path` both of them if they are but names
    and dots."""

    __slots__ = ("args", "function", "is_used", "keywords", "method", "path", "rest", "truths")

    def __init__(
        self,
        function: Origins,
        method: str | None,
        path: tuple[str, ...],
        args: list[Origins],
        keywords: dict[str, Origins],
        rest: Origins,
        truths: frozenset[str],
    ):
        # Of a method call: the origins of the receiver.
        self.function = function
        self.method = method
        self.path = path
        self.args = args
        self.keywords = keywords
        # What comes by `*` and `**`.
        self.rest = rest
        # The keywords that may be true; "**" if there may be others.
        self.truths = truths
        # Whether anything is done with its value, as far as the script goes.
        self.is_used = True


class Attribute:
    """Beside the origins of a value: it is this attribute of theirs, and so maybe a method."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name


class Default:
    """The default of a parameter: one object for all calls, unless it cannot change."""

    __slots__ = ("origins",)

    def __init__(self, origins: Origins):
        self.origins = origins


class Held:
    """Something that holds a value of this origin: to change it does not change the value. `deep`:
    a part of it does."""

    __slots__ = ("deep", "origin")

    def __init__(self, origin: Origin, deep: bool = False):
        self.origin = origin
        self.deep = deep


class Kind:
    """What is known of a value whose origin is none of these."""

    __slots__ = ()


# It is used up when it is read: an iterator, a file.
LAZY = Kind()
# It cannot change: a number, a string.
FIXED = Kind()
# It is made anew, and can change: a list.
FRESH = Kind()
Origin: TypeAlias = (
    "str | Parameter | Code | Class | Default | Attribute | Inherited | Module | Sibling | Call"
    " | Part | Held | Kind"
)
Origins: TypeAlias = "frozenset[Origin]"
NEW: Origins = frozenset()
FIXED_ONLY: Origins = frozenset((FIXED,))
FRESH_ONLY: Origins = frozenset((FRESH,))


class Facts:
    """What a statement does: its code, and the origins of what it binds each global to."""

    __slots__ = ("code", "gives")

    def __init__(self) -> None:
        self.code = Code()
        self.gives: dict[str, Origins] = {}


def names_among(origins: Origins | None) -> Iterator[str]:
    """The globals that a value with these origins may come from, also by way of calls."""
    waiting = [origins] if origins else []
    calls = set()
    while waiting:
        for origin in waiting.pop():
            each = origin.origin if type(origin) is Held else origin
            if type(each) is Part:
                each = each.whole
            if type(each) is str:
                yield each
            elif type(each) is Call and each not in calls:
                calls.add(each)
                waiting += (each.function, each.rest, *each.args, *each.keywords.values())
