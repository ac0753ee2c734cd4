"""`input` and `getpass.getpass` while a run is on: asked where its results are shown."""

from __future__ import annotations

import builtins
import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def asked_by(ask: Callable[[str, bool], str]) -> Iterator[None]:
    """Have scripts ask by this function of the prompt and whether it is for a password."""

    def ask_line(prompt: object = "", /) -> str:
        return ask(str(prompt), False)

    def ask_password(prompt: str = "Password: ", stream: object = None) -> str:
        return ask(str(prompt), True)

    ask_line.__name__, ask_password.__name__ = "input", "getpass"
    old_input, old_getpass = builtins.input, getpass.getpass
    builtins.input, getpass.getpass = ask_line, ask_password
    try:
        yield
    finally:
        builtins.input, getpass.getpass = old_input, old_getpass
