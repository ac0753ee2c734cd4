"""Questions that are answered beside a run, in threads of their own: what could stand here, what is
this name, which names are there.

A run holds the main thread, and Jupyter's own requests wait behind it. Nothing here runs code of
the user's beyond what completion itself does: values are described by what is known of their
types.
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
# Packages whose `shape` is known to be cheap and without effects.
_SHAPED = frozenset(("numpy", "pandas", "polars", "scipy", "torch", "jax", "jaxlib", "xarray"))
_SIZED = (str, bytes, bytearray, list, tuple, dict, set, frozenset, range)
_MOST_CHARACTERS = 120
_MOST_NAMES = 2000

Answer = dict[str, Any]


class Asides:
    """`kernel` answers as Jupyter kernels do; `publish` may be called from any thread."""

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
        """Answer later: whoever hands the question over has interrupts to attend to."""
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
    """Each name with its type, and with a short text and a size where these are cheap to have."""
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
