"""`input` and `getpass.getpass` while a run is on: asked where its results are shown."""

from __future__ import annotations

import builtins
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def asked_by(ask: Callable[[str, bool], str]) -> Iterator[None]:
    """Have scripts ask by this function of the prompt and whether it is for a password."""

    def asked(prompt: object, password: bool) -> str:
        try:
            return ask(str(prompt), password)
        except BaseException as error:
            # How the host waits for an answer is no part of the user's error.
            raise error.with_traceback(None) from None

    def ask_line(prompt: object = "", /) -> str:
        return asked(prompt, False)

    def ask_password(prompt: str = "Password: ", stream: object = None) -> str:
        return asked(prompt, True)

    ask_line.__name__, ask_password.__name__ = "input", "getpass"
    old_input, old_getpass = builtins.input, getpass.getpass
    builtins.input, getpass.getpass = ask_line, ask_password
    try:
        yield
    finally:
        builtins.input, getpass.getpass = old_input, old_getpass
