"""Our own errors, without HTTP: `api/base.py` maps each to a status.

    RditError
    ├── BadRequest          the request cannot be understood: where, what was expected, what came
    ├── TooLarge            the request is larger than the limit
    ├── TooBusy             a limit is reached; carries it
    ├── NotAllowed          the authorizer refused the user
    ├── Superseded          a later query took the place of this one
    ├── UnknownSession      no session has this id or name
    ├── NoRuff              ruff is not installed where it is looked for
    ├── RuffFailed          ruff has no answer: its configuration is wrong, it takes too long
    ├── RuntimeFailed       a bug of the runtime, not of the script
    └── KernelError
        ├── KernelUnavailable   no kernel could be started, or it did not answer
        │   ├── KernelSilent    it did not answer in time
        │   │   └── KernelBlocked   its channel is full or has no peer
        │   ├── PortTaken       another program has a port that was chosen for it
        │   └── NoGateways      the server's kernels are behind a gateway
        └── KernelDied          the process ended while it was needed: its exit code or signal

An exception in a user's script is never one of these: it is an `error` output of a statement.
"""

from __future__ import annotations

import signal
from typing import NoReturn

from .protocol import Cause


class RditError(Exception):
    """The base of all. Its message is shown to the caller unchanged, as a sentence for a person;
    `cause` is the same for a program."""

    cause: Cause = "failed"


class BadRequest(RditError):
    """The request cannot be understood. The message says the place, what was expected and what
    came."""

    cause: Cause = "bad-request"


class TooLarge(RditError):
    """The request is larger than `max_script_bytes`."""

    cause: Cause = "too-large"


class TooBusy(RditError):
    """A limit is reached: `limit` is how many sessions, queued runs or queries are allowed."""

    cause: Cause = "too-busy"

    def __init__(self, message: str, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class NotAllowed(RditError):
    """Jupyter's authorizer refused the user this action."""

    cause: Cause = "not-allowed"


class Superseded(RditError):
    """A later query of the same viewer took the place of this one, which was not sent."""

    cause: Cause = "superseded"

    def __init__(self) -> None:
        super().__init__("A later query took the place of this one.")


class UnknownSession(RditError):
    """No session has this id or name."""

    cause: Cause = "unknown-session"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no session {name!r}. GET rdit/sessions lists those there are.")


class NoRuff(RditError):
    """There is no ruff, neither beside the kernel's Python nor beside the server's."""

    cause: Cause = "no-ruff"

    def __init__(self) -> None:
        super().__init__(
            "There is no ruff, which finds errors and formats: install it beside the kernel's"
            " Python or the server's, with `pip install ruff`."
        )


class RuffFailed(RditError):
    """Ruff gave no answer: a wrong configuration of the project, a limit of time or size. The
    message is its own."""

    cause: Cause = "ruff-failed"


class RuntimeFailed(RditError):
    """The runtime itself raised: a bug of rdit, not of the script."""


class KernelError(RditError):
    """The kernel cannot do what it was asked."""


class KernelUnavailable(KernelError):
    """No kernel could be started, or it did not answer as it should."""

    cause: Cause = "kernel-unavailable"


class KernelSilent(KernelUnavailable):
    """The kernel did not answer in time."""

    cause: Cause = "kernel-silent"


class KernelBlocked(KernelSilent):
    """The kernel's channel is full or has no peer, as its process reads nothing. The message was
    not sent."""

    cause: Cause = "kernel-blocked"

    def __init__(self) -> None:
        super().__init__("The kernel takes no messages: restart it.")


class PortTaken(KernelUnavailable):
    """Another program is bound to a port that was chosen for the kernel. The next start chooses
    others."""

    cause: Cause = "port-taken"


class NoGateways(KernelUnavailable):
    """The server's kernels run behind a kernel gateway, where rdit cannot start any."""

    cause: Cause = "no-gateways"

    def __init__(self) -> None:
        super().__init__(
            "Kernel gateways are not supported yet: this server was started with --gateway-url (or"
            " JUPYTER_GATEWAY_URL). Run rdit on a server that starts its kernels itself."
        )


class KernelDied(KernelError):
    """The kernel process ended while it was needed: by a crash, by exit, by a restart or a
    shutdown. `cause` tells these apart."""

    def __init__(self, message: str, cause: Cause = "kernel-died") -> None:
        super().__init__(message)
        self.cause = cause


def cause_of_exit(code: int) -> str:
    """A sentence on why a process ended, from its exit code as in `Popen.returncode`: negative for
    a signal."""
    if code >= 0:
        return f"The kernel ended by itself with exit code {code}."
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = "unknown"
    hint = " The system may have run out of memory." if -code == 9 else ""
    return f"The kernel was killed by signal {-code} ({name}).{hint}"


def unhandled(value: NoReturn) -> NoReturn:
    """End an exhaustive chain of `isinstance` over a union: a member that the chain does not handle
    is a type error in `make check`. As `typing.assert_never`, which Python 3.10 lacks.

    Raises:
        AssertionError: always.
    """
    raise AssertionError(f"Nothing is said here of {type(value).__name__}")
