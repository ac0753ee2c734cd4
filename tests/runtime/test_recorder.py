"""What the recorder notes is what the server reads, wherever the process ends."""

from __future__ import annotations

import random

import pytest

from rdit_ext.kernel.last_words import read_last_words
from rdit_ext.runtime.place import STOP
from rdit_ext.runtime.recorder import Recorder
from rdit_ext.runtime.spill import SPILL


def read(noted: bytearray, tmp_path, messages: int = 0) -> tuple[list[tuple[int, str]], bool]:
    file = tmp_path / "place"
    file.write_bytes(noted)
    events, is_all = read_last_words(file, "run", 0, messages)
    return [(event.node_index, event.output.text) for event in events], is_all


@pytest.mark.parametrize("seed", range(8))
def test_the_latest_texts_are_read_whole_and_in_order(seed: int, tmp_path) -> None:
    rng = random.Random(seed)
    # What stood there before is not read as if it were new.
    noted = bytearray(rng.randbytes(SPILL))
    noted[STOP : STOP + 600] = bytes(600)
    recorder = Recorder(noted)
    said: list[tuple[int, str]] = []
    last = ("", -1, -1)
    number = 0
    for step in range(rng.choice((5, 300, 4000))):
        number += rng.random() < 0.05
        stream = rng.choice(("stdout", "stderr"))
        where = (stream, node := step // 7, number)
        text = rng.choice("xé\U0001f600") * rng.choice((0, 1, 3, 80, 900))
        if rng.random() < 0.1:
            output = {"type": "result", "data": {"text/plain": text}, "metadata": {}}
            recorder.output(number, node, output, len(text))
            said.append((node, f"{text}\n"))
            where = ("", -1, -1)
        else:
            note = recorder.more_text if where == last else recorder.text
            note(number, node, stream, text)
            if where == last or (said and said[-1][0] == node and last[:2] == where[:2]):
                said[-1] = (node, said[-1][1] + text)
            else:
                said.append((node, text))
        last = where
    found, is_all = read(noted, tmp_path)
    if is_all:
        assert found == said
    else:
        # The oldest were written over, at the latest when 200 kB had been noted after them.
        assert found[1:] == said[len(said) - len(found) + 1 :]
        assert sum(len(text.encode()) for _, text in found) > 200_000


def test_what_has_reached_the_server_is_not_read_again(tmp_path) -> None:
    noted = bytearray(SPILL)
    recorder = Recorder(noted)
    recorder.text(0, 0, "stdout", "sent")
    recorder.more_text(0, 0, "stdout", " too")
    recorder.text(1, 0, "stdout", "not")
    assert read(noted, tmp_path, 1) == ([(0, "not")], True)
    assert read(noted, tmp_path, 2) == ([], True)
