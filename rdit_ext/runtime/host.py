"""What the runtime needs of the program it lives in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from .run_events import Event


class Host(Protocol):
    """A Jupyter kernel, a Pyodide worker, or a test."""

    # The user's module globals: `sys.modules["__main__"].__dict__`.
    namespace: dict[str, Any]
    # Whether file descriptors 1 and 2 may be redirected into pipes of ours.
    has_descriptors: bool
    # Whether a timer can send events while a statement keeps the main thread busy.
    has_timers: bool

    def request(self) -> dict[str, Any]:
        """The `rdit` object of the request being served: `run`, `script`, `path`, `lineRange`..."""

    def sender(self) -> Callable[[list[Event]], None]:
        """A function that publishes events with the request being served as their parent. It may
        be called from any thread, also after the request."""

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        """Call the function from another thread after `seconds`. False: the host cannot promise it,
        as nothing is called there while Python runs."""

    def hand_over(self) -> None:
        """Wait until what was published has been passed to the sending thread. Bounded to some
        tens of milliseconds."""

    def log(self, text: str) -> None:
        """Write to the host's own log, which is no output of a script."""

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The MIME bundle of a value, by MIME type, and its metadata. May raise what the value's
        methods raise."""

    def explain(self, error: BaseException) -> None:
        """Add notes to an error that ended a statement, if the host knows what would help."""

    def during_run(self) -> AbstractContextManager[None]:
        """Installs for a run what only a run has, such as an `input` that asks the user."""

    def remove(self) -> None:
        """Undo what was replaced in the process when the host booted."""
