"""Kernels for the tests that need a live one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.kernel import Kernel


@pytest.fixture(scope="module")
def shared_kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Kernel]]:
    """The kernel that the tests of a module share, last of those that there were."""
    kernels: list[Kernel] = []
    yield kernels
    for kernel in kernels:
        kernel.close()


@pytest.fixture
def kernel(
    shared_kernels: list[Kernel], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kernel]:
    """A kernel with a clean namespace."""
    if not shared_kernels:
        shared_kernels.append(Kernel(cwd=tmp_path_factory.mktemp("shared")))
    kernel = shared_kernels[-1]
    yield kernel
    try:
        kernel.reset()
        kernel.messages.clear()
    except BaseException:
        # A test left it busy or dead: the others get a new one.
        shared_kernels.remove(kernel)
        kernel.close()
        raise


@pytest.fixture
def fresh_kernel(tmp_path: Path) -> Iterator[Kernel]:
    """A kernel of its own, for a test that may spoil it."""
    kernel = Kernel(cwd=tmp_path)
    yield kernel
    kernel.close()
