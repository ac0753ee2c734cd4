"""The widget `Output` of ipywidgets: what is put out within `with out:` goes into its `outputs`.

ipywidgets leaves that to the browser: `with out:` sets `msg_id`, and the browser moves the messages
with that parent into the widget. Ours are no such messages; and a browser that is not there catches
nothing, while two catch everything twice. So the kernel does it, and the browsers are told by the
state of the widget, as of any other trait.

What a callback of a widget puts out goes to the statement that made the widget. Where a widget that
is closed was displayed, nothing is left, as in a notebook that is open meanwhile.
"""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from functools import partial
from operator import is_
from types import ModuleType
from typing import Any

from . import renditions, tracebacks
from .caught_outputs import CaughtOutputs, Entry
from .engine import Engine
from .imports import WhenImported
from .ipython_output import TEXT, ShownWidget
from .mime_bundle import display_output
from .output_limits import Limits
from .replacements import Undo, replaces
from .run_events import Event
from .shields import shielded
from .sink_router import get_sink
from .statement_sink import StatementSink, discarding

# Seconds between two updates of a browser: at least the first, and one for so many characters, as
# each has all outputs.
_PERIOD = 0.05
_CHARACTERS_PER_SECOND = 2e6


class WidgetOutputs:
    """Replaces `Output.__enter__` and `__exit__` when ipywidgets is imported. `script`: gives the
    path of the script, for tracebacks. `displayed`: the widgets that are
    displayed."""

    def __init__(
        self,
        engine: Engine,
        comms: Any,
        script: Callable[[], str],
        displayed: dict[str, ShownWidget | None],
        undo: Undo,
    ):
        self._engine = engine
        self._comms = comms
        self._script = script
        self._displayed = displayed
        # The statement that made a comm, and so its widget.
        self._makers: weakref.WeakKeyDictionary[Any, StatementSink] = weakref.WeakKeyDictionary()
        # The sinks of the blocks that a widget is in, innermost last, with what ends each.
        self._inside: weakref.WeakKeyDictionary[Any, list[tuple[OutputSink, Callable[[], None]]]]
        self._inside = weakref.WeakKeyDictionary()
        # What was last put into a widget, as `outputs` and with what is known of it.
        self._known: weakref.WeakKeyDictionary[Any, tuple[list[Entry], CaughtOutputs]]
        self._known = weakref.WeakKeyDictionary()
        # Widgets that the next output clears.
        self.clearing: weakref.WeakSet[Any] = weakref.WeakSet()
        register = comms.register_comm

        def on_register(comm: Any) -> Any:
            sink = engine.router.find()
            while isinstance(sink, OutputSink):
                sink = sink.outer
            if sink is not None:
                self._makers[comm] = sink
            return register(comm)

        unregister = comms.unregister_comm

        def on_unregister(comm: Any) -> Any:
            if comm.comm_id in displayed:
                del displayed[comm.comm_id]
                sink = engine.router.find() or self._makers.get(comm)
                if sink is not None:
                    sink.update(comm.comm_id, {"text": "", "data": {}, "metadata": {}}, 100)
            return unregister(comm)

        undo.replace(comms, "register_comm", on_register)
        undo.replace(comms, "unregister_comm", on_unregister)
        undo.add(WhenImported("ipywidgets.widgets.widget_output", partial(self._meet, undo)).remove)

    def begin_message(self, comm_id: object) -> Callable[[], None] | None:
        """Have what is put out from now on be of the statement that made this comm. Returns what
        ends that; None if no statement did."""
        comm = self._comms.comms.get(comm_id)
        sink = None if comm is None else self._makers.get(comm)
        return None if sink is None else self._engine.router.divert(sink)

    def end_run(self) -> None:
        """Update the text of the widgets that were displayed: a bar that has come to its end says
        so in a report, where no widget is."""
        library: Any = sys.modules.get("ipywidgets.widgets.widget")
        instances = getattr(library, "_instances", {})
        for model_id, shown in list(self._displayed.items()):
            if shown is None:
                continue
            self._displayed[model_id] = None
            widget: Any = instances.get(model_id)
            try:
                text = widget._repr_mimebundle_()[TEXT]
            except Exception:  # it has none, or its own code has raised
                continue
            if text != shown.data.get(TEXT):
                output, size = display_output({**shown.data, TEXT: text}, shown.metadata)
                del output["type"]
                shown.sink.update(model_id, output, size)

    def caught(self, widget: Any, limits: Limits) -> CaughtOutputs:
        """What is in a widget by now, which others than blocks may have set."""
        outputs = widget.outputs
        known, caught = self._known.get(widget, ([], CaughtOutputs(limits)))
        if len(known) != len(outputs) or not all(map(is_, known, outputs)):
            caught = CaughtOutputs(limits)
            caught.add_all(outputs)
        return caught

    def put(self, widget: Any, caught: CaughtOutputs) -> None:
        """Set the `outputs` of a widget."""
        outputs = caught.outputs()
        self._known[widget] = outputs, caught
        widget.outputs = tuple(outputs)

    def _meet(self, undo: Undo, module: ModuleType) -> None:
        kind = module.Output
        enter, leave = kind.__enter__, kind.__exit__
        outputs = self

        @replaces(enter, enter.__module__, enter.__qualname__)
        def on_enter(self: Any) -> None:
            outputs._enter(self)

        @replaces(leave, leave.__module__, leave.__qualname__)
        def on_leave(self: Any, kind: Any, error: Any, traceback: Any) -> bool:
            return outputs._leave(self, error)

        for name, function, usual in (
            ("__enter__", on_enter, enter),
            ("__exit__", on_leave, leave),
        ):
            setattr(kind, name, function)
            undo.add(partial(setattr, kind, name, usual))

    def _enter(self, widget: Any) -> None:
        engine = self._engine
        self._drain()
        outer = get_sink() or engine.router.find() or discarding(engine.host)
        sink = OutputSink(widget, outer, self)
        inside = self._inside.setdefault(widget, [])
        # A block in a block of the same widget adds to what is in it by now, or clears that:
        # `clear_output` of the widget is such a block.
        for around, _ in list(inside):
            around.flush()
        inside.append((sink, engine.router.divert(sink)))

    def _leave(self, widget: Any, error: BaseException | None) -> bool:
        """Whether the exception ends here, as in IPython. What stops the script does not."""
        is_shown = isinstance(error, Exception)
        inside = self._inside.get(widget)
        if not inside:
            return is_shown
        # The block of this thread and task: others may be in the widget too.
        own = [entry for entry in inside if entry[0] is get_sink()]
        entry = sink, restore = (own or inside)[-1]
        inside.remove(entry)
        try:
            if error is not None and is_shown:
                sink.output(tracebacks.describe(error, self._script()), 1000)
            self._drain()
        finally:
            restore()
            sink.close()
        return is_shown

    def _drain(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._engine.drain()


class OutputSink(StatementSink):
    """Takes what is put out in one `with out:`; `close` puts it into the widget's `outputs`. The
    browsers are told before, while the block lasts."""

    __slots__ = (
        "_caught",
        "_clears",
        "_is_open",
        "_limits",
        "_lock",
        "_owner",
        "_updates",
        "_widget",
        "_will_tell_browsers",
        "outer",
    )

    def __init__(self, widget: Any, outer: StatementSink, owner: WidgetOutputs):
        super().__init__(outer.run_events, outer.node_index)
        self.outer = outer
        self._widget = widget
        self._owner = owner
        self._lock = threading.RLock()
        self._limits = outer.run_events.limits
        # What is to follow the widget's outputs, or to replace them; and by the id of a display
        # that is among them what is to be its data and metadata.
        self._caught = CaughtOutputs(self._limits)
        self._clears = False
        self._updates: dict[str, tuple[Entry, Entry]] = {}
        self._is_open = True
        self._will_tell_browsers = False

    @shielded
    def text(self, stream: str, text: str, is_late: bool = False) -> None:
        if not self._is_open:
            return self.outer.text(stream, text, is_late)
        with self._lock:
            self._begin()
            self._caught.add_text(stream, text)
            self._tell_soon()

    @shielded
    def output(self, output: Event, size: int, is_late: bool = False) -> None:
        if not self._is_open:
            return self.outer.output(output, size, is_late)
        note = ""
        if size > self._limits.largest and "data" in output:
            output, size, note = renditions.smaller(output, self._limits.largest)
        with self._lock:
            self._begin()
            self._caught.add(_entry(output), size)
            if note:
                self._caught.add_text("stderr", note)
            self._tell_soon()

    @shielded
    def update(self, display_id: str, output: Event, size: int, is_late: bool = False) -> None:
        with self._lock:
            if self._is_open and self._update(display_id, output, size):
                return self._tell_soon()
        self.outer.update(display_id, output, size, is_late)

    def _update(self, display_id: str, output: Event, size: int) -> bool:
        """Replace the data of a display. Returns whether it is in the widget."""
        is_own = self._caught.has_display(display_id)
        if not is_own and (
            self._clears
            or not self._owner.caught(self._widget, self._limits).has_display(display_id)
        ):
            return False
        note = ""
        if size > self._limits.largest:
            output, size, note = renditions.smaller(output, self._limits.largest)
        if is_own:
            self._caught.update(display_id, output["data"], output["metadata"])
        else:
            self._updates[display_id] = output["data"], output["metadata"]
        if note:
            self._caught.add_text("stderr", note)
        return True

    @shielded
    def clear(self, wait: bool, is_late: bool = False) -> None:
        if not self._is_open:
            return self.outer.clear(wait, is_late)
        with self._lock:
            self._owner.clearing.add(self._widget)
            if not wait:
                self._drop()
                self._tell_soon()

    def close(self) -> None:
        """Set the widget's `outputs`. What comes later goes to the statement."""
        with self._lock:
            self._is_open = False
        self.flush()

    def flush(self) -> None:
        """Set the widget's `outputs` to what there is by now."""
        with self._lock:
            if not (self._clears or self._caught or self._updates):
                return
            caught = self._all()
            self._clears, self._updates = False, {}
            self._caught = CaughtOutputs(self._limits)
        self._owner.put(self._widget, caught)

    def _begin(self) -> None:
        """An output comes: clear what is to be cleared by it."""
        if self._widget in self._owner.clearing:
            self._drop()

    def _drop(self) -> None:
        self._owner.clearing.discard(self._widget)
        self._clears, self._updates = True, {}
        self._caught = CaughtOutputs(self._limits)

    def _all(self) -> CaughtOutputs:
        """The widget's outputs with what was added."""
        if self._clears:
            return self._caught.copy()
        caught = self._owner.caught(self._widget, self._limits).copy()
        for display_id, (data, metadata) in self._updates.items():
            caught.update(display_id, data, metadata)
        caught.extend(self._caught)
        return caught

    def _tell_soon(self) -> None:
        if not self._will_tell_browsers:
            self._will_tell_browsers = self.run_events.host.call_later(_PERIOD, self._tell_browsers)

    def _tell_browsers(self) -> None:
        """Called by a timer: send the outputs, though the block lasts. The trait itself is set when
        it is over, in the thread of the user's code, which may observe it."""
        with self._lock:
            self._will_tell_browsers = False
            comm = self._widget.comm
            if not self._is_open or comm is None:
                return
            outputs = self._all().outputs()
            size = sum(len(entry.get("text", "")) for entry in outputs)
            if size > _CHARACTERS_PER_SECOND * _PERIOD:
                # Not again before the browsers have had time for this one.
                self._will_tell_browsers = self.run_events.host.call_later(
                    size / _CHARACTERS_PER_SECOND, self._tell_browsers
                )
        state = {"outputs": outputs}
        comm.send({"method": "update", "state": state, "buffer_paths": []})


def _entry(output: Event) -> Entry:
    """An output as nbformat has it."""
    if output["type"] == "error":
        lines = output["text"].splitlines()
        error = {"ename": output["name"], "evalue": output["message"], "traceback": lines}
        return {"output_type": "error", **error}
    entry = {"output_type": "display_data", "data": output["data"], "metadata": output["metadata"]}
    if "displayId" in output:
        entry["transient"] = {"display_id": output["displayId"]}
    return entry
