"""What all tests share."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytest_plugins = ("pytest_jupyter.jupyter_server",)

# `make test-python` gives the files to two processes, in the order in which they are collected:
# what takes minutes goes first, or at the end one process would have it, and the other nothing.
LONGEST = ("tests/e2e/lab", "tests/e2e", "tests/hub", "tests/test_package.py", "tests/server")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(ROOT).as_posix()
        return next((n for n, start in enumerate(LONGEST) if path.startswith(start)), len(LONGEST))

    items.sort(key=place)


# By file, the test in it that waited until pytest-timeout ended it.
_hung: dict[Path, str] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and "from pytest-timeout" in str(call.excinfo and call.excinfo.value):
        _hung.setdefault(item.path, item.name)
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    """The tests of a file share a browser or a kernel: where it hangs, each would wait as long."""
    if item.path in _hung:
        pytest.fail(f"not run: {_hung[item.path]}, in the same file, hung", pytrace=False)
