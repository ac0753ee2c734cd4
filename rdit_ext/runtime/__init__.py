"""The runtime: executes a script's statements inside the user's process and reports events.

`run()` and `reset()` serve the request that the host is handling; the server's `execute_request`
awaits one of them. A host calls `install` once; `remove` restores the process.
"""

from __future__ import annotations

from .engine import Engine
from .host import Host
from .run import Run
from .run_request import run_request

__all__ = ["install", "keep_marker", "remove", "reset", "run"]

_engine: Engine | None = None


def install(host: Host) -> Engine:
    """Install the runtime in this process, with this host."""
    global _engine
    _engine = Engine(host, Run.step.__code__)
    return _engine


def remove() -> None:
    """Restore the process as it was before `install`."""
    global _engine
    if _engine is not None:
        _engine.remove()
        _engine = None


def keep_marker(path: str | None) -> None:
    """Record in this file, from now on, which statement runs; None: in none.

    Raises:
        OSError: the file cannot be opened or written.
        RuntimeError: the runtime is not installed.
    """
    _installed().keep_marker(path)


def _installed() -> Engine:
    if _engine is None:
        raise RuntimeError("The rdit runtime is not installed in this process")
    return _engine


async def run() -> None:
    """Run what the request of the host asks for. Results and errors are sent as events."""
    engine = _installed()
    await run_request(engine, engine.host.request())


async def reset() -> None:
    """Clear the namespace, and undo what scripts have changed of the process."""
    _installed().reset()
