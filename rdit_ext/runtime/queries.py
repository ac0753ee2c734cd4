"""Answers queries, also during a run: completions, documentation, variables, widgets, and whether
an interrupt has arrived; between runs watched expressions.

The table of `Queries` has a function for each method of `QUERIES` in the server's `protocol.py`. It
is given the method's parameters and returns its result, both as dicts of the wire's names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from . import interrupts
from .evaluate import Evaluations
from .introspect_variables import variables
from .statement_sink import discarding
from .widget_states import widget_states

if TYPE_CHECKING:
    from .engine import Engine

Dict = dict[str, Any]


class Introspection(Protocol):
    """What a host knows of code. `cursor` is in code points. Called in any thread."""

    def complete(self, code: str, cursor: int, before: Sequence[str] = ()) -> Dict:
        """The result of the method `complete`."""

    def inspect(self, code: str, cursor: int, detail: int = 0) -> Dict:
        """The result of the method `inspect`."""

    def describe(self, expression: str, code: str, cursor: int, before: Sequence[str] = ()) -> Dict:
        """The result of the method `describe`."""


class Queries:
    """Answers queries about what `engine` has run. `call_in_main`: as in `Evaluations`."""

    def __init__(
        self,
        introspection: Introspection,
        engine: Engine,
        call_in_main: Callable[[Callable[[], None]], None] | None = None,
    ):
        self._engine = engine
        self.evaluations = Evaluations(engine, call_in_main)
        self._methods: dict[str, Callable[[Dict], Any]] = {
            "complete": lambda params: introspection.complete(**params),
            "inspect": lambda params: introspection.inspect(**params),
            "describe": lambda params: introspection.describe(**params),
            "variables": lambda params: variables(engine.names(), params),
            "evaluate": self.evaluations.answer,
            "table_rows": engine.tables.rows,
            "table_profile": engine.tables.profile,
            "table_text": engine.tables.text,
            "widgets": lambda params: widget_states(params, engine.host.log),
        }
        # What viewers may ask: the rest is of the session only.
        self.methods = list(self._methods)
        self._methods["interrupted"] = lambda params: _is_interrupted()
        self._methods["make_way"] = lambda params: self.evaluations.make_way()

    def answer(self, query: Dict) -> Dict:
        """The answer to `{"id", "method", "params"}`: its `id`, and a `result` or an `error`.

        What is put out meanwhile goes nowhere: completion calls the `__dir__` of the user's
        objects, and no statement has written that.
        """
        method = self._methods.get(query["method"])
        if method is None:
            known = ", ".join(self._methods)
            return {"id": query["id"], "error": f"no method {query['method']!r}, only {known}"}
        try:
            result = self._engine.router.context(discarding(self._engine.host)).run(
                method, query["params"]
            )
        except BaseException as error:  # a panic of polars is no Exception
            return {"id": query["id"], "error": f"{type(error).__name__}: {error}"}
        return {"id": query["id"], "result": result}

    def answer_aside(self, query: Dict, publish: Callable[[Dict], None]) -> None:
        """Answer in a new thread, but for `make_way`, which takes no time, and which nothing that
        is asked after it may overtake. The caller is the thread of the control channel, which must
        stay free for interrupts. `publish` is called with the answer, in that thread."""

        def work() -> None:
            answer = self.answer(query)
            try:
                publish(answer)
            except (TypeError, ValueError) as error:  # a result that is no JSON
                publish({"id": query["id"], "error": f"{type(error).__name__}: {error}"})

        if query["method"] == "make_way":
            return work()
        threading.Thread(target=work, name="rdit-query", daemon=True).start()


def _is_interrupted() -> bool:
    """Whether an interrupt has reached the run. If one is recorded that has not, raises it."""
    interrupts.current.see_to_it()
    return interrupts.current.has_heard
