"""The runtime: executes a script's statements inside the user's process and tells what happens.

`run()` and `reset()` serve the request that the host is handling; they are what the server's
`execute_request` awaits. A host calls `install` once, and `remove` takes everything down again.
"""

from __future__ import annotations

from .engine import Engine, Host

__all__ = ["install", "keep_place", "remove", "reset", "run"]

_engine: Engine | None = None


def install(host: Host) -> Engine:
    """Take over the process for this host."""
    global _engine
    _engine = Engine(host)
    return _engine


def remove() -> None:
    """Give the process back as it was before `install`."""
    global _engine
    if _engine is not None:
        _engine.remove()
        _engine = None


def keep_place(path: str | None) -> None:
    """Note in this file, from now on, which statement runs."""
    _installed().keep_place(path)


def _installed() -> Engine:
    if _engine is None:
        raise RuntimeError("The rdit runtime is not installed in this process")
    return _engine


async def run() -> None:
    """Execute what the request asks for. What comes of it is in the events."""
    engine = _installed()
    await engine.run(engine.host.request())


async def reset() -> None:
    """Clear the namespace."""
    _installed().reset()
