"""What counts as a difference between `python` and rdit, and what explains one."""

from __future__ import annotations

from .__main__ import Comparison, Explained, Verdict

PASSED, FAILED = ("passed", ""), ("failed", "why")


def compared(python: list[Verdict], rdit: list[Verdict]) -> dict[str, str]:
    comparison = Comparison("x")
    comparison.python, comparison.rdit = python, rdit
    return comparison.differences()


def verdict(**tests: tuple[str, str]) -> Verdict:
    named = {f"test.test_x.T.{name}": verdict for name, verdict in tests.items()}
    return Verdict(run=len(tests), tests=named)


def test_difference_is_named_by_test() -> None:
    found = compared([verdict(a=PASSED, b=FAILED)], [verdict(a=FAILED, b=FAILED)])
    assert found == {"test.test_x.T.a": "passed / failed"}


def test_test_that_is_not_found_is_a_difference() -> None:
    python = Verdict(run=2, tests={"test.test_x.T.a": PASSED, "x.f": PASSED})
    assert compared([python], [verdict(a=PASSED)]) == {"test.test_x:x.f": "passed / not there"}
    # The same test, run twice.
    python = Verdict(run=2, tests={"test.test_x.T.a": PASSED})
    assert compared([python], [verdict(a=PASSED)]) == {"test.test_x": "2 run / 1 run"}


def test_verdict_that_python_has_as_well_is_none() -> None:
    ours = [verdict(a=FAILED), verdict(a=FAILED)]
    assert compared([verdict(a=PASSED), verdict(a=FAILED)], ours) == {}
    assert compared([verdict(a=PASSED)] * 2, [verdict(a=FAILED), verdict(a=PASSED)]) == {}
    assert compared([verdict(a=PASSED)] * 2, ours) == {"test.test_x.T.a": "passed / failed"}


def test_run_without_an_end_is_a_difference_of_the_module() -> None:
    died = Verdict(ended="the kernel died")
    assert compared([verdict(a=PASSED)], [died]) == {"test.test_x": "1 run / the kernel died"}
    assert compared([died], [died]) == {}
    missing = Verdict(missing="No module named 'test.test_x'")
    assert compared([missing], []) == {}


def test_reasons_are_found_by_test_and_named_when_stale() -> None:
    explained = Explained(
        "# what this is\ntest.test_x.T.a\n    Why.\n\ntest.test_x.T.b (sometimes)\n    Why.\n"
        "test.test_x_y.T.a\n    Why.\n"
    )
    assert explained.name("test.test_x.T.a") == "test.test_x.T.a"
    assert explained.name("test.test_x.T.a (n=1)") == "test.test_x.T.a"
    assert explained.name("test.test_x.T.b") == "test.test_x.T.b"
    assert explained.name("test.test_x.T.ab") is None
    assert explained.stale("test.test_x", {}) == ["test.test_x.T.a"]
    assert explained.stale("test.test_x", {"test.test_x.T.a (n=1)": "passed / failed"}) == []
