"""The bridge from Python to its worker: the only module that handles JavaScript objects."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

from pyodide.ffi import can_run_sync, run_sync, to_js

from . import host_pyodide


class WorkerBridge:
    """The `Bridge` of `host_pyodide.py`, by the object that `worker.ts` passes to `boot`."""

    def __init__(self, worker: Any):
        self._worker = worker
        self.send = worker.send

    def take_written(self) -> list[tuple[str, str]]:
        written = self._worker.takeWritten()
        return [] if not written.length else [(str(stream), str(text)) for stream, text in written]

    def can_wait(self) -> bool:
        return bool(can_run_sync())

    def wait(self, what: Awaitable[Any]) -> Any:
        return run_sync(what)

    def interrupt_again(self, again: bool) -> None:
        self._worker.interruptAgain(again)

    def acknowledge(self) -> None:
        self._worker.acknowledge()

    def package(self, module: str) -> str:
        return str(self._worker.packageOf(module))

    def install(self, names: list[str]) -> Awaitable[Any]:
        return self._worker.install(to_js(names))  # type: ignore[no-any-return]

    def trouble(self, package: str) -> str:
        return str(self._worker.troubleOf(package))


def boot(worker: Any) -> host_pyodide.PyodideHost:
    """Install the runtime in this interpreter. The worker calls the methods of the host."""
    return host_pyodide.boot(WorkerBridge(worker))
