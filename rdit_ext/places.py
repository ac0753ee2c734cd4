"""The files in which kernels note where they are: one server's in one folder, which goes with it.

A server that is killed leaves its folder. The next one takes away those that nobody holds: a lock
ends with the process that has it, whatever ends that.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

# As the runtime's `place.SIZE`.
PLACE_BYTES = 1024
_PREFIX = "rdit-"
_LOCK = "lock"


class Places:
    """A folder of such files. `close` takes it away."""

    def __init__(self) -> None:
        _sweep()
        self._folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # Held before it has the name by which others know it: nobody finds it free.
        new = self._folder / "new"
        self._lock = os.open(new, os.O_RDWR | os.O_CREAT, 0o600)
        _take(self._lock)
        new.rename(self._folder / _LOCK)

    def make(self) -> Path:
        """A new file, for a kernel that notes nothing yet."""
        # What cleans up temporary files may have taken it: a server runs for months.
        self._folder.mkdir(mode=0o700, exist_ok=True)
        file, name = tempfile.mkstemp(dir=self._folder)
        os.write(file, bytes(PLACE_BYTES))
        os.close(file)
        return Path(name)

    def close(self) -> None:
        """Take the folder away."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._lock)


def _take(file: int) -> bool:
    """Whether nobody else holds this file; now we do."""
    if sys.platform == "win32":
        return False  # what is left stays there until Windows cleans up
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep() -> None:
    """Take away the folders of servers that are no more."""
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        # Another server may do the same, and other people's are not ours to open.
        with suppress(OSError):
            file = os.open(lock, os.O_RDWR)
            try:
                if _take(file):
                    shutil.rmtree(lock.parent, ignore_errors=True)
            finally:
                os.close(file)
