"""The folder in which a server's kernels note where they are."""

import os
import subprocess
import sys
import tempfile

import pytest

from rdit_ext.kernel.crash_marker import MARKER_BYTES, CrashMarkers

OTHER = (
    "import sys; from rdit_ext.kernel.crash_marker import CrashMarkers;"
    " print(CrashMarkers().make(), flush=True); input()"
)


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_it_goes_with_its_server(temporary):
    places = CrashMarkers()
    assert len({*(file.read_bytes() for file in (places.make(), places.make()))}) == 1
    assert places.make().stat().st_size == MARKER_BYTES
    places.close()
    assert not list(temporary.iterdir())


def test_that_of_a_server_which_was_killed_goes_with_the_next(temporary):
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        file = other.stdout.readline().strip()
        mine = CrashMarkers()
        assert os.path.exists(file), "its server is there"
        mine.close()
        other.kill()
    CrashMarkers().close()
    assert not list(temporary.iterdir())


def test_it_is_made_anew_where_it_was_cleaned_up(temporary):
    places = CrashMarkers()
    places.make()
    for path in temporary.rglob("*"):
        if path.is_file():
            path.unlink()
    for path in temporary.iterdir():
        path.rmdir()
    assert places.make().exists()
    places.close()


def test_what_others_keep_there_stays(temporary):
    (temporary / "rdit-mine").mkdir()
    (temporary / "rdit-mine" / "notes.txt").write_text("mine")
    CrashMarkers().close()
    assert (temporary / "rdit-mine" / "notes.txt").read_text() == "mine"
