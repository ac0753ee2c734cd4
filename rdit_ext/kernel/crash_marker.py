"""Temporary files, one a kernel, in which runtimes record which statement runs, and their folder.

Each server has a folder, which is removed when it stops. A server that is killed leaves its folder
behind; the next one removes those whose lock file nobody holds. The lock is a `flock`, which the
operating system frees when the process that holds it ends, however that ends.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

# The runtime's `place.SIZE`.
PLACE_BYTES = 1024
_PREFIX = "rdit-"
_LOCK = "lock"


class Places:
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
        os.write(file, bytes(PLACE_BYTES))
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
