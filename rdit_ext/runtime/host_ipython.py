"""The `Host` in a Jupyter kernel: publishing, timers, the display formatter, `input`, `exit`.

Events are sent as `rdit_events` messages on iopub, with the run's `execute_request` as parent. What
IPython would publish itself during a run (displays, tracebacks of a failing `__repr__`) becomes
output of a statement. Outside of a run IPython publishes as usual.

The names of ipykernel and IPython that are not public API are listed in docs/private-api.md.
"""

from __future__ import annotations

import atexit
import builtins
import faulthandler
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial, wraps
from types import BuiltinFunctionType, ModuleType
from typing import Any

from . import environment, install, interrupts, tracebacks
from .engine import Engine
from .excepthook import show_as_handled
from .imports import WhenImported
from .introspect_ipython import Introspection
from .library import give_back
from .mime_bundle import display_output
from .plain_repr import PLAIN, write_plain
from .queries import Queries
from .run_events import Event
from .stacks import untraced
from .stdin import asked_by

_HAND_OVER_SECONDS = 0.05
# How long to wait, before the first `input()`, for the server's first message on stdin.
_GREETING_MILLISECONDS = 5000
# Parts of the file names of frames between our call of a formatter and the user's `__repr__`.
_FORMATTER = (f"IPython{os.sep}core{os.sep}", f"IPython{os.sep}lib{os.sep}", "decorator.py")


# The names of the latest three results in IPython.
_RESULTS = ("_", "__", "___")
_RECENT = re.compile("_{1,3}|_i{1,3}|_i?[0-9]+|_exit_code")


class IPythonHost:
    """The host in the ipykernel that executes this. `shell`: its InteractiveShell."""

    has_descriptors = True
    has_timers = True

    def __init__(self, shell: Any):
        self.shell = shell
        self.namespace: dict[str, Any] = shell.user_ns
        self._kernel = shell.kernel
        self._session = self._kernel.session
        self._thread = self._kernel.iopub_thread
        self._formatter = shell.display_formatter
        formatters = self._formatter.formatters.values()
        self._printers = tuple(formatter.type_printers for formatter in formatters)
        self._text = self._formatter.formatters["text/plain"]
        # How many printers IPython has for each builtin type. If there are more later, the user has
        # registered one, and it must be used.
        self._usual = {kind: self._count_printers(kind) for kind in PLAIN}
        self._introspection = Introspection(self._kernel)
        self._engine: Engine | None = None
        self._has_heard = False
        self._undo: list[Callable[[], None]] = []
        self._show_traceback: Callable[..., None] | None = None
        self._exits = {name: tracebacks.Exit(name) for name in ("exit", "quit")}
        # The names that IPython has put into the user's namespace. It has an `open` of its own
        # there, but the builtin does for a console too.
        self._lent = {**shell.user_ns_hidden, **self._exits}
        self._lent.pop("open", None)
        self._taken_back: dict[str, Any] = {}
        for name in (*shell.user_ns_hidden, "__builtin__", *_recent(self.namespace)):
            self.namespace.pop(name, None)

    def attach(self, engine: Engine) -> None:
        """Replace what publishes in IPython and ipykernel, so that during a run its output goes to
        the engine's statements. `remove` undoes it."""
        self._engine = engine
        self._hear_all_requests()
        self._answer_queries(engine)
        publisher, shell = self.shell.display_pub, self.shell
        publish, clear_output = publisher.publish, publisher.clear_output
        show_traceback, format_value = shell._showtraceback, self._formatter.format

        def on_publish(
            data: dict[str, Any],
            metadata: dict[str, Any] | None = None,
            *arguments: Any,
            transient: dict[str, Any] | None = None,
            update: bool = False,
            **options: Any,
        ) -> None:
            sink = engine.router.find()
            # ipywidgets' `Output` captures messages by these hooks: leave them to it.
            if sink is None or getattr(publisher, "_hooks", None):
                publish(data, metadata, transient=transient, update=update, **options)
                return
            self._bring_in()
            display_id = (transient or {}).get("display_id")
            output, size = display_output(data, metadata, display_id)
            if update and display_id is not None:
                del output["type"], output["displayId"]
                sink.update(display_id, output, size)
            else:
                sink.output(output, size)
            interrupts.current.deliver()

        def on_clear_output(wait: bool = False) -> None:
            sink = engine.router.find()
            if sink is None or getattr(publisher, "_hooks", None):
                clear_output(wait)
                return
            self._bring_in()
            sink.clear(wait)
            interrupts.current.deliver()

        def on_traceback(kind: Any, error: Any, lines: list[str]) -> None:
            sink = engine.router.find()
            if sink is None or not isinstance(error, BaseException):
                show_traceback(kind, error, lines)
                return
            path = self.namespace.get("__file__", "")
            sink.output(tracebacks.describe(error, path, skip=_FORMATTER), 1000)

        def on_format(value: Any, *arguments: Any, **options: Any) -> Any:
            bundle = format_value(value, *arguments, **options)
            figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
            if figure is not None and isinstance(value, figure):
                engine.figures.was_shown(value)
            return bundle

        def on_inline(backend: ModuleType) -> None:
            show = backend.show

            @wraps(show)
            def on_show(close: bool | None = None, block: bool | None = None) -> None:
                if not engine.show_figures(block):
                    show(close, block)

            backend.show = on_show  # type: ignore[attr-defined]
            self._undo.append(partial(setattr, backend, "show", show))

        self._undo.append(WhenImported("matplotlib_inline.backend_inline", on_inline).remove)
        kernel, before = self._kernel, self._kernel.pre_handler_hook

        after = self._kernel.post_handler_hook
        given_back: list[Callable[[], None]] = []

        def on_request() -> None:
            request = kernel.get_parent("shell")
            if "rdit" not in request.get("content", {}):
                if request.get("msg_type") == "execute_request":
                    given_back.append(self._lend())
                before()
                return
            # ipykernel restores `saved_sigint_handler` after the request. Between our code and its
            # reply a KeyboardInterrupt would be raised in ipykernel, and no reply be sent: have
            # SIGINT only recorded there.
            interrupts.forget()
            kernel.saved_sigint_handler = signal.signal(signal.SIGINT, interrupts.note)

        def on_answered() -> None:
            while given_back:
                given_back.pop()()
            after()

        # The namespace has none of IPython's names during a run. Those a user may type, `exit` and
        # `quit`, are builtins, as with Python's `site`.
        trapped, usual = shell.builtin_trap.auto_builtins, dict(shell.builtin_trap.auto_builtins)
        trapped.update(self._exits)
        self._undo.append(lambda: trapped.update(usual))
        self._undo.append(lambda: self.namespace.update(shell.user_ns_hidden))
        self._replace(kernel, "pre_handler_hook", on_request)
        self._replace(kernel, "post_handler_hook", on_answered)
        self._replace(publisher, "publish", on_publish)
        self._replace(publisher, "clear_output", on_clear_output)
        self._replace(shell, "_showtraceback", on_traceback)
        self._show_traceback = on_traceback
        self._replace(self._formatter, "format", on_format)
        backend = environment.restore()
        if backend is not None:
            finder = environment.Backend(backend)
            finder.install()
            self._undo.append(finder.remove)
        self._undo.append(give_back())
        self._keep_faults()
        # At exit, before ipykernel closes its streams. It wakes the threads that read its own pipes
        # by a write to descriptors 1 and 2, and joins them: with our pipes there it would hang.
        atexit.register(self._leave_descriptors)

    def remove(self) -> None:
        """Restore everything in IPython and ipykernel that was replaced."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()
        atexit.unregister(self._leave_descriptors)

    def request(self) -> dict[str, Any]:
        content: dict[str, Any] = self._kernel.get_parent("shell")["content"]["rdit"]
        return content

    def sender(self) -> Callable[[list[Event]], None]:
        parent = {"header": self._kernel.get_parent("shell").get("header", {})}
        send, socket = self._session.send, self._kernel.iopub_socket
        count = 0

        @untraced
        def publish(events: list[Event]) -> None:
            nonlocal count
            count += 1
            content = {"events": events, "count": count}
            send(socket, "rdit_events", content, parent=parent, ident=b"rdit_events")

        return publish

    @untraced
    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        loop = self._thread.io_loop
        self._thread.schedule(lambda: loop.call_later(seconds, function))
        return True

    @untraced
    def hand_over(self) -> None:
        left = threading.Event()
        self._thread.schedule(left.set)
        left.wait(_HAND_OVER_SECONDS)

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        kind = type(value)
        if kind in PLAIN and self._count_printers(kind) == self._usual[kind]:
            text = None if self._text.float_precision else write_plain(value)
            if text is not None:
                return {"text/plain": text}, {}
        data, metadata = self._formatter.format(value)
        return data, metadata

    def explain(self, error: BaseException) -> None:
        """If a library has replaced IPython's `_showtraceback`, have it show this error."""
        shown = self.shell.__dict__.get("_showtraceback")
        if self._engine is not None and shown not in (None, self._show_traceback):
            # `rich.traceback.install()` does that when it finds IPython.
            def tell(kind: type[BaseException], value: BaseException, tb: Any) -> None:
                show_as_handled(value)
                shown(kind, value, [])

            self._engine.excepthook.of_host = tell

    @contextmanager
    def during_run(self) -> Iterator[None]:
        assert self._engine is not None
        self._introspection.let_complete()
        request = self.request()
        if not request.get("lineRange") and request.get("statements") is None:
            # The whole script runs as in a new process, in which no library has replaced it yet.
            object.__setattr__(self.shell, "_showtraceback", self._show_traceback)
            self.shell.__dict__.pop("showtraceback", None)
        # While a request is served ipykernel has replaced `input`, and keeps the original here.
        kept = getattr(self._kernel, "_sys_raw_input", None)
        usual = kept if isinstance(kept, BuiltinFunctionType) else builtins.input
        with asked_by(partial(self._ask, self._engine), usual):
            try:
                yield
            finally:
                inline = sys.modules.get("matplotlib_inline.backend_inline")
                if inline is not None:
                    # The figures have been displayed: empty the list of those that the inline
                    # backend would display after the request.
                    inline.show._draw_called = False
                    inline.show._to_draw = []

    def _ask(self, engine: Engine, prompt: str, password: bool) -> str:
        if not getattr(self._kernel, "_allow_stdin", False):
            raise EOFError("this run cannot ask: nobody is there to answer input()")
        sink = engine.router.find()
        self._bring_in()
        if sink is not None:
            # `input_request` is sent on another channel, stdin: first let the text that was printed
            # before it be sent.
            sink.run_events.sync()
        if not self._has_heard:
            # A ROUTER socket drops messages to a peer that has not connected yet. The server sends
            # an empty `input_reply` when it opens its channels: once that is here, it is connected.
            # http://api.zeromq.org/4-2:zmq-socket (ZMQ_ROUTER)
            self._has_heard = True
            self._kernel.stdin_socket.poll(_GREETING_MILLISECONDS)
        with engine.streams.as_ours():
            answer: str = (self._kernel.getpass if password else self._kernel.raw_input)(prompt)
        if sink is not None:
            # Output the prompt and the answer, as a terminal echoes it. A password is not echoed.
            sink.text("stdout", f"{prompt}{'' if password else answer}\n")
        return answer

    def _lend(self) -> Callable[[], None]:
        """Put IPython's names into the namespace for an `execute_request` of another client, such
        as a console. The function that is returned removes them, and the names of results that the
        request has added, which the next such request gets again."""
        names = self.namespace
        lent = {name: value for name, value in self._lent.items() if name not in names}
        lent |= {name: value for name, value in self._taken_back.items() if name not in names}
        for name in _RESULTS:
            if name not in names:
                # IPython updates `_` only while it is the object that IPython has stored last, as
                # otherwise the user has assigned it.
                last = getattr(self.shell.displayhook, name)
                lent[name] = self.shell.user_ns_hidden[name] = last
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

    def _hear_all_requests(self) -> None:
        """Have ipykernel send replies on the shell channel through the stream that reads requests.

        ipykernel 7.0 to 7.3 (the last for Python 3.10) sends them on the stream's socket directly.
        ZMQ's descriptor is edge-triggered: such a send may consume the edge of a request that has
        just arrived, and the kernel never reads it. https://github.com/ipython/ipykernel/pull/1529
        """
        thread = getattr(self._kernel, "shell_channel_thread", None)
        manager: Any = getattr(thread, "manager", None)
        if hasattr(manager, "_shell_socket"):
            self._undo.append(partial(setattr, manager, "_shell_socket", manager._shell_socket))
            manager._shell_socket = self._kernel.shell_stream

    def _answer_queries(self, engine: Engine) -> None:
        """Handle `rdit_query` messages on the control channel, which has a thread of its own in
        ipykernel, so that a run does not delay them. Answers are sent on iopub."""
        send, socket = self._session.send, self._kernel.iopub_socket
        queries = Queries(self._introspection, engine)

        def on_query(stream: Any, identities: Any, message: dict[str, Any]) -> None:
            # Jupyter takes a message without a parent for activity of the kernel.
            parent = {"header": message["header"]}

            def publish(answer: dict[str, Any]) -> None:
                send(socket, "rdit_answer", answer, parent=parent, ident=b"rdit_answer")

            queries.answer_aside(message["content"], publish)

        handlers = self._kernel.control_handlers
        handlers["rdit_query"] = on_query
        self._undo.append(lambda: handlers.pop("rdit_query", None))

    def _bring_in(self) -> None:
        if self._engine is not None and threading.current_thread() is threading.main_thread():
            self._engine.drain()

    def _count_printers(self, kind: type) -> int:
        count = 0
        for printers in self._printers:
            if kind in printers:
                count += 1
        return count

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        # Set on the instance: deleting the attribute restores that of the class.
        def undo() -> None:
            with suppress(AttributeError):
                delattr(owner, name)

        object.__setattr__(owner, name, value)
        self._undo.append(undo)

    def _keep_faults(self) -> None:
        """Have faulthandler write to the kernel's original stderr, which is the server's log.
        Descriptor 2 is a pipe now, whose reader dies with this process."""
        if faulthandler.is_enabled():
            descriptor = getattr(sys.__stderr__, "fileno", lambda: 2)()
            original = getattr(self._original_stderr(), "_original_stdstream_copy", None)
            faulthandler.enable(file=original if original is not None else descriptor)

    def _original_stderr(self) -> Any:
        return None if self._engine is None else self._engine.streams.stderr._original

    def _leave_descriptors(self) -> None:
        if self._engine is not None and self._engine.pipes is not None:
            self._engine.pipes.remove()


def _recent(names: dict[str, Any]) -> dict[str, Any]:
    """The names by which IPython keeps inputs and results: `_`, `_1`, `_i`, `_i1`..."""
    return {name: value for name, value in names.copy().items() if _RECENT.fullmatch(name)}


def boot() -> None:
    """Install the runtime in the ipykernel that executes this.

    Raises:
        AttributeError: its IPython or ipykernel lacks a name that the host needs.
    """
    from IPython import get_ipython

    host = IPythonHost(get_ipython())
    host.attach(install(host))
