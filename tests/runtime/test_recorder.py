"""What the recorder notes is what the server reads, wherever the process ends."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from rdit_ext.kernel.last_words import read_last_words, read_sent
from rdit_ext.runtime import recorder as recorder_module
from rdit_ext.runtime.crash_marker import STOP
from rdit_ext.runtime.output_limits import Limits
from rdit_ext.runtime.recorder import Recorder
from rdit_ext.runtime.run_events import Event, RunEvents
from rdit_ext.runtime.spill import SPILL
from rdit_ext.runtime.statement import Statement as PlannedStatement
from rdit_ext.runtime.statement_events import plan_event
from rdit_ext.runtime.statement_sink import StatementSink


def read(noted: bytearray, tmp_path, messages: int = 0) -> tuple[list[tuple[int, str]], bool]:
    file = tmp_path / "marker"
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


class Host:
    """Calls nothing later."""

    def log(self, text: str) -> None:
        pass

    def call_later(self, seconds: float, function: object) -> bool:
        return False

    def hand_over(self) -> None:
        pass


class Statement:
    """A statement whose output is recorded, in a process that may end at any moment."""

    def __init__(self, head: int | None = None) -> None:
        self.messages: list[list[Event]] = []
        self.run_events = RunEvents("run", self.messages.append, Host(), Limits(head))
        self.noted = bytearray(SPILL)
        self.run_events.recorder = Recorder(self.noted)
        self.sink = StatementSink(self.run_events, 0)
        self.said = ""

    def say(self, text: str) -> None:
        self.said += text
        self.sink.text("stdout", text)

    def known(self, tmp_path: Path, arrived: int) -> tuple[str, int]:
        """The text that is known and the bytes that are told to be lost, if the process ends now
        and so many messages have arrived."""
        (tmp_path / "marker").write_bytes(self.noted)
        rest, is_all = read_last_words(tmp_path / "marker", "run", 0, arrived)
        assert is_all
        told = [event for events in self.messages[:arrived] for event in events]
        events = [*told, *(msgspec.to_builtins(event) for event in rest)]
        text = "".join(e["output"]["text"] for e in events if e["type"] == "output")
        return text, sum(e["bytes"] for e in events if e["type"] == "truncated")


@pytest.mark.parametrize("seed", range(12))
def test_what_is_told_and_what_is_recorded_are_all_that_was_said(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    statement = Statement(rng.choice((800, 8192)))
    for step in range(300):
        statement.say(rng.choice("xé\u20ac\U0001f600\udc80") * rng.choice((1, 20, 300)) + "\n")
        if not rng.randrange(9):
            # As if the last `truncated` event were long ago: the next one may come.
            statement.sink._told = 0.0
        if not rng.randrange(60):
            statement.sink.release()
        if not rng.randrange(20):
            statement.run_events.flush()
        if step % 10 == 0:
            count = len(statement.messages)
            text, cut = statement.known(tmp_path, rng.choice((count, max(0, count - 1))))
            said = statement.said.encode(errors="backslashreplace")
            assert len(text.encode()) + cut == len(said)
            assert said.endswith(text.encode()[-50:])


@pytest.mark.parametrize("text", ["é" * 60_000, "\U0001f600" * 30_001, "x" * 64_000])
def test_text_kept_back_that_is_larger_than_a_record(text: str, tmp_path: Path) -> None:
    statement = Statement()
    for part in ("h" * 512 * 1024, *[text] * 9, "last\n"):
        statement.say(part)
        statement.run_events.flush()
    known, cut = statement.known(tmp_path, len(statement.messages))
    said = statement.said.encode()
    assert len(known.encode()) + cut == len(said)
    assert "\ufffd" not in known
    assert said.endswith(known.encode()[-60_000:])
    statement.sink.release()
    statement.run_events.flush()
    # All has arrived now: nothing is told to be lost.
    assert read(statement.noted, tmp_path, len(statement.messages)) == ([], True)


def test_a_report_of_dropped_text_that_was_not_sent_is_told(tmp_path: Path) -> None:
    statement = Statement(8192)
    for part in ("h" * 8192, *["a" * 99 + "\n"] * 100):
        statement.say(part)
    statement.run_events.flush()
    arrived = len(statement.messages)
    statement.sink._told = 0.0
    statement.say("b\n")
    assert [event["type"] for event in statement.run_events._events] == ["truncated"]
    statement.say("c\n")
    text, cut = statement.known(tmp_path, arrived)
    assert len(text) + cut == len(statement.said)


@pytest.mark.parametrize(
    "text", [" and more of it", "aaaabbbb\x01dddd of it", "\0" * 8 + "\x0a\3\0\0\0bogus"]
)
def test_a_process_that_ends_while_it_extends_a_record(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = bytearray(SPILL)
    recorder = Recorder(noted)
    recorder.text(0, 0, "stdout", "first\n")
    recorder.text(0, 0, "stdout", "second\n")

    def end(*arguments: object) -> None:
        raise SystemExit

    # The text has been written, and its length has not.
    monkeypatch.setattr(recorder_module, "_pack_length", end)
    with pytest.raises(SystemExit):
        recorder.more_text(0, 0, "stdout", text)
    assert read(noted, tmp_path) == ([(0, "first\nsecond\n")], True)


@pytest.mark.parametrize("size", [10, 60_000, 70_000])
def test_the_plan_is_read_unless_it_is_large(size: int, tmp_path: Path) -> None:
    statement = Statement()
    source = f"'{'x' * size}'"
    plan = plan_event("run", [PlannedStatement(0, 1, 1, source, is_expr=True)])
    statement.run_events.add(plan, more=True)
    statement.say("said\n")
    (tmp_path / "marker").write_bytes(statement.noted)
    (*plans, output), is_all = read_last_words(tmp_path / "marker", "run", 0, 0)
    assert is_all
    assert msgspec.to_builtins(output)["output"]["text"] == "said\n"
    assert [event.statements[0].source for event in plans] == [source] * (size < 65_000)
    assert read_last_words(tmp_path / "marker", "run", 0, 1) == ([], True)


def test_a_message_that_cannot_be_sent_is_not_counted(tmp_path: Path) -> None:
    statement = Statement()
    sent: list[list[Event]] = []

    def send(events: list[Event]) -> None:
        if any("bad" in event.get("output", {}) for event in events):
            raise TypeError("not JSON")
        sent.append(events)

    statement.run_events._send = send
    for output in ({"text": "a"}, {"text": "b", "bad": 1}, {"text": "c"}):
        event = {"type": "output", "nodeIndex": 0, "output": {"type": "stdout", **output}}
        statement.run_events.add(event, more=True)
    statement.run_events.flush()
    (tmp_path / "marker").write_bytes(statement.noted)
    assert len(sent) == 3
    assert read_sent(tmp_path / "marker") == statement.run_events.messages == 3
