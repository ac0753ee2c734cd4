"""A helper process that reads the pipes of descriptors 1 and 2 while the interpreter cannot.

A C function that holds the GIL and prints more than a pipe holds would block for ever, because the
thread that reads the pipe never gets the GIL. And what a process wrote just before it crashed would
be lost with the pipe. Therefore a small process has the read ends of both pipes as well. If bytes
stay in a pipe for some milliseconds, it moves them to a file. The kernel reads them from there when
it can; after a crash the server does. Usually the helper only sleeps, because the kernel reads
first.

One rule keeps the bytes in order: only the holder of the lock on the file reads from a pipe, and
the kernel reads what is in the file before it reads from a pipe.

Why a process: threads all need the GIL. Why pipes: a regular file in their place would break
`echo >/dev/stderr`, which truncates it, and a socket cannot be opened by that name. Why not read
them in the server: the order of texts would depend on its event loop.

The helper is not a child of the kernel, because scripts may wait for all their children
(`os.wait`), and has a session of its own, so that it does not get the kernel's signals. It ends
when no process has the write ends open any more.

The file is that of `crash_marker.py`:

    bytes 1024 to 1027    a number in each: STATE, not 0 while the file holds bytes or the helper is
                          reading; READS, how often the kernel has read, modulo 256; LEAVE, 1 if the
                          helper shall end; ENDED, 1 if it has seen the end of both pipes
    from byte 1028        the header: the bytes in the head and in each half of the tail, which half
                          is being written, the bytes that were dropped between head and tail
    from byte SPILL       the head and the two halves of the tail, which consist of frames: the
                          descriptor in one byte, the length in four, the bytes that were written
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from typing import Any

STATE, READS, LEAVE, ENDED = 1024, 1025, 1026, 1027
HEADER = 1028
SPILL = 1 << 19
HEAD = 16 << 20
HALF = 1 << 18

_header = struct.Struct("<IIIIQ")
_frame = struct.Struct("<BI")
_SHELL = "/bin/sh"
# The shell starts the helper in the background and exits, so that init adopts the helper.
_DETACHED = '"$@" &'

_HELPER = f"""# rdit: keeps what kernel argv[1] writes to descriptors 1 and 2 while it cannot read
import fcntl, os, select, struct, sys, time
file, bell, *readers = map(int, sys.argv[2:])
header, frame = struct.Struct({_header.format!r}), struct.Struct({_frame.format!r})
poll = select.poll()
for reader in readers:
    poll.register(reader, select.POLLIN)
targets = {{reader: n + 1 for n, reader in enumerate(readers)}}

def byte(at):
    return os.pread(file, 1, at)[0]

def count(half, length):
    at = end = {SPILL} + {HEAD} + half * {HALF}
    total = 0
    while at < end + length:
        size = frame.unpack(os.pread(file, frame.size, at))[1]
        total, at = total + size, at + frame.size + size
    return total

def keep(target, data, said):
    head, first, second, half, dropped = said
    size = frame.size + len(data)
    halves = [first, second]
    if not first and not second and head + size <= {HEAD}:
        at, head = {SPILL} + head, head + size
    else:
        if halves[half] + size > {HALF}:
            half = 1 - half
            dropped, halves[half] = dropped + count(half, halves[half]), 0
        at = {SPILL} + {HEAD} + half * {HALF} + halves[half]
        halves[half] += size
    try:
        os.pwrite(file, frame.pack(target, len(data)) + data, at)
    except OSError:  # the disk is full
        return said[:4] + (said[4] + len(data),)
    return head, halves[0], halves[1], half, dropped

def take():
    fcntl.lockf(file, fcntl.LOCK_EX, 1, {HEADER})
    try:
        if byte({LEAVE}):
            raise SystemExit
        os.pwrite(file, b"\\1", {STATE})
        said = header.unpack(os.pread(file, header.size, {HEADER}))
        for reader in list(targets):
            while True:
                try:
                    data = os.read(reader, 65536)
                except BlockingIOError:
                    break
                if not data:
                    poll.unregister(reader)
                    del targets[reader]
                    break
                said = keep(targets[reader], data, said)
        os.pwrite(file, header.pack(*said), {HEADER})
        if not any(said):
            os.pwrite(file, b"\\0", {STATE})
    finally:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, {HEADER})
    try:
        os.write(bell, b"!")
    except OSError:  # nobody listens, or it rings
        pass

grace = 0.01
while targets:
    poll.poll()
    reads = byte({READS})
    time.sleep(grace)
    if byte({READS}) != reads:
        grace = 0.01
    elif poll.poll(0):
        take()
        grace = 0.001
os.pwrite(file, b"\\1", {ENDED})
"""


class Spill:
    """The file and the helper process of one kernel; a context manager that holds the lock.

    `file`: a descriptor open for reading and writing; `noted`: the beginning of the file, mapped;
    `readers`: the read ends of the pipes; `bell`: the write end of a pipe to which the helper
    writes a byte when it has moved something to the file.

    Raises:
        OSError: the helper does not start.
    """

    def __init__(self, file: int, noted: Any, readers: list[int], bell: int):
        import fcntl

        self._file = file
        self._lockf, self._lock, self._unlock = fcntl.lockf, fcntl.LOCK_EX, fcntl.LOCK_UN
        self.noted = noted
        _start([file, bell, *readers])

    def __enter__(self) -> None:
        """Take the lock, which keeps the helper from reading."""
        self._lockf(self._file, self._lock, 1, HEADER)

    def __exit__(self, *exception: object) -> None:
        self._lockf(self._file, self._unlock, 1, HEADER)

    def take(self) -> list[tuple[int, bytes]]:
        """Remove and return what the file holds, as pairs of descriptor and bytes, in the order of
        `read_frames`. The caller must hold the lock."""
        noted = self.noted
        noted[READS] = (noted[READS] + 1) & 255
        if not noted[STATE]:
            return []
        size = _header.unpack_from(noted, HEADER)
        frames = list(read_frames(lambda at, count: os.pread(self._file, count, at), size))
        noted[HEADER : HEADER + _header.size] = bytes(_header.size)
        noted[STATE] = 0
        os.ftruncate(self._file, SPILL)
        return frames

    def leave(self) -> None:
        """Tell the helper to end when it next wakes."""
        with self:
            self.noted[LEAVE] = 1


def read_frames(read: Any, size: tuple[int, ...]) -> Iterator[tuple[int, bytes]]:
    """The frames in the file as pairs of descriptor and bytes, in the order they were written.

    `read(offset, length)` reads from the file; `size` is its unpacked header. A pair with
    descriptor 0 stands where bytes were dropped, and has their number in decimal digits.
    """
    head, first, second, half, dropped = size
    tails = [(SPILL + HEAD, first), (SPILL + HEAD + HALF, second)]
    parts = [(SPILL, head), *(reversed(tails) if half == 0 else tails)]
    for number, (start, length) in enumerate(parts):
        if number == 1 and dropped:
            yield 0, b"%d" % dropped
        data = read(start, length)
        at = 0
        while at + _frame.size <= len(data):
            target, count = _frame.unpack_from(data, at)
            at += _frame.size
            yield target, data[at : at + count]
            at += count


def _start(descriptors: list[int]) -> None:
    """Start the helper with these descriptors, detached from this process.

    Raises:
        OSError: it does not start.
    """
    import subprocess

    if not sys.executable:
        raise OSError("there is no sys.executable")
    arguments = map(str, (os.getpid(), *descriptors))
    command = [sys.executable, "-I", "-S", "-c", _HELPER, *arguments]
    shell = subprocess.run(
        [_SHELL, "-c", _DETACHED, "rdit", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        pass_fds=descriptors,
        start_new_session=True,
        check=False,
    )
    if shell.returncode:
        raise OSError(f"{_SHELL} ended with {shell.returncode}")
