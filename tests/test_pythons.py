"""`tests/pythons.py` where there is nothing to test with."""

import pytest

from tests import pythons


def test_no_python_at_all_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pythons, "find", lambda version: None)
    assert pythons.main([]) == 1
