"""What is in the pipes while this interpreter cannot read them, kept by a process beside it.

A C function that prints more than a pipe holds, and keeps the interpreter's lock meanwhile, would
wait for ever for a thread of ours; and what a process wrote just before it crashed would be lost
with the pipe. So a small process of its own holds both pipes too, and moves what nobody has taken
for `_GRACE` seconds to a file, from where we take it when we can, or the server does when we are
gone. Usually it sleeps: whoever finds text in a pipe first is the kernel.

The one rule that keeps the order: only who holds the lock on the file takes anything from a pipe,
and who reads for the kernel takes first what the file holds.

Why a process: all threads share the one lock; a regular file in place of the pipes breaks
`echo >/dev/stderr`, and a socket cannot be opened by that name; the server at the other end would
tie the order of texts to its event loop. It is no child of ours, for scripts wait for their
children, and no member of our session, for it must not get our signals. It ends when the last
process that writes to the pipes has.

    bytes 1024 to 1027    for each a number: whether the file holds anything or the helper is just
                          reading; how often the kernel has read, modulo 256; whether the helper
                          shall leave; whether it has seen the end of the pipes
    from byte 1028        the header: how much is in the head and in each half of the tail, which
                          half is written to, how many bytes were dropped between head and tail
    from byte SPILL       head, and the halves of the tail, of frames: the descriptor in a byte,
                          the length in four, and what was written
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
# The shell ends at once, and what it has started belongs to nobody.
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
    """The file and the helper of one kernel. `file` is open for reading and writing, `noted` its
    first bytes in shared memory."""

    def __init__(self, file: int, noted: Any, readers: list[int], bell: int):
        import fcntl

        self._file = file
        self._lockf, self._lock, self._unlock = fcntl.lockf, fcntl.LOCK_EX, fcntl.LOCK_UN
        self.noted = noted
        _start([file, bell, *readers])

    def __enter__(self) -> None:
        """Keep the helper from reading."""
        self._lockf(self._file, self._lock, 1, HEADER)

    def __exit__(self, *exception: object) -> None:
        self._lockf(self._file, self._unlock, 1, HEADER)

    def take(self) -> list[tuple[int, bytes]]:
        """What it has kept, by descriptor; nothing of that is kept then. For who holds the lock."""
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
        """Have the helper end when next it wakes."""
        with self:
            self.noted[LEAVE] = 1


def read_frames(read: Any, size: tuple[int, ...]) -> Iterator[tuple[int, bytes]]:
    """The frames that a header tells of. That of descriptor 0 tells how many bytes are missing."""
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
    """Start the helper with these, as no child of this process.

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
