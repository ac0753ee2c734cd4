"""The suite itself: what hangs costs one wait, and is named while the others still run."""

import subprocess
import sys
from pathlib import Path

from tests.support.processes import ROOT, clean_environment

HANGS = """
import time

def test_before(): pass
def test_that_hangs(): time.sleep(600)
def test_after(): time.sleep(600)
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """pytest on a folder of tests, with the hooks of this suite."""
    (folder / "conftest.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from tests.conftest import pytest_runtest_makereport, pytest_runtest_setup\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    environment = {**clean_environment(), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def test_what_hangs_costs_its_file_one_wait(tmp_path):
    (tmp_path / "test_one.py").write_text(HANGS)
    (tmp_path / "test_two.py").write_text("def test_other(): pass\n")
    said = run(tmp_path, "--timeout=2").stdout
    assert "not run: test_that_hangs, in the same file, hung" in said
    assert "1 failed, 2 passed, 1 error" in said
