"""The process as scripts find it: streams, descriptors, hooks, figures, limits and names.

This module knows neither Jupyter nor Pyodide: what it needs of them is in the `Host` protocol.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from types import CodeType
from typing import Any, NoReturn

from . import interrupts, source_cache
from .charts import Charts
from .columns import Columns
from .crash_marker import CrashMarker
from .event_loop import ScriptLoop
from .excepthook import Excepthook
from .fd_capture import Pipes, is_possible
from .host import Host
from .main_module import MainModule
from .matplotlib_figures import Figures
from .mime_bundle import display_output
from .modules import Modules
from .namespace import NamespaceBaseline
from .process_state import ProcessState
from .recorder import Recorder
from .recursion_limit import RecursionLimit
from .replacements import replaces
from .run_context import RunContext
from .run_events import RunEvents
from .sink_router import SinkRouter
from .stacks import cut_stacks
from .statement_sink import StatementSink
from .streams import Streams
from .tables import Tables
from .threads import hide_ours

# Seconds that `os._exit` waits for the host's network threads to write the last events.
_LAST_WORDS = 0.2


class Engine:
    """What scripts find in this process. There is one instance; it replaces the standard streams,
    `os._exit`, `sys.excepthook` and more until `remove` is called.

    `caller`: the code of the function that calls the user's code, at which stacks are cut.
    """

    def __init__(self, host: Host, caller: CodeType):
        self.host = host
        source_cache.install()
        self.router = SinkRouter()
        has_descriptors = host.has_descriptors and is_possible()
        self.streams = Streams(self.router, has_descriptors)
        self.pipes: Pipes | None = None
        if has_descriptors:
            self.pipes = Pipes(self.router, self._write_elsewhere)
            self.streams.look(self.pipes.looks())
        self.figures = Figures(self._show_figure)
        # What the host does at the end of each run, before its last events.
        self.at_end: list[Callable[[], None]] = []
        self.columns = Columns()
        self._charts = Charts()
        self.tables = Tables()
        self.excepthook = Excepthook()
        self.marker = CrashMarker(None)
        self._recorded: RunEvents | None = None
        # Python's `os._exit`, in whose place is ours.
        self.exit = os._exit

        @replaces(os._exit, "os", "_exit")
        def say_and_exit(status: int) -> NoReturn:
            self._say_and_exit(status)

        os._exit = say_and_exit
        self._main = MainModule(host.namespace)
        self._baseline = NamespaceBaseline(host.namespace)
        self.process_state = ProcessState()
        self.modules = Modules()
        # The paths of the scripts that have run.
        self.sources: set[str] = set()
        self.context = RunContext()
        self.loop = ScriptLoop()
        self.recursion_limit = RecursionLimit()
        self._undo = (cut_stacks(caller), hide_ours())
        # Installs the script's own tracer and profiler again, for its next statement. They are
        # off between statements.
        self.resume: Callable[[], None] | None = None

    def keep_marker(self, path: str | None) -> None:
        """Record in this file which statement runs, and what stays in the pipes of descriptors 1
        and 2 while the interpreter cannot read them (`spill.py`). None: for no other process.

        Raises:
            OSError: the file cannot be opened or written.
        """
        old = self.marker
        self.marker = CrashMarker(path, own_file=self.pipes is not None)
        if self.pipes is not None:
            self.pipes.keep_in(self.marker.file, self.marker.bytes)
        old.close()

    def record(self, run_events: RunEvents) -> None:
        """Record the outputs of this run in the shared file, and no longer those of the last."""
        if self._recorded is not None:
            with self._recorded.lock:
                self._recorded.recorder = None
            self._recorded = None
        if self.marker.file is not None and not self.router.forked:
            run_events.recorder = Recorder(self.marker.bytes)
            self._recorded = run_events

    def _say_and_exit(self, status: int) -> NoReturn:
        """In place of `os._exit`, which ends all threads at once: send what is buffered first."""
        if not self.router.forked and self.router.last is not None:
            self.drain()
            self.router.last.run_events.sync()
            # `sync` has passed the events to ZMQ; its I/O thread still has to write them.
            time.sleep(_LAST_WORDS)
        self.exit(status)

    def remove(self) -> None:
        """Restore everything in the process that the engine and its host have replaced."""
        os._exit = self.exit
        source_cache.remove()
        for undo in self._undo:
            undo()
        self.excepthook.remove()
        self.columns.remove()
        self._charts.remove()
        if self.pipes is not None:
            self.pipes.remove()
        self.streams.remove()
        self.marker.close()
        self.host.remove()

    def names(self) -> list[tuple[str, Any]]:
        """The names in the namespace that scripts have defined, with their values. May be called
        from any thread."""
        return [
            (name, value)
            for name, value in self.host.namespace.copy().items()
            # What is no str has a hash of its own, and no name.
            if type(name) is str and not self._baseline.has(name)
        ]

    def reset(self) -> None:
        """Delete the user's names, and undo what scripts have changed of the process: streams,
        hooks, figures, recursion limit."""
        self.figures.forget()
        self.tables.forget()
        self.excepthook.forget()
        self._renew_streams()
        self.context.forget()
        self.recursion_limit.forget()
        self.resume = None
        self._baseline.restore(self.host.namespace, self.sources)
        self.sources.clear()
        self._main.forget()

    def set_up(self, path: str, whole: bool) -> None:
        """Set up the script's module. `whole`: also streams, hooks and limits, as in a new
        process."""
        self._main.set_up(path, whole)
        if whole:
            self.recursion_limit.forget()
            self.resume = None
            self.excepthook.restore()
            self._renew_streams()

    def _renew_streams(self) -> None:
        """Restore descriptors 1 and 2 and the standard streams to those of a new process."""
        self.streams.drop()
        if self.pipes is not None:
            self.pipes.mend()
        self.streams.restore()

    def show_figures(self, block: bool | None = None) -> bool:
        """What `plt.show(block)` does during a run: display the open figures. False outside of a
        run, where nothing is displayed."""
        sink = self.router.find()
        if sink is not None:
            self.drain()
            self.figures.show(sink, block is not False)
            interrupts.current.deliver()
        return sink is not None

    def _show_figure(self, figure: Any, sink: StatementSink, name: str | None, again: bool) -> bool:
        data, metadata = self.host.format(figure)
        if not any(mime.startswith("image/") for mime in data):  # an empty figure has none
            return False
        output, size = display_output(data, metadata, name)
        if again and name is not None:
            del output["type"], output["displayId"]
            sink.update(name, output, size)
        else:
            sink.output(output, size)
        return True

    def drain(self) -> None:
        """Read all that was written to descriptors 1 and 2 so far, so that it belongs to the
        statement that wrote it; first flush files of the script that buffer text for them."""
        self.streams.flush_wrappers()
        # A forked child shares the pipes. Their only reader is the parent.
        if self.pipes is not None and not self.router.forked:
            self.pipes.drain()

    def _write_elsewhere(self, stream: str, text: str) -> None:
        self.streams.write_original(stream, text)
