"""Our own errors, and nothing about HTTP: a handler turns them into a status.

    RditError
    ├── BadRequest          the request cannot be understood: where, what was expected, what came
    ├── TooLarge            the request is larger than the limit
    ├── TooBusy             a limit is reached; carries it
    ├── NotAllowed          the authorizer's word
    ├── Superseded          a later question took the place of this one
    ├── UnknownSession      no session has this id or name
    ├── RuntimeFailed       a mistake of ours, in the runtime
    └── KernelError
        ├── KernelUnavailable   no kernel could be started, or it did not answer
        │   ├── KernelSilent    it did not answer in time
        │   │   └── KernelBlocked   it takes no messages
        │   ├── PortTaken       another program has a port that was chosen for it
        │   └── NoGateways      the server has its kernels elsewhere
        └── KernelDied          the process ended while it was needed: its exit code or signal

An exception in a user's script is never one of these: it is an `error` output of a statement.
"""

from __future__ import annotations

import signal
from typing import NoReturn

from .protocol import Cause


class RditError(Exception):
    """Something that is told to the caller as it stands: the message is a sentence for a person,
    `cause` tells a program."""

    cause: Cause = "failed"


class BadRequest(RditError):
    """The request cannot be understood."""

    cause: Cause = "bad-request"


class TooLarge(RditError):
    """The request is larger than the limit."""

    cause: Cause = "too-large"


class TooBusy(RditError):
    """A limit is reached."""

    cause: Cause = "too-busy"

    def __init__(self, message: str, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class NotAllowed(RditError):
    """The authorizer's word."""

    cause: Cause = "not-allowed"


class Superseded(RditError):
    """A question that a later one of the same viewer has taken the place of."""

    cause: Cause = "superseded"

    def __init__(self) -> None:
        super().__init__("A later question took the place of this one.")


class UnknownSession(RditError):
    """No session has this id or name."""

    cause: Cause = "unknown-session"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no session {name!r}. GET rdit/sessions lists those there are.")


class RuntimeFailed(RditError):
    """A mistake of ours, in the runtime: the script is not to blame."""


class KernelError(RditError):
    """The kernel is not there for us."""


class KernelUnavailable(KernelError):
    """No kernel could be started, or it did not answer."""

    cause: Cause = "kernel-unavailable"


class KernelSilent(KernelUnavailable):
    """The kernel did not answer in time."""

    cause: Cause = "kernel-silent"


class KernelBlocked(KernelSilent):
    """The kernel takes no messages: nobody reads them, or too many wait. Nothing was sent."""

    cause: Cause = "kernel-blocked"

    def __init__(self) -> None:
        super().__init__("The kernel takes no messages: restart it.")


class PortTaken(KernelUnavailable):
    """Another program has a port that was chosen for the kernel; the next start has others."""

    cause: Cause = "port-taken"


class NoGateways(KernelUnavailable):
    """The server has its kernels elsewhere, behind a gateway."""

    cause: Cause = "no-gateways"

    def __init__(self) -> None:
        super().__init__(
            "Kernel gateways are not supported yet: this server was started with --gateway-url (or"
            " JUPYTER_GATEWAY_URL). Run rdit on a server that starts its kernels itself."
        )


class KernelDied(KernelError):
    """The kernel process ended while it was needed, of itself or by whoever ended it."""

    def __init__(self, message: str, cause: Cause = "kernel-died") -> None:
        super().__init__(message)
        self.cause = cause


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
