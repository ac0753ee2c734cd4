"""`input`, `getpass.getpass` and `sys.stdin` in a run: the host asks the user for each line."""

from __future__ import annotations

import builtins
import getpass
import inspect
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from .replacements import replaces

_PROCESS = os.getpid()
# The host's function during a run: takes the prompt and whether it is for a password.
_ask: Callable[[str, bool], str] | None = None
# The character of Ctrl-D, which means end of file.
_END = "\x04"


class _ReadsToTheEnd:
    """The methods that read until the end of the file."""

    _lines: _Lines

    def __next__(self) -> Any:
        with self._lines.to_the_end():
            return super().__next__()  # type: ignore[misc]

    def read(self, size: int | None = -1, /) -> Any:
        with self._lines.to_the_end():
            return super().read(size)  # type: ignore[misc]

    def readlines(self, hint: int = -1, /) -> Any:
        with self._lines.to_the_end():
            return super().readlines(hint)  # type: ignore[misc]


class Stdin(_ReadsToTheEnd, io.TextIOWrapper):
    """A `sys.stdin` that asks the user for each line, as `input` does.

    The user cannot send an end of file, so methods that read to the end take an empty line for it,
    and say so in the prompt. If nobody can be asked, the stream is at its end, as under
    `python script.py < /dev/null`.
    """

    def __init__(self) -> None:
        self._lines = _Lines()
        super().__init__(_Buffer(self._lines), encoding="utf-8")
        self.mode = "r"  # type: ignore[misc]


class _Buffer(_ReadsToTheEnd, io.BufferedReader):
    """`sys.stdin.buffer`."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        super().__init__(lines)


class _Lines(io.RawIOBase):
    """`sys.stdin.buffer.raw`: the lines that the user answers, as bytes."""

    name = "<stdin>"
    mode = "rb"

    def __init__(self) -> None:
        self._rest = b""
        self._is_to_the_end = False

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 0

    def isatty(self) -> bool:
        return os.getpid() != _PROCESS and os.isatty(0)

    @contextmanager
    def to_the_end(self) -> Iterator[None]:
        """Take an empty line for the end of the file within a `with` block."""
        before, self._is_to_the_end = self._is_to_the_end, True
        try:
            yield
        finally:
            self._is_to_the_end = before

    def readinto(self, buffer: Any, /) -> int:
        if not self._rest:
            self._rest = self._next()
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _next(self) -> bytes:
        if os.getpid() != _PROCESS:
            # A forked child cannot ask the user. It reads the descriptor, which its creator may
            # have redirected.
            return os.read(0, io.DEFAULT_BUFFER_SIZE)
        if _ask is None:
            return b""
        try:
            line = _ask("(an empty line ends it) " if self._is_to_the_end else "", False)
        except EOFError:
            return b""  # nobody can be asked
        except BaseException as error:
            raise error.with_traceback(None) from None
        if line == _END or (self._is_to_the_end and not line):
            return b""
        return f"{line}\n".encode(errors="surrogateescape")


@contextmanager
def asked_by(
    ask: Callable[[str, bool], str], python_input: Callable[..., str] | None = None
) -> Iterator[None]:
    """Replace `input`, `getpass.getpass` and what `sys.stdin` reads from, within a `with` block.

    `ask` takes the prompt and whether it is for a password, and returns the answer without a line
    end. `python_input` is Python's own `input`, if the host has it: it is called if the script has
    replaced `sys.stdin`, and in a forked child.
    """
    read = python_input or _read_line

    def asked(prompt: object, password: bool) -> str:
        try:
            return ask(str(prompt), password)
        except BaseException as error:
            # The host's frames do not belong into the user's traceback.
            raise error.with_traceback(None) from None

    @replaces(python_input or builtins.input, "builtins", "input")
    def ask_line(*arguments: object, **options: object) -> str:
        is_asked = isinstance(getattr(sys, "stdin", None), Stdin) and os.getpid() == _PROCESS
        if not is_asked or len(arguments) > 1 or options:
            return read(*arguments, **options)
        return asked(arguments[0] if arguments else "", False)

    takes = inspect.signature(getpass.getpass)

    @replaces(getpass.getpass, "getpass", "getpass")
    def ask_password(*arguments: object, **options: object) -> str:
        # The options differ by Python: 3.14 has `echo_char`, what a terminal shows.
        call = takes.bind(*arguments, **options)
        call.apply_defaults()
        return asked(call.arguments["prompt"], True)

    global _ask
    old_input, old_getpass, old_ask = builtins.input, getpass.getpass, _ask
    builtins.input, getpass.getpass, _ask = ask_line, ask_password, ask
    try:
        yield
    finally:
        builtins.input, getpass.getpass, _ask = old_input, old_getpass, old_ask


def _read_line(prompt: object = "", /) -> str:
    """What Python's `input` does with a `sys.stdin` that is not a terminal."""
    if getattr(sys, "stdin", None) is None:
        raise RuntimeError("input(): lost sys.stdin")
    sys.stdout.write(str(prompt))
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")
