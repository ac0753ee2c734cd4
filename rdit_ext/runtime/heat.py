"""Where the time of a long statement goes, by lines, and how far its loop is: its stack, looked at
many times a second.

A statement that lasts for a second gets a thread that looks until it ends. One of less costs two
calls. A line is given the time since the look before: one C function may keep all other threads
from running for long. Its line has that time, or the next one, if the script is there by then.

Python's own sampling profiler (`profiling.sampling`, from 3.15 on) is a program that reads another
process's memory, and no library for the process itself.
"""

from __future__ import annotations

import _thread
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from . import source_cache
from .counted_loops import Counted, CountedLoops
from .run_events import Event, RunEvents
from .shields import shielded
from .statement import Statement

# Seconds that a statement lasts before it is looked at.
AFTER = 1.0
# Seconds between two looks; when so many have been looked at, shares change slowly.
PERIOD = 0.02
_SETTLED = 5.0
_LONG_PERIOD = 0.05
# Seconds until it is decided whether to tell: if the loop has gone on, or the seconds that were
# told have grown by this share.
_PAUSE = 0.5
_GROWTH = 1.05
# Lines told at most: those with the most time.
_MOST_LINES = 200

_clock = time.perf_counter
# All is looked up once: a script may replace what is in the modules.
_current_frames: Callable[[], dict[int, FrameType]] = sys._current_frames
_main = threading.main_thread().ident or 0


class Heat:
    """The lines of the statements of one run, by their time. The main thread calls `begin` and
    `end` around each statement."""

    def __init__(self, run_events: RunEvents, path: str):
        self._run_events = run_events
        self._path = path
        self._statement: Statement | None = None
        self._started = 0.0
        self._looking: _Looking | None = None
        self._lock = threading.RLock()
        self._is_armed = False

    @shielded
    def begin(self, statement: Statement, started: float) -> None:
        """A statement begins; `started`: now."""
        self._started = started
        self._statement = statement
        if not self._is_armed:
            self._arm(AFTER)

    @shielded
    def end(self) -> None:
        """The statement has ended: tell what is left to tell of it."""
        self._statement = None
        if self._looking is None:
            return
        with self._lock:
            looking, self._looking = self._looking, None
            if looking is not None:
                looking.stop()
                self._tell(looking)

    def _arm(self, seconds: float) -> None:
        self._is_armed = self._run_events.host.call_later(seconds, self._look)

    def _look(self) -> None:
        """Called by a timer, in another thread: whether the statement has lasted long enough."""
        with self._lock:
            self._is_armed = False
            statement = self._statement
            if statement is None or self._looking is not None:
                return
            left = self._started + AFTER - _clock()
            if left > 0:
                self._arm(left)
                return
            looking = self._looking = _Looking(self._path, statement, self._tell_more)
            # Race: `end` looks whether there is one without the lock. It has run meanwhile.
            if self._statement is not statement:
                self._looking = None
                return
        # No thread can be started: then nothing is told.
        with suppress(RuntimeError):
            _thread.start_new_thread(self._watch, (looking,))

    def _watch(self, looking: _Looking) -> None:
        """Look until the statement ends. In a thread of its own, whose error would be shown as one
        of the script's."""
        try:
            looking.look()
        except Exception as error:
            self._run_events.host.log(f"no times by lines: {type(error).__name__}: {error}")

    def _tell_more(self, looking: _Looking) -> None:
        with self._lock:
            if looking is self._looking:
                self._tell(looking)

    def _tell(self, looking: _Looking) -> None:
        event = looking.event(self._run_events.run)
        if event is not None:
            self._run_events.add(event, size=40 * len(event["lines"]) + 120)


class _Looking:
    """The time of one statement by lines, and how far its loop is."""

    def __init__(self, path: str, statement: Statement, tell: Callable[[_Looking], None]):
        self._path = path
        self._node_index = statement.node_index
        self._tell = tell
        self._loops = CountedLoops(path, statement)
        self._counted: Counted | None = None
        # Seconds that had been looked at when it was last decided whether to tell, and told.
        self._decided = 0.0
        self._told = 0.0
        self._seconds = 0.0
        # By the identity of a text's name (source_cache.py) and the line in that text.
        self._lines: dict[tuple[int, int], float] = {}
        self._names: dict[int, str] = {}
        # By the same, the line in the present text.
        self._now: dict[tuple[int, int], int] = {}
        self._wake = _thread.allocate_lock()
        self._wake.acquire()

    def stop(self) -> None:
        """Look no more."""
        self._wake.release()

    def look(self) -> None:
        """Look until `stop`. In a thread of its own."""
        before = _clock()
        period = PERIOD
        while not self._wake.acquire(timeout=period):
            frame = _current_frames().get(_main)
            place = self._place(frame)
            now = _clock()
            self._seconds += now - before
            if place is not None:
                self._lines[place] = self._lines.get(place, 0.0) + now - before
            before = now
            if self._seconds > _SETTLED:
                period = _LONG_PERIOD
            if self._seconds >= self._decided + _PAUSE:
                self._decided = self._seconds
                told, self._counted = self._counted, self._loops.now(frame)
                if self._counted != told or self._seconds >= self._told * _GROWTH:
                    self._tell(self)
            del frame  # what it refers to is the script's

    def _place(self, frame: FrameType | None) -> tuple[int, int] | None:
        """The line of the innermost frame of the script."""
        while frame is not None:
            name = frame.f_code.co_filename
            if name == self._path:
                self._names[id(name)] = name
                return id(name), frame.f_lineno or 0
            frame = frame.f_back
        return None

    def event(self, run: str) -> Event | None:
        """The event that tells it; None if there is nothing new."""
        if self._seconds == self._told:
            return None
        self._told = self._seconds
        lines: dict[int, float] = {}
        for place, seconds in list(self._lines.items()):
            # A function may be of an older text: 0 if its line is not in this one.
            now = self._now.get(place)
            if now is None:
                name, line = place
                now = self._now[place] = source_cache.line_now(self._names[name], line)
            if now > 0:
                lines[now] = lines.get(now, 0.0) + seconds
        hottest = sorted(lines, key=lines.__getitem__, reverse=True)[:_MOST_LINES]
        told: list[dict[str, Any]] = [
            {"line": line, "seconds": round(lines[line], 3)} for line in sorted(hottest)
        ]
        event: Event = {
            "type": "heat",
            "run": run,
            "nodeIndex": self._node_index,
            "seconds": round(self._told, 3),
            "lines": told,
        }
        if self._counted is not None:
            done, total = self._counted
            event["loop"] = {"done": done, "total": total}
        return event
