"""Our own errors, and nothing about HTTP: a handler turns them into a status.

    RditError
    ├── BadRequest          the request cannot be understood: where, what was expected, what came
    ├── TooLarge            the request is larger than the limit
    ├── TooBusy             a limit is reached; carries it
    ├── UnknownSession      no session has this id or name
    ├── RuntimeFailed       a mistake of ours, in the runtime
    └── KernelError
        ├── KernelUnavailable   no kernel could be started, or it did not answer
        └── KernelDied          the process ended while it was needed: its exit code or signal

An exception in a user's script is never one of these: it is an `error` output of a statement.
"""

from __future__ import annotations

import signal
from typing import NoReturn


class RditError(Exception):
    """Something that is told to the caller as it stands: the message is a sentence for a person."""


class BadRequest(RditError):
    """The request cannot be understood."""


class TooLarge(RditError):
    """The request is larger than the limit."""


class TooBusy(RditError):
    """A limit is reached."""

    def __init__(self, message: str, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class UnknownSession(RditError):
    """No session has this id or name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no session {name!r}. GET rdit/sessions lists those there are.")


class RuntimeFailed(RditError):
    """A mistake of ours, in the runtime: the script is not to blame."""


class KernelError(RditError):
    """The kernel is not there for us."""


class KernelUnavailable(KernelError):
    """No kernel could be started, or it did not answer."""


class KernelDied(KernelError):
    """The kernel process ended while it was needed."""


def cause_of_exit(code: int) -> str:
    """A sentence on why a process with this exit code ended, as `Popen.returncode` has it."""
    if code >= 0:
        return f"The kernel ended by itself with exit code {code}."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "unknown"
    hint = " The system may have run out of memory." if -code == 9 else ""
    return f"The kernel was killed by signal {-code} ({name}).{hint}"


def unhandled(value: NoReturn) -> NoReturn:
    """End a chain of `isinstance` that has to name every member of a union: a new member is a type
    error in `make check`, and raises in every test that meets it.

    Raises:
        AssertionError: always.
    """
    raise AssertionError(f"Nothing is said here of {type(value).__name__}")
