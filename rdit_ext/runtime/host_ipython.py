"""The `Host` in a Jupyter kernel: publishing, timers, the display formatter, `input`, `exit`.

Events are sent as `rdit_events` messages on iopub, with the run's `execute_request` as parent. What
IPython would publish itself during a run becomes output of a statement (`ipython_output.py`).

The names of ipykernel and IPython that are not public API are listed in docs/private-api.md.
"""

from __future__ import annotations

import atexit
import builtins
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import BuiltinFunctionType
from typing import Any

from . import environment, install, interrupts
from .engine import Engine
from .evaluate import Evaluations
from .introspect_ipython import Introspection
from .ipython_names import IPythonNames
from .ipython_output import IPythonOutput
from .library import give_back
from .queries import Queries
from .replacements import Undo
from .run_events import Event
from .stacks import untraced
from .stdin import asked_by
from .widget_output import WidgetOutputs

_HAND_OVER_SECONDS = 0.05
# How long to wait, before the first `input()`, for the server's first message on stdin.
_GREETING_MILLISECONDS = 5000
# The requests that run code of the user's.
_RUN_CODE = ("execute_request", "comm_open", "comm_msg", "comm_close")


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
        self._undo = Undo()
        self._names = IPythonNames(shell, self._undo)
        self._output = IPythonOutput(shell)
        self.format = self._output.format
        self.explain = self._output.explain
        self._introspection = Introspection(self._kernel)
        self._engine: Engine | None = None
        self._has_heard = False

    def attach(self, engine: Engine) -> None:
        """Replace what publishes in IPython and ipykernel, so that during a run its output goes to
        the engine's statements. `remove` undoes it."""
        self._engine = engine
        self._hear_all_requests()
        evaluations = self._answer_queries(engine)
        self._output.attach(engine, self._undo)
        kernel = self._kernel
        widgets = WidgetOutputs(
            engine, kernel.comm_manager, self._script, self._output.widgets, self._undo
        )
        engine.at_end.append(widgets.end_run)
        before, after = kernel.pre_handler_hook, kernel.post_handler_hook
        # What each thread does when its request is answered: a subshell is a thread that serves
        # requests beside the main thread.
        at_the_end: dict[int, list[Callable[[], None]]] = {}

        def on_request() -> None:
            request = kernel.get_parent("shell")
            message_type = request.get("msg_type")
            to_do = at_the_end.setdefault(threading.get_ident(), [])
            if message_type in _RUN_CODE and _is_main_thread():
                evaluations.begin_request()
                to_do.append(evaluations.end_request)
            if "rdit" not in request.get("content", {}):
                if message_type == "execute_request":
                    to_do.append(self._names.lend())
                elif message_type == "comm_msg":
                    restore = widgets.begin_message(request["content"].get("comm_id"))
                    if restore is not None:
                        to_do.append(restore)
                # Raises in a subshell, which may set no handler of signals; ipykernel expects it.
                before()
                return
            # ipykernel restores `saved_sigint_handler` after the request. Between our code and its
            # reply a KeyboardInterrupt would be raised in ipykernel, and no reply be sent: have
            # SIGINT only recorded there.
            interrupts.forget()
            kernel.saved_sigint_handler = signal.signal(signal.SIGINT, interrupts.note)

        def on_answered() -> None:
            # First, as an interrupt before it would leave the rest undone.
            try:
                after()
            finally:
                to_do = at_the_end.pop(threading.get_ident(), [])
                while to_do:
                    to_do.pop()()

        self._undo.replace(kernel, "pre_handler_hook", on_request)
        self._undo.replace(kernel, "post_handler_hook", on_answered)
        backend = environment.restore()
        if backend is not None:
            finder = environment.Backend(backend)
            finder.install()
            self._undo.add(finder.remove)
        self._undo.add(give_back())
        self._keep_faults()
        # At exit, before ipykernel closes its streams. It wakes the threads that read its own pipes
        # by a write to descriptors 1 and 2, and joins them: with our pipes there it would hang.
        atexit.register(self._leave_descriptors)

    def remove(self) -> None:
        """Restore everything in IPython and ipykernel that was replaced."""
        self._undo.all()
        atexit.unregister(self._leave_descriptors)

    def _script(self) -> str:
        return str(self.namespace.get("__file__", ""))

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
            content = {"events": events, "count": count + 1}
            send(socket, "rdit_events", content, parent=parent, ident=b"rdit_events")
            # Only now: what cannot be encoded was not sent.
            count += 1

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

    @untraced
    def log(self, text: str) -> None:
        # The server's log.
        descriptor = getattr(self._original_stderr(), "_original_stdstream_copy", None)
        if descriptor is not None:
            os.write(descriptor, f"rdit: {text}\n".encode(errors="replace"))

    @contextmanager
    def during_run(self) -> Iterator[None]:
        assert self._engine is not None
        self._introspection.let_complete()
        request = self.request()
        if not request.get("lineRange") and request.get("statements") is None:
            self._output.begin_whole()
        # While a request is served ipykernel has replaced `input`, and keeps the original here.
        kept = getattr(self._kernel, "_sys_raw_input", None)
        usual = kept if isinstance(kept, BuiltinFunctionType) else builtins.input
        with asked_by(partial(self._ask, self._engine), usual):
            try:
                yield
            finally:
                self._output.end_run()

    def _ask(self, engine: Engine, prompt: str, password: bool) -> str:
        if not getattr(self._kernel, "_allow_stdin", False):
            raise EOFError("this run cannot ask: nobody is there to answer input()")
        sink = engine.router.find()
        self._output.bring_in()
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
        try:
            with engine.streams.as_ours():
                ask = self._kernel.getpass if password else self._kernel.raw_input
                answer: str = ask(prompt)
        except KeyboardInterrupt as interrupt:
            # ipykernel gives it a message if the signal came while it looked for the answer.
            # Python's `input` gives none.
            interrupt.args = ()
            raise
        if sink is not None:
            # Output the prompt and the answer, as a terminal echoes it. A password is not echoed.
            sink.text("stdout", f"{prompt}{'' if password else answer}\n")
        return answer

    def _hear_all_requests(self) -> None:
        """Have ipykernel send replies on the shell channel through the stream that reads requests.

        ipykernel 7.0 to 7.3 (the last for Python 3.10) sends them on the stream's socket directly.
        ZMQ's descriptor is edge-triggered: such a send may consume the edge of a request that has
        just arrived, and the kernel never reads it. https://github.com/ipython/ipykernel/pull/1529
        """
        thread = getattr(self._kernel, "shell_channel_thread", None)
        manager: Any = getattr(thread, "manager", None)
        if hasattr(manager, "_shell_socket"):
            self._undo.add(partial(setattr, manager, "_shell_socket", manager._shell_socket))
            manager._shell_socket = self._kernel.shell_stream

    def _answer_queries(self, engine: Engine) -> Evaluations:
        """Handle `rdit_query` messages on the control channel, which has a thread of its own in
        ipykernel, so that a run does not delay them. Answers are sent on iopub."""
        send, socket = self._session.send, self._kernel.iopub_socket
        # The main thread's loop, in which ipykernel serves what comes on the shell channel: a
        # callback is called between two requests, or while one awaits.
        queries = Queries(self._introspection, engine, self._kernel.io_loop.add_callback)

        def on_query(stream: Any, identities: Any, message: dict[str, Any]) -> None:
            # Jupyter takes a message without a parent for activity of the kernel.
            parent = {"header": message["header"]}

            def publish(answer: dict[str, Any]) -> None:
                send(socket, "rdit_answer", answer, parent=parent, ident=b"rdit_answer")

            queries.answer_aside(message["content"], publish)

        handlers = self._kernel.control_handlers
        handlers["rdit_query"] = on_query
        self._undo.add(lambda: handlers.pop("rdit_query", None))
        return queries.evaluations

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


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def boot() -> None:
    """Install the runtime in the ipykernel that executes this.

    Raises:
        AttributeError: its IPython or ipykernel lacks a name that the host needs.
    """
    from IPython import get_ipython

    host = IPythonHost(get_ipython())
    host.attach(install(host))
