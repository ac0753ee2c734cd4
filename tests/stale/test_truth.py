"""A slice of `make stale`: marks of stale results against whole runs, after random edits."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support.processes import ROOT


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the sessions are forks")
def test_what_is_not_marked_comes_out_the_same() -> None:
    options = ["--only", "scripts/lists", "--sessions", "2", "--steps", "5", "--seed", "11"]
    environment = {**os.environ, "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.stale.check", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
