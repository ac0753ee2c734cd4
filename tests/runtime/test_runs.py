"""Every golden run, in plain CPython and in a live kernel; its events are of the protocol."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest

from rdit_ext import protocol
from tests.support.bare import Bare
from tests.support.golden import FOLDER, NAMES, Golden, comparable
from tests.support.kernel import Kernel


@pytest.fixture(scope="module")
def bare() -> Iterator[Bare]:
    bare = Bare(cwd=FOLDER)
    yield bare
    bare.close()


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = Kernel(cwd=FOLDER)
    yield kernel
    kernel.close()


@pytest.mark.parametrize("name", NAMES)
def test_run_in_plain_python(name: str, bare: Bare) -> None:
    golden = Golden(name)
    if golden.missing or golden.only == "kernel":
        pytest.skip(golden.missing or "only for a kernel")
    bare.reset()
    assert comparable(bare.run(**golden.request)) == comparable(golden.expected())


@pytest.mark.kernel
@pytest.mark.parametrize("name", NAMES)
def test_run_in_a_kernel(name: str, kernel: Kernel) -> None:
    golden = Golden(name)
    if golden.missing:
        pytest.skip(golden.missing)
    kernel.reset()
    kernel.messages.clear()
    events = kernel.run(**golden.request)
    assert comparable(events) == comparable(golden.expected())
    # Nothing goes round us: no standard output messages.
    assert {message["msg_type"] for message in kernel.messages} <= {"status"}
    msgspec.convert(events, list[protocol.Event], strict=True)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_events_are_of_the_protocol(name: str) -> None:
    events = Golden(name).expected()
    decoded = msgspec.convert(events, list[protocol.Event], strict=True)
    assert _unknown(events, msgspec.to_builtins(decoded)) == []


def _unknown(sent: object, known: object, place: str = "$") -> list[str]:
    """Where `sent` has something that the protocol does not know: what it has read, without it."""
    if isinstance(sent, dict) and isinstance(known, dict):
        places = [f"{place}.{key}" for key in sent.keys() - known.keys() if sent[key]]
        return places + [
            found
            for key in sent.keys() & known.keys()
            for found in _unknown(sent[key], known[key], f"{place}.{key}")
        ]
    if isinstance(sent, list) and isinstance(known, list):
        pairs = enumerate(zip(sent, known, strict=True))
        return [found for k, pair in pairs for found in _unknown(*pair, f"{place}[{k}]")]
    return [] if sent == known else [place]
