"""Answers questions during a run, each in a thread: completions, documentation, variables, and
whether an interrupt has arrived.

A run blocks the main thread, and the requests of Jupyter's shell channel are queued behind it. The
list of variables calls no code of the user's: only values of known types are described. Completion
and documentation are ipykernel's own.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import types
from collections.abc import Callable
from typing import Any

from . import stop
from .formats import write_plain

_NO_VARIABLES = (
    types.ModuleType,
    types.FunctionType,
    types.BuiltinFunctionType,
    type,
)
# Packages in which the attribute `shape` is cheap and has no side effects.
_SHAPED = frozenset(("numpy", "pandas", "polars", "scipy", "torch", "jax", "jaxlib", "xarray"))
_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset, range)
_MOST_CHARACTERS = 120
_MOST_NAMES = 2000

Answer = dict[str, Any]


class Asides:
    """Answers questions. `kernel` has the methods `do_complete` and `do_inspect` of ipykernel;
    `names` returns the user's variables; `publish` sends an answer from any thread."""

    def __init__(
        self,
        kernel: Any,
        names: Callable[[], list[tuple[str, Any]]],
        publish: Callable[[Answer], None],
    ):
        self._kernel = kernel
        self._names = names
        self._publish = publish

    def ask(self, question: dict[str, Any]) -> None:
        """Answer in a new thread. The caller is the thread of the control channel, which must stay
        free for interrupts."""
        threading.Thread(
            target=self._answer, args=(question,), name="rdit-aside", daemon=True
        ).start()

    def _answer(self, question: dict[str, Any]) -> None:
        answer: Answer
        try:
            answer = self._find(question)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        self._publish({"id": question["id"], **answer})

    def _find(self, question: dict[str, Any]) -> Answer:
        what = question["what"]
        if what == "interrupted":
            stop.current.see_to_it()
            return {"interrupted": stop.current.has_heard}
        if what == "variables":
            return {"variables": describe(self._names())}
        ask = {"complete": self._kernel.do_complete, "inspect": self._kernel.do_inspect}[what]
        reply = ask(*question["arguments"])
        if inspect.isawaitable(reply):
            reply = asyncio.run(_finish(reply))
        return dict(reply)


async def _finish(reply: Any) -> Any:
    return await reply


def describe(names: list[tuple[str, Any]]) -> list[dict[str, str]]:
    """Each public variable with its type, and with a short text and a size if these are cheap;
    otherwise "". Modules, functions and classes are left out."""
    found = []
    for name, value in names:
        if name.startswith("_") or isinstance(value, _NO_VARIABLES):
            continue
        kind = type(value)
        found.append(
            {"name": name, "type": kind.__qualname__, "value": _text(value), "size": _size(value)}
        )
        if len(found) == _MOST_NAMES:
            break
    return found


def _text(value: Any) -> str:
    text = write_plain(value)
    if text is None:
        return ""
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def _size(value: Any) -> str:
    kind = type(value)
    if kind in _SIZED:
        return str(len(value))
    if kind.__module__.partition(".")[0] in _SHAPED:
        shape = getattr(value, "shape", None)
        if isinstance(shape, tuple) and shape:
            return ", ".join(map(str, shape))
    return ""
