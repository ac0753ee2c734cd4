"""`input` and `getpass` asked through a host, without one."""

from __future__ import annotations

import getpass
from collections.abc import Callable

import pytest

from rdit_ext.runtime.stdin import asked_by


def of_3_14(prompt: str = "Password: ", stream: object = None, *, echo_char: object = None) -> str:
    raise AssertionError("it reads the terminal")


def before(prompt: str = "Password: ", stream: object = None) -> str:
    raise AssertionError("it reads the terminal")


@pytest.mark.parametrize("usual", [of_3_14, before])
def test_getpass_takes_what_this_pythons_takes(
    usual: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getpass", usual)
    asked = []

    def ask(prompt: str, password: bool) -> str:
        asked.append((prompt, password))
        return "hush"

    with asked_by(ask):
        assert getpass.getpass() == getpass.getpass("Key: ", None) == "hush"
        if usual is of_3_14:
            assert getpass.getpass(prompt="Pin: ", echo_char="*") == "hush"
        else:
            with pytest.raises(TypeError):
                getpass.getpass(prompt="Pin: ", echo_char="*")
    assert asked[:2] == [("Password: ", True), ("Key: ", True)]
    assert len(asked) == (3 if usual is of_3_14 else 2)
