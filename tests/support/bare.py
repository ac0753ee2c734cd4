"""The runtime in plain CPython, without IPython: the smallest host there can be.

`Bare` starts `python -m tests.support.bare`, which takes one request a line on standard input and
answers with the events of the run, one a line, on what was its standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rdit_ext import runtime
from rdit_ext.runtime.plain_repr import write_plain
from rdit_ext.runtime.run_events import Event

from .processes import ROOT


class BareHost:
    """Collects events in a list."""

    has_descriptors = True
    has_timers = True

    def __init__(self, namespace: dict[str, Any]):
        self.namespace = namespace
        self.events: list[Event] = []
        self.asked: dict[str, Any] = {}

    def request(self) -> dict[str, Any]:
        return self.asked

    def sender(self) -> Callable[[list[Event]], None]:
        def send(events: list[Event]) -> None:
            json.dumps(events)  # only what JSON can carry may cross
            self.events += events

        return send

    def call_later(self, seconds: float, function: Callable[[], None]) -> bool:
        return False

    def hand_over(self) -> None:
        pass

    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"text/plain": write_plain(value) or repr(value)}, {}

    def log(self, text: str) -> None:
        pass

    def explain(self, error: BaseException) -> None:
        pass

    @contextmanager
    def during_run(self) -> Iterator[None]:
        yield

    def remove(self) -> None:
        pass


class Bare:
    """A process with the bare host in it. Used as `tests.support.kernel.Kernel` is."""

    def __init__(self, cwd: str | Path | None = None):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        # The last two are of the tests' own terminal.
        for name in ("MPLBACKEND", "COLUMNS", "LINES"):
            environment.pop(name, None)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.bare"],
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def run(self, script: str | None = None, **request: Any) -> list[Event]:
        rdit = {"run": "run", "path": "", **request}
        if script is not None:
            rdit["script"] = script
        return self._ask(rdit)

    def reset(self) -> None:
        self._ask({"reset": True})

    def _ask(self, request: dict[str, Any]) -> list[Event]:
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        events: list[Event] = json.loads(self._process.stdout.readline())
        return events


def main() -> None:
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    script = types.ModuleType("__main__")
    sys.modules["__main__"] = script
    host = BareHost(script.__dict__)
    runtime.install(host)
    for line in requests:
        host.asked = json.loads(line)
        host.events = []
        asyncio.run(runtime.reset() if "reset" in host.asked else runtime.run())
        answers.write(json.dumps(host.events) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
