"""A save that is cut off leaves the old text or the new one, however the script is saved."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

MEGABYTES = 5
# Saves texts of one letter after the other, as the file manager does.
SAVES = """import itertools, sys
from rdit_ext.documents.saving import replacing
for letter in itertools.cycle(b"abcdefgh"):
    with replacing(sys.argv[1], text=False) as file:
        file.write(bytes([letter]) * int(sys.argv[2]))
    print("saved", flush=True)
"""


def save(server, path, text):
    model = {"type": "file", "format": "text", "content": text}
    return server.jupyter("PUT", f"contents/{path}", json=model)


def test_a_save_that_is_killed_leaves_the_old_text_or_the_new(tmp_path):
    script = tmp_path / "script.py"
    size = MEGABYTES << 20
    script.write_bytes(b"z" * size)
    for i in range(20):
        saving = subprocess.Popen(
            [sys.executable, "-c", SAVES, str(script), str(size)], stdout=subprocess.PIPE
        )
        for _ in range(1 + i % 3):
            assert saving.stdout.readline() == b"saved\n"
        # Somewhere in the middle of one: each at another place.
        time.sleep(0.003 * i)
        saving.kill()
        saving.wait()
        saving.stdout.close()
        text = script.read_bytes()
        assert len(text) == size
        assert text == text[:1] * size
        assert text[:1] != b"z"


def test_what_a_killed_save_left_is_removed_in_time(tmp_path):
    from rdit_ext.documents.saving import replacing

    old, new = tmp_path / ".~rdit-old", tmp_path / ".~rdit-new"
    for left in (old, new):
        left.write_text("half")
    os.utime(old, (1, 1))
    with replacing(str(tmp_path / "a.py")) as file:
        file.write("é\n")
    assert (tmp_path / "a.py").read_bytes() == "é\n".encode()
    assert sorted(p.name for p in tmp_path.iterdir()) == [".~rdit-new", "a.py"]


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path):
    from rdit_ext.documents.saving import replacing

    script = tmp_path / "a.py"
    script.write_text("old\n")
    with pytest.raises(UnicodeEncodeError), replacing(str(script)) as file:
        file.write("new\n\ud800")
    assert script.read_text() == "old\n"
    assert os.listdir(tmp_path) == ["a.py"]


def test_a_script_saved_by_way_of_jupyter_is_replaced_and_stays_itself(server):
    folder = server.root / "saving"
    folder.mkdir()
    script = folder / "kept.py"
    script.write_text("old\n")
    script.chmod(0o750)
    (folder / "link.py").symlink_to("kept.py")
    with script.open() as reader:
        assert save(server, "saving/link.py", "new\n").status_code == 200
        # Whoever had it open still reads the old text to its end.
        assert reader.read() == "old\n"
    assert script.read_text() == "new\n"
    assert script.stat().st_mode & 0o777 == 0o750
    assert (folder / "link.py").is_symlink()
    assert sorted(os.listdir(folder)) == ["kept.py", "link.py"]


def test_a_script_with_two_names_keeps_both(server):
    folder = server.root / "names"
    folder.mkdir()
    (folder / "one.py").write_text("old\n")
    os.link(folder / "one.py", folder / "two.py")
    assert save(server, "names/one.py", "new\n").status_code == 200
    assert (folder / "two.py").read_text() == "new\n"


def test_a_new_script_has_the_permissions_of_a_new_file(server):
    (server.root / "usual").touch()
    assert save(server, "made.py", "new\n").status_code == 201
    mode = (server.root / "made.py").stat().st_mode
    assert mode == (server.root / "usual").stat().st_mode


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_script_that_may_not_be_written_is_refused(server):
    script = server.root / "fixed.py"
    script.write_text("old\n")
    script.chmod(0o444)
    assert save(server, "fixed.py", "new\n").status_code == 403
    assert script.read_text() == "old\n"
