"""Atomic saves of scripts: a reader sees the old text or the new one, and never half of it.

Jupyter's file manager writes in place: a power cut, a kill or a full disk in the middle of a save
leaves half a file. Here a new file is written, synced and renamed over the old one. Only that is
changed: root, hooks, hidden files and permissions stay the contents manager's, and every save of a
script has it, JupyterLab's too. A contents manager that does not write files is left alone.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Any

Write = Callable[..., AbstractContextManager[IO[Any]]]
_PREFIX = ".~rdit-"
_OLD_SECONDS = 3600


def save_scripts_whole(contents: Any) -> None:
    """Replace `atomic_writing` of this contents manager by one that renames, for files ending in
    `.py`. A no-op for a contents manager that does not write files itself."""
    in_place: Write | None = getattr(contents, "atomic_writing", None)
    if in_place is None or not hasattr(contents, "perm_to_403"):
        return

    @contextmanager
    def atomic_writing(os_path: str, *arguments: Any, **options: Any) -> Iterator[IO[Any]]:
        # Administrators turn `use_atomic_writing` off for (network) file systems that do not keep
        # the order of operations.
        is_script = str(os_path).endswith(".py") and getattr(contents, "use_atomic_writing", True)
        options.pop("log", None)
        with contents.perm_to_403(os_path):
            writing = replacing(str(os_path), *arguments, **options) if is_script else None
            if writing is None:
                writing = in_place(os_path, *arguments, **options)
            with writing as file:
                yield file

    contents.atomic_writing = atomic_writing


def replacing(
    path: str, text: bool = True, encoding: str = "utf-8", **options: Any
) -> AbstractContextManager[IO[Any]] | None:
    """A context manager of a new file to write to, which is renamed to `path` when it is closed.

    None where a rename is no substitute for writing in place: for a file with several hard links,
    of an owner or with attributes that cannot be given to a new file, one that is no regular file
    or is read-only, and in a folder that takes no new files.
    """
    path = os.path.realpath(path)
    folder = os.path.dirname(path)
    try:
        before = os.stat(path)
    except FileNotFoundError:
        before = None
    if before is not None and (
        not stat.S_ISREG(before.st_mode) or before.st_nlink > 1 or not os.access(path, os.W_OK)
    ):
        return None
    new = os.path.join(folder, f"{_PREFIX}{secrets.token_hex(8)}")
    try:
        # Mode 0666 as `open` has it, which the umask restricts.
        descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError:
        return None
    try:
        if before is not None:
            _be_like(descriptor, new, path, before)
    except OSError:
        os.close(descriptor)
        os.unlink(new)
        return None
    if text:
        options.setdefault("newline", "\n")
        file = os.fdopen(descriptor, "w", encoding=encoding, **options)
    else:
        file = os.fdopen(descriptor, "wb", **options)
    return _replacing(file, new, path)


@contextmanager
def _replacing(file: IO[Any], new: str, path: str) -> Iterator[IO[Any]]:
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        try:
            os.replace(new, path)
        except OSError:
            # A file that is a mount point (a bind mount in a container) can be written, not
            # replaced.
            with open(new, "rb") as source, open(path, "r+b") as target:
                shutil.copyfileobj(source, target)
                target.truncate()
                os.fsync(target.fileno())
    finally:
        with suppress(FileNotFoundError):
            os.unlink(new)
    _sweep(os.path.dirname(path))


def _be_like(descriptor: int, new: str, path: str, before: os.stat_result) -> None:
    """Give the new file the owner, the permissions and the extended attributes of the old one."""
    now = os.fstat(descriptor)
    if (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        os.chown(new, before.st_uid, before.st_gid)
    shutil.copystat(path, new)
    # `copystat` has copied the modification time too.
    os.utime(new)


def _sweep(folder: str) -> None:
    """Sync the folder, without which a power cut may undo the rename, and remove the new files of
    saves that were killed more than an hour ago."""
    for left in Path(folder).glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError, PermissionError):
            if time.time() - left.stat().st_mtime > _OLD_SECONDS:
                left.unlink()
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
