"""The shared file of a kernel: which statement runs there, and how often Stop was pressed.

It outlives a crash of the kernel. The runtime's module of the same name has the layout.

Each server has a folder, which is removed when it stops. A server that is killed leaves its folder
behind; the next one removes those whose lock file nobody holds. The lock is a `flock`, which the
operating system frees when the process that holds it ends, however that ends.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

# The runtime's `crash_marker.SIZE`.
MARKER_BYTES = 1024
_PREFIX = "rdit-"
_LOCK = "lock"


class CrashMarkers:
    """The folder of this server, with the files in it. `close` removes it."""

    def __init__(self) -> None:
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # Against a race: the file is locked before it is renamed to the name that other servers
        # look for, so none of them finds it unlocked.
        new = self._folder / "new"
        self._lock = os.open(new, os.O_RDWR | os.O_CREAT, 0o600)
        _take(self._lock)
        new.rename(self._folder / _LOCK)

    def make(self) -> Path:
        """The path of a new file, filled with zeros: nothing is recorded yet."""
        # A cleaner of temporary files (systemd-tmpfiles) may have removed the folder.
        self._folder.mkdir(mode=0o700, exist_ok=True)
        file, name = tempfile.mkstemp(dir=self._folder)
        os.write(file, bytes(MARKER_BYTES))
        os.close(file)
        return Path(name)

    def close(self) -> None:
        """Remove the folder, and free its lock."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)


def _take(file: int) -> bool:
    """Lock the file without blocking; whether that worked, as no other process holds the lock."""
    if sys.platform == "win32":
        return False  # no `flock`: folders that are left behind stay until Windows cleans up
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep() -> None:
    """Remove the folders of servers that were killed."""
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        # A race with another server that sweeps, or a folder of another user.
        with suppress(OSError):
            file = os.open(lock, os.O_RDWR)
            try:
                if _take(file):
                    shutil.rmtree(lock.parent, ignore_errors=True)
            finally:
                os.close(file)


def read_marker(path: Path | None) -> tuple[str, int] | None:
    """The run id and nodeIndex that the runtime recorded last, -1 before the first statement: see
    its `crash_marker.py`."""
    try:
        if path is None:
            return None
        with path.open("rb") as file:
            noted = file.read(MARKER_BYTES)
    except FileNotFoundError:
        return None
    if len(noted) < MARKER_BYTES:
        return None
    node_index, length = struct.unpack_from("<qH", noted)
    run = noted[10 : 10 + length].decode(errors="replace")
    return (run, node_index) if run else None


def note_stop(path: Path | None, run: str, presses: int) -> None:
    """Record how often Stop was pressed: see the runtime's `crash_marker.py`. The count
    is zeroed first and written last: a concurrent reader never takes the count of another run."""
    name = run.encode()
    if path is None or not path.exists():
        return
    with path.open("r+b", buffering=0) as file:
        for at, data in (
            (512, b"\0"),
            (513, struct.pack("<H", len(name)) + name),
            (512, bytes([min(presses, 255)])),
        ):
            file.seek(at)
            file.write(data)
