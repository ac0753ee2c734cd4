"""Completion and documentation in a kernel: by ipykernel, as it answers Jupyter's own requests for
them; of values by their names; and by jedi of what has not run, where jedi is installed.

What is alive is completed without jedi (`introspect_live.py`), which is asked when there is nothing
to be found so.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .introspect_live import (
    as_jedi_writes,
    attributes_of,
    dotted_before,
    has_values,
    is_live,
    line_start,
    may_be_local,
    statement_start,
    without_jedi,
)
from .introspect_lookup import (
    find,
    find_called,
    imported,
    items_in,
    may_be_evaluated,
    missing,
    not_run,
    only_reads,
)
from .introspect_value import describe

_COMPLETION_SECONDS = 2.0
_MOST_DOCUMENTATION = 20_000


class Introspection:
    """`kernel` has the methods `do_complete` and `do_inspect` of ipykernel."""

    def __init__(self, kernel: Any):
        self._kernel = kernel
        # The completer of IPython keeps state while it completes.
        self._completing = threading.Lock()

    def complete(self, code: str, cursor: int, before: Sequence[str] = ()) -> dict[str, Any]:
        with self._completing:
            reply = self._complete_live(before, code, cursor)
            if reply is None:
                reply = self._complete_all(before, code, cursor)
        return {
            "matches": reply.get("matches", []),
            "cursorStart": max(0, reply.get("cursor_start", cursor)),
            "cursorEnd": max(0, reply.get("cursor_end", cursor)),
            "metadata": reply.get("metadata", {}),
        }

    def _complete_all(self, before: Sequence[str], code: str, cursor: int) -> dict[str, Any]:
        """The kernel's reply, with jedi if it has that."""
        with _jedi_reading_only():
            return self._reply(self._above(before), code, cursor, 0)

    def _complete_live(
        self, before: Sequence[str], code: str, cursor: int
    ) -> dict[str, Any] | None:
        """The kernel's reply without jedi; None if jedi is to be asked."""
        completer: Any = getattr(self._kernel.shell, "Completer", None)
        if not is_live(completer):
            return None
        start = statement_start(code, cursor)
        if may_be_local(code[start:cursor]):
            return None
        # Never all: IPython parses what it is given, and that may be a whole script. For an
        # attribute the line first: in a block that is not whole IPython evaluates nothing.
        line = line_start(code, cursor)
        attempts = [("", line)] if dotted_before(code[:cursor]) and line > start else []
        for above, begin in [*attempts, (self._above(before), start)]:
            with without_jedi(completer):
                reply = self._reply(above, code, cursor, begin)
            if has_values(reply):
                return reply
        # An import that has not run, of a module that is loaded.
        owner = dotted_before(code[:cursor])
        value = find(owner, imported(before, self._namespace)) if owner else missing
        return None if value is missing else attributes_of(value, code[:cursor])

    def _reply(self, above: str, code: str, cursor: int, begin: int) -> dict[str, Any]:
        """The kernel's reply for `above` and what stands from `begin` on."""
        text = above + code[begin:]
        shift = begin - len(above)
        namespace = self._namespace
        with self._reading_only(text[: cursor - shift]):
            reply = _finish(self._kernel.do_complete(text, cursor - shift))
        reply = as_jedi_writes(
            reply, text[: cursor - shift], namespace, lambda each: _evaluate(each, namespace)
        )
        return _shifted(reply, shift)

    @contextmanager
    def _reading_only(self, code: str) -> Iterator[None]:
        """Has IPython read no items meanwhile if an item stands in `code` whose reading may do
        more: it takes a `defaultdict` for one that only reads."""
        completer: Any = getattr(self._kernel.shell, "Completer", None)
        if not hasattr(completer, "evaluation") or all(
            only_reads(owner, self._namespace) for owner in items_in(code)
        ):
            yield
            return
        before = completer.evaluation
        completer.evaluation = "minimal"
        try:
            yield
        finally:
            completer.evaluation = before

    def _above(self, before: Sequence[str]) -> str:
        """The text of the statements that have not run, for jedi, which reads them. Those that have
        are left out: of a value more is known than the text tells."""
        return "".join(f"{text}\n" for text in not_run(before, self._namespace))

    @property
    def _namespace(self) -> dict[str, Any]:
        namespace: dict[str, Any] = self._kernel.shell.user_ns
        return namespace

    def let_complete(self) -> None:
        """Wait until a completion that is under way has ended, for 2 s at most.

        To be called before a run: IPython and jedi complete inside `warnings.catch_warnings()`,
        which is of the process. What a script sets of filters meanwhile would be undone.
        https://docs.python.org/3/library/warnings.html#warnings.catch_warnings
        """
        if self._completing.acquire(timeout=_COMPLETION_SECONDS):
            self._completing.release()

    def inspect(self, code: str, cursor: int, detail: int = 0) -> dict[str, Any]:
        reply = _finish(self._kernel.do_inspect(code, cursor, detail))
        return {name: reply[name] for name in ("found", "data", "metadata") if name in reply}

    def describe(
        self, expression: str, code: str, cursor: int, before: Sequence[str] = ()
    ) -> dict[str, Any]:
        namespace = {**imported(before, self._namespace), **self._namespace}
        value, skips_first = find_called(expression, namespace)
        if value is missing:
            value, skips_first = _evaluate(expression, namespace), False
        if value is not missing:
            found = describe(expression, value, skips_first)
            if found["signatures"] or not callable(value):
                return found
            # C code that does not tell its signature: jedi has stubs.
            return {**found, "signatures": self._infer(code, cursor, before).get("signatures", [])}
        return self._infer(code, cursor, before)

    def _infer(self, code: str, cursor: int, before: Sequence[str]) -> dict[str, Any]:
        """What jedi knows of the name before `cursor`."""
        try:
            import jedi  # type: ignore[import-untyped]
        except ImportError:
            return {"found": False}
        above = self._above(before)
        text = above + code
        lines = text[: len(above) + cursor].split("\n")
        with self._completing:
            with _jedi_reading_only():
                interpreter = jedi.Interpreter(text, [self._namespace])
            place = {"line": len(lines), "column": len(lines[-1])}
            try:
                names = interpreter.infer(**place)
                return _of_jedi(names[0]) if names else {"found": False}
            # What jedi raises about code that it does not understand is not promised.
            except Exception as error:
                return {"found": False, "documentation": f"{type(error).__name__}: {error}"}


@contextmanager
def _jedi_reading_only() -> Iterator[None]:
    """Has each `jedi.Interpreter` that is made meanwhile run no property of the user's, and read no
    item of a class of theirs, as it does by default.
    https://jedi.readthedocs.io/en/latest/docs/settings.html
    """
    try:
        from jedi import settings
    except ImportError:
        yield
        return
    name = "allow_unsafe_interpreter_executions"  # not in all versions
    before = getattr(settings, name, None)
    setattr(settings, name, False)
    try:
        yield
    finally:
        if before is None:
            delattr(settings, name)
        else:
            setattr(settings, name, before)


def _shifted(reply: dict[str, Any], shift: int) -> dict[str, Any]:
    """A reply whose places are counted from elsewhere."""
    shifted = dict(reply)
    for name in ("cursor_start", "cursor_end"):
        if name in shifted:
            shifted[name] += shift
    return shifted


def _evaluate(expression: str, namespace: dict[str, Any]) -> Any:
    """The value of an expression that IPython's completer would evaluate: one without side effects,
    of types that it knows, as `frame["column"]`."""
    try:
        from IPython.core.guarded_eval import EvaluationContext, guarded_eval
    except ImportError:  # IPython before 8.8
        return missing
    if not may_be_evaluated(expression, namespace):
        return missing
    context = EvaluationContext(globals=namespace, locals={}, evaluation="limited")
    try:
        return guarded_eval(expression, context)
    # It raises what the expression raises, and its refusals. Neither is news to who only looks at a
    # name: without a value `describe` goes on to what jedi knows.
    except Exception:
        return missing


def _of_jedi(name: Any) -> dict[str, Any]:
    """The result of `describe` for a name of jedi's."""
    signatures = [
        {
            "name": signature.name,
            "parameters": [_parameter(each) for each in signature.params],
            "returns": signature.to_string().rpartition(" -> ")[2]
            if " -> " in signature.to_string()
            else "",
            "documentation": "",
        }
        for signature in name.get_signatures()
    ]
    path = name.module_path
    return {
        "found": True,
        "name": name.name,
        "type": name.name if name.type == "instance" else name.type,
        "signatures": signatures,
        "documentation": name.docstring(raw=True)[:_MOST_DOCUMENTATION],
        **({"file": str(path), "line": name.line or 1} if path else {}),
    }


def _parameter(parameter: Any) -> dict[str, str]:
    kinds = {
        "POSITIONAL_ONLY": "positional",
        "KEYWORD_ONLY": "keyword",
        "VAR_POSITIONAL": "*",
        "VAR_KEYWORD": "**",
    }
    return {
        "name": parameter.name,
        "text": parameter.to_string(),
        "kind": kinds.get(parameter.kind.name, "any"),
    }


def _finish(reply: Any) -> Any:
    """The reply of a kernel's method, which may be a coroutine. Called in a thread without an event
    loop."""
    if not inspect.isawaitable(reply):
        return reply

    async def wait() -> Any:
        return await reply

    return asyncio.run(wait())
