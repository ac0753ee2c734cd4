"""The names that IPython puts into the user's namespace: `In`, `Out`, `_`, `get_ipython`, `exit`...

A script does not find them. Code that another client sends to the kernel, such as a console, does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from . import tracebacks
from .replacements import Undo

# The names of the latest three results in IPython.
_RESULTS = ("_", "__", "___")
_RECENT = re.compile("_{1,3}|_i{1,3}|_i?[0-9]+|_exit_code")


class IPythonNames:
    """Takes IPython's names out of the namespace of this `shell`, and lends them to requests."""

    def __init__(self, shell: Any, undo: Undo):
        self._shell = shell
        self._namespace: dict[str, Any] = shell.user_ns
        exits = {name: tracebacks.Exit(name) for name in ("exit", "quit")}
        # The names that IPython has put into the user's namespace. It has an `open` of its own
        # there, but the builtin does for a console too.
        self._lent = {**shell.user_ns_hidden, **exits}
        self._lent.pop("open", None)
        self._taken_back: dict[str, Any] = {}
        for name in (*shell.user_ns_hidden, "__builtin__", *_recent(self._namespace)):
            self._namespace.pop(name, None)
        # Those that a user may type, `exit` and `quit`, are builtins, as with Python's `site`.
        trapped, usual = shell.builtin_trap.auto_builtins, dict(shell.builtin_trap.auto_builtins)
        trapped.update(exits)
        undo.add(lambda: trapped.update(usual))
        undo.add(lambda: self._namespace.update(shell.user_ns_hidden))

    def lend(self) -> Callable[[], None]:
        """Put IPython's names into the namespace for an `execute_request` of another client, such
        as a console. The function that is returned removes them, and the names of results that the
        request has added, which the next such request gets again."""
        names = self._namespace
        lent = {name: value for name, value in self._lent.items() if name not in names}
        lent |= {name: value for name, value in self._taken_back.items() if name not in names}
        for name in _RESULTS:
            if name not in names:
                # IPython updates `_` only while it is the object that IPython has stored last, as
                # otherwise the user has assigned it.
                last = getattr(self._shell.displayhook, name)
                lent[name] = self._shell.user_ns_hidden[name] = last
        theirs = _recent(names)
        names.update(lent)

        def take_back() -> None:
            self._taken_back = {
                name: value
                for name, value in _recent(names).items()
                if name not in theirs or theirs[name] is not value
            }
            for name, value in lent.items():
                if names.get(name) is value:
                    del names[name]
            for name in self._taken_back:
                names.pop(name, None)

        return take_back


def _recent(names: dict[str, Any]) -> dict[str, Any]:
    """The names by which IPython keeps inputs and results: `_`, `_1`, `_i`, `_i1`..."""
    return {name: value for name, value in names.copy().items() if _RECENT.fullmatch(name)}
