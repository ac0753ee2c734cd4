"""Watched expressions: what a viewer wants to know of each after a run. The user's code runs here,
so it is evaluated in the main thread, between requests, and each has a deadline.

A value is evaluated once between two runs, whoever asks, and kept until the next request begins, so
that what it holds can be opened. What an expression prints is discarded.
"""

from __future__ import annotations

import ast
import asyncio
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import CodeType
from typing import TYPE_CHECKING, Any

from . import interrupts
from .deadline import Deadline
from .introspect_class import name_of
from .introspect_variables import variables
from .shields import boundary
from .statement_sink import discarding

if TYPE_CHECKING:
    from .engine import Engine

Dict = dict[str, Any]

SECONDS = 1.0
# Between two interrupts of an expression that goes on after its deadline.
_AGAIN_SECONDS = 0.2
# A request that has ended for the server may not have for the kernel, on a busy machine for long.
_GRACE_SECONDS = 2.0
_MOST_ROWS = 200
_MOST_MESSAGE = 500
_PLACE = "<watch>"
_gettrace, _settrace = sys.gettrace, sys.settrace


class _Job:
    """One expression, on its way to the main thread and back."""

    def __init__(self, expression: str, outcomes: dict[str, _Outcome]):
        self.expression = expression
        # Where the outcome goes.
        self.outcomes = outcomes
        self.state = "waits"  # then "runs", then "done"; or "refused"
        self.interrupts: interrupts.Interrupts | None = None
        # When it is interrupted next, by the clock `time.monotonic`.
        self.due = 0.0
        self.is_late = False


class _Outcome:
    """What came of an expression: a value, or an error in words."""

    def __init__(self, value: Any = None, error: str = ""):
        self.value = value
        self.error = error


class Evaluations:
    """Evaluates expressions in the namespace of the engine's scripts.

    `call_in_main` has the main thread call a function when it serves no request. None: there is one
    thread, which is the caller's.
    """

    def __init__(
        self, engine: Engine, call_in_main: Callable[[Callable[[], None]], None] | None = None
    ):
        self._engine = engine
        self._call_in_main = call_in_main
        # Guards what follows and the state of jobs; notified when any of it changes.
        self._changed = threading.Condition()
        self._requests = 0
        self._job: _Job | None = None
        self._outcomes: dict[str, _Outcome] = {}

    def begin_request(self) -> None:
        """The main thread begins to serve a request that runs code of the user's. What was
        evaluated before holds no longer."""
        with self._changed:
            self._requests += 1
            self._outcomes = {}
            self._changed.notify_all()

    def end_request(self) -> None:
        """The request has been served."""
        with self._changed:
            # The request that installs this has begun before.
            self._requests = max(0, self._requests - 1)
            self._changed.notify_all()

    def make_way(self) -> None:
        """End the evaluation under way, as a run is about to begin: its query is answered `busy`.
        Called in any thread."""
        with self._changed:
            self._outcomes = {}
            if self._job is not None:
                self._job.due = 0.0
            self._changed.notify_all()

    def answer(self, params: Dict) -> Dict:
        """The result of the method `evaluate`."""
        with self._changed:
            if self._call_in_main is not None:
                self._changed.wait_for(lambda: not self._requests, _GRACE_SECONDS)
            outcomes = self._outcomes
            if self._requests:
                return {"values": [], "busy": True}
        opened = params.get("opened", ())
        values = []
        for expression in params["expressions"]:
            if expression not in outcomes and not self._evaluate(expression, outcomes):
                return {"values": [], "busy": True}
            values.append(_told(expression, outcomes[expression], opened))
        return {"values": values}

    def _evaluate(self, expression: str, outcomes: dict[str, _Outcome]) -> bool:
        """Have the main thread evaluate it. False: a request came first."""
        job = _Job(expression, outcomes)
        try:
            code = _compiled(expression)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            outcomes[expression] = _Outcome(error=_refusal(error))
            return True
        if self._call_in_main is None:
            self._work(job, code)
            return job.state == "done"
        with self._changed:
            # Of another viewer's query, in another thread: one after the other.
            self._changed.wait_for(lambda: self._job is None)
            if self._requests or outcomes is not self._outcomes:
                return False
            if expression in outcomes:
                return True
            self._job = job
        self._call_in_main(lambda: self._work(job, code))
        return self._wait(job)

    def _wait(self, job: _Job) -> bool:
        with self._changed:
            while job.state in ("waits", "runs"):
                if job.state == "waits":
                    if job.outcomes is self._outcomes:
                        self._changed.wait()
                    else:
                        job.state = "refused"
                    continue
                left = job.due - time.monotonic()
                if left > 0:
                    self._changed.wait(left)
                    continue
                job.is_late = True
                job.due = time.monotonic() + _AGAIN_SECONDS
                assert job.interrupts is not None
                job.interrupts.press()
            self._job = None
            self._changed.notify_all()
            return job.state == "done" and job.outcomes is self._outcomes

    @boundary
    def _work(self, job: _Job, code: CodeType) -> None:
        """Evaluate, in the main thread."""
        with self._changed:
            if job.state != "waits" or self._requests or job.outcomes is not self._outcomes:
                job.state = "refused"
                self._changed.notify_all()
                return
            path = self._engine.host.namespace.get("__file__")
            stop = job.interrupts = interrupts.Interrupts(path if type(path) is str else "")
            job.state = "runs"
            job.due = time.monotonic() + SECONDS
            self._changed.notify_all()
        outcome = _Outcome(error="KeyboardInterrupt")
        try:
            outcome = self._run(job, code, stop)
        except BaseException as error:
            # Of streams that the script has wrapped.
            outcome = _Outcome(error=name_of(type(error)))
        finally:
            # In any case: who has asked waits for it.
            with self._changed:
                job.outcomes[job.expression] = outcome
                job.state = "done"
                self._changed.notify_all()

    @boundary
    def _run(self, job: _Job, code: CodeType, stop: interrupts.Interrupts) -> _Outcome:
        engine = self._engine
        # A signal that came after its run is not for this.
        interrupts.forget()
        trace = _gettrace()
        nowhere = discarding(engine.host)
        context = engine.router.within(engine.context.copy(), nowhere)
        engine.drain()
        deadline = Deadline(SECONDS, stop) if self._call_in_main is None else None
        engine.router.running = nowhere
        try:
            stop.install()
            try:
                _settrace(None)
                with self._loop_of_its_own(), deadline or nullcontext():
                    stop.armed = True
                    outcome = context.run(_outcome, code, engine.host.namespace)
                    stop.armed = False
            except BaseException as error:
                # Raised while an error was put into words.
                stop.armed = False
                outcome = _Outcome(error=name_of(type(error)))
            finally:
                stop.armed = False
                stop.remove()
                _settrace(trace)
                engine.drain()
        finally:
            engine.router.running = None
        if outcome.error and (job.is_late or (deadline is not None and deadline.is_over)):
            outcome.error = f"It took longer than {SECONDS:g} s, and was interrupted."
        return outcome

    def _loop_of_its_own(self) -> AbstractContextManager[None]:
        """Where the host's event loop calls this, it is hidden as it is from statements."""
        if asyncio._get_running_loop() is None:
            return nullcontext()
        return self._engine.loop.without_hosts(lend_tasks=False)


@boundary
def _outcome(code: CodeType, namespace: Dict) -> _Outcome:
    try:
        # The user's code runs here.
        return _Outcome(eval(code, namespace))
    except BaseException as error:
        return _Outcome(error=_in_words(error))


@boundary
def _in_words(error: BaseException) -> str:
    """An error as the last line of its traceback says it."""
    name = name_of(type(error))
    try:
        text = str(error)[:_MOST_MESSAGE].strip()
    except Exception:  # a `__str__` of the user's
        text = ""
    return f"{name}: {text}" if text else name


def _compiled(expression: str) -> CodeType:
    """The code of an expression.

    Raises:
        SyntaxError: it is none, or it would assign or await.
    """
    text = expression.strip()
    try:
        tree = ast.parse(text, _PLACE, "eval")
    except SyntaxError:
        try:
            ast.parse(text, _PLACE)
        except SyntaxError:
            pass
        else:
            raise SyntaxError("only an expression can be watched, not a statement") from None
        raise
    for node in ast.walk(tree):
        if isinstance(node, ast.NamedExpr):
            raise SyntaxError("a watched expression may not assign")
        if isinstance(node, ast.Await) or (isinstance(node, ast.comprehension) and node.is_async):
            raise SyntaxError("a watched expression may not await")
    return compile(tree, _PLACE, "eval", dont_inherit=True)


def _refusal(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{name_of(type(error))}: {text}"


def _told(expression: str, outcome: _Outcome, opened: Any) -> Dict:
    if outcome.error:
        return {"expression": expression, "error": outcome.error}
    found = variables(
        [(expression, outcome.value)],
        {
            "opened": [path for path in opened if path[0]["name"] == expression],
            "limit": _MOST_ROWS,
            **dict.fromkeys(("private", "modules", "functions"), True),
        },
    )
    return {"expression": expression, "rows": found["variables"], "total": found["total"]}
