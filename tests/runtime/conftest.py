"""Kernels for the tests that need a live one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kernel import Kernel


@pytest.fixture(scope="module")
def shared_kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    kernel = Kernel(cwd=tmp_path_factory.mktemp("shared"))
    yield kernel
    kernel.close()


@pytest.fixture
def kernel(shared_kernel: Kernel) -> Kernel:
    """A kernel with a clean namespace."""
    shared_kernel.reset()
    shared_kernel.messages.clear()
    return shared_kernel


@pytest.fixture
def fresh_kernel(tmp_path: Path) -> Iterator[Kernel]:
    """A kernel of its own, for a test that may spoil it."""
    kernel = Kernel(cwd=tmp_path)
    yield kernel
    kernel.close()
