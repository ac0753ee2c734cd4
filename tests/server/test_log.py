import typing
from copy import copy
from pathlib import Path

import msgspec
import pytest

from rdit_ext.protocol import (
    Answer,
    Attached,
    Clear,
    Display,
    Done,
    ErrorEvent,
    Event,
    Heat,
    HeatLine,
    Input,
    KernelModel,
    OutputEvent,
    Plan,
    PlannedStatement,
    Result,
    SessionEvent,
    StatusEvent,
    Stderr,
    Stdout,
    Truncated,
    Update,
)
from rdit_ext.session.event_log import EventLog
from rdit_ext.session.fold import RunFold, SessionFold
from rdit_ext.session.run_result import results
from rdit_ext.wire.encode import encode, encode_lines, frame, frames

RUNS = Path(__file__).parents[1] / "runs"
KERNEL = KernelModel(name="python3")


def plan(run="r", count=2):
    return Plan(
        run=run,
        statements=[
            PlannedStatement(
                node_index=i, line_start=i + 1, line_end=i + 1, is_expr=True, source="x"
            )
            for i in range(count)
        ],
    )


def out(text, index=0, run="r", stream=Stdout):
    return OutputEvent(run=run, node_index=index, output=stream(text=text))


def shown(text, display_id=None, index=0, run="r"):
    output = Display(text=text, data={"text/plain": text}, metadata={}, display_id=display_id)
    return OutputEvent(run=run, node_index=index, output=output)


def status(value, index=0, run="r"):
    return StatusEvent(run=run, node_index=index, status=value)


def done(run="r"):
    return Done(run=run, status="ok", elapsed=0.0)


def session(state, **fields):
    return SessionEvent(session="s", state=state, kernel=KERNEL, **fields)


def log_of(*events, max_bytes=1 << 20):
    log = EventLog(max_bytes)
    for event in events:
        log.append([event])
    return log


def compact(events):
    return SessionFold(events).events()


def heat(seconds, index=0):
    lines = [HeatLine(line=1, seconds=seconds)]
    return Heat(run="r", node_index=index, seconds=seconds, lines=lines)


def test_where_time_goes_is_kept_as_told_last_while_the_statement_runs():
    begun = [plan(), status("running"), heat(0.5), heat(1.0)]
    assert [e for e in compact(begun) if isinstance(e, Heat)] == [heat(1.0)]
    assert not any(isinstance(e, Heat) for e in compact([*begun, status("ok")]))


def without_numbers(events):
    return [{k: v for k, v in msgspec.to_builtins(e).items() if k != "seq"} for e in events]


def same(events, expected):
    assert without_numbers(events) == without_numbers(expected)


def numbers(events):
    return [event.seq for event in events]


def test_events_are_numbered_from_one_and_encoded_with_their_number():
    log = EventLog(1000)
    sent = frame(log.append([plan(), done()]))
    assert [e["seq"] for e in msgspec.json.decode(sent)] == [1, 2]
    assert msgspec.json.decode(log.append([plan("b")]))["seq"] == 3


def test_what_came_since_a_number_is_given_in_order():
    log = log_of(plan(), out("a"), out("b"), done())
    assert numbers(log.since(1)) == [2, 3, 4]
    assert log.since(4) == []
    assert log.since(5) is None


def test_a_number_in_the_middle_of_a_batch_is_found():
    log = EventLog(1000)
    log.append([plan(), out("a"), out("b")])
    assert numbers(log.since(2)) == [3]


def test_a_snapshot_joins_text_and_keeps_the_last_status():
    log = log_of(
        plan(),
        status("running"),
        out("a"),
        out("b"),
        out("!", stream=Stderr),
        out("c"),
        status("ok"),
        status("running", 1),
        out("d", 1),
        done(),
    )
    expected = [plan(), out("ab"), out("!", stream=Stderr), out("c"), status("ok")]
    same(log.snapshot(), [*expected, status("running", 1), out("d", 1), done()])
    # And the events that others hold are as they were.
    same(log.since(2)[:1], [out("a")])


def test_text_of_a_statement_is_joined_though_another_spoke_between():
    log = log_of(plan(), out("a", 0), out("b", 1), out("c", 0), out("d", 1))
    same(log.snapshot(), [plan(), out("ac", 0), out("bd", 1)])


def test_a_snapshot_ends_with_the_number_of_the_log_and_grows_until_then():
    log = log_of(plan(), out("a"), session("idle"), out("b"))
    snapshot = log.snapshot()
    assert numbers(snapshot)[-1] == log.seq
    assert numbers(snapshot) == sorted(set(numbers(snapshot)))
    assert numbers(log.since(3)) == [4]
    same(log.since(2)[:1], [session("idle")])
    assert log.since(2)[0].seq == 3


def test_updates_stand_where_their_display_stands_in_every_run():
    log = log_of(
        plan("a"),
        shown("old", "d", run="a"),
        plan("b"),
        shown("old", "d", run="b"),
        Update(run="b", display_id="d", text="new", data={"text/plain": "new"}),
    )
    same(
        log.snapshot(),
        [plan("a"), shown("new", "d", run="a"), plan("b"), shown("new", "d", run="b")],
    )


def test_cleared_outputs_are_gone_at_once_or_with_the_next_output():
    same(log_of(plan(), out("a"), Clear(run="r", node_index=0)).snapshot(), [plan()])
    waits = Clear(run="r", node_index=0, wait=True)
    same(log_of(plan(), out("a"), waits).snapshot(), [plan(), out("a"), waits])
    same(log_of(plan(), out("a"), waits, out("b")).snapshot(), [plan(), out("b")])


def test_input_is_kept_only_while_it_waits():
    asked = Input(run="r", node_index=0, prompt="? ")
    same(log_of(plan(), asked).snapshot(), [plan(), asked])
    same(log_of(plan(), asked, Input(run="r", node_index=0, waiting=False)).snapshot(), [plan()])


def test_of_session_events_the_last_is_kept_and_those_that_lost_a_namespace():
    log = log_of(
        session("starting"),
        session("idle"),
        session("restarting", reason="It died."),
        session("idle"),
        session("busy", run="r"),
    )
    same(log.snapshot(), [session("restarting", reason="It died."), session("busy", run="r")])


def test_a_full_log_lets_go_of_its_oldest_runs_first():
    log = EventLog(20_000)
    for i in range(100):
        run = f"r{i}"
        log.append([plan(run), out(f"{i:04}" * 100, run=run), done(run)])
        assert log._size <= 20_000
    kept = [e.run for e in log.snapshot() if isinstance(e, Plan)]
    assert kept == [f"r{i}" for i in range(100 - len(kept), 100)]
    assert len(kept) > 5
    assert log.runs == set(kept)
    assert log.since(1) is None


def test_a_run_that_fills_the_log_alone_loses_its_head_and_says_so():
    log = EventLog(20_000)
    log.append([plan()])
    for i in range(200):
        log.append([shown(f"{i:04}" * 100)])
    assert log._size <= 20_000
    snapshot = log.snapshot()
    assert isinstance(snapshot[0], Plan)
    (cut,) = (e for e in snapshot if isinstance(e, Truncated))
    assert cut.bytes > 20_000
    assert snapshot.index(cut) == 1
    assert snapshot[-1].output.text.startswith("0199")


def test_a_large_output_costs_no_small_one():
    log = EventLog(1 << 20)
    for i in range(20):
        run = f"r{i}"
        log.append([plan(run, 1), out(f"small {i}", run=run), done(run)])
    log.append([plan("big", 1), shown("x" * (900 << 10), run="big"), done("big")])
    log.append([plan("next", 1), shown("y" * (400 << 10), run="next"), done("next")])
    snapshot = log.snapshot()
    kept = [e.output.text for e in snapshot if isinstance(e, OutputEvent)]
    assert kept == [*(f"small {i}" for i in range(20)), "y" * (400 << 10)]
    (cut,) = (e for e in snapshot if isinstance(e, Truncated))
    assert (cut.run, cut.bytes > 900 << 10) == ("big", True)
    assert log._size <= log.max_bytes


def test_of_outputs_of_about_one_size_the_oldest_goes_first():
    log = EventLog(1 << 20)
    log.append([plan()])
    # The newest is the largest, but not by much.
    for size in (130, 140, 150, 160, 170, 180, 190):
        log.append([shown("x" * (size << 10))])
    sizes = [len(e.output.text) >> 10 for e in log.snapshot() if isinstance(e, OutputEvent)]
    assert sizes == [190]


def example(kind):
    """An event of this type, with a value of each required field."""
    values = {str: "x", int: 0, float: 0.0, bool: False, list: [], dict: {}}
    fields = {}
    for info in msgspec.structs.fields(kind):
        if not info.required:
            continue
        name = info.name
        special = {
            "output": Stdout(text="x"),
            "status": "ok",
            "state": "idle",
            "kernel": KERNEL,
        }
        hint = typing.get_type_hints(kind)[name]
        fields[name] = special.get(name, values.get(typing.get_origin(hint) or hint))
    return kind(**fields)


@pytest.mark.parametrize("kind", typing.get_args(Event))
def test_every_event_is_kept_or_refused_by_name(kind):
    """A type that the log was never told of must not vanish from it."""
    event = example(kind)
    if kind in (Attached, ErrorEvent, Answer):
        with pytest.raises(TypeError, match=kind.__name__):
            compact([event])
    elif kind in (Update, Clear):
        assert compact([event]) == []  # its display, its outputs, are not there
    else:
        assert compact([event]) == [event]


def test_an_unknown_event_is_loud():
    class Newer(msgspec.Struct, tag="newer"):
        seq: int = 1

    with pytest.raises(AssertionError, match="Newer"):
        compact([Newer()])


def test_a_progress_bar_never_fills_the_log():
    """Text that is replaced over and over is merged before anything is given up."""
    log = EventLog(20_000)
    log.append([plan("old"), out("kept", run="old"), done("old"), plan()])
    log.append([shown("", "bar")])
    for i in range(2000):
        text = f"{i:05}" * 20
        log.append([Update(run="r", display_id="bar", text=text, data={"text/plain": text})])
    same(log.snapshot()[:3], [plan("old"), out("kept", run="old"), done("old")])
    assert not any(isinstance(e, Truncated) for e in log.snapshot())


def test_frames_are_of_a_size_that_a_socket_takes():
    events = [out("x" * 1000) for _ in range(3000)]
    made = list(frames(events))
    assert max(map(len, made)) < 2 << 20
    assert [e for f in made for e in msgspec.json.decode(f)] == msgspec.to_builtins(events)


def test_what_json_has_trouble_with_is_encoded_all_the_same():
    event = shown("\ud800")
    event.output.data["application/json"] = {"big": 2**70}
    assert b'"big": 1180591620717411303424' in encode([event])
    assert b"\\ud800" in encode([event])
    assert (
        frame(encode_lines([plan(), event])) == b"[" + encode(plan()) + b"," + encode(event) + b"]"
    )


def test_an_array_of_events_is_their_lines_joined_whatever_newlines_they_have():
    events = [plan(), out("a\n\r\u2028\n"), done()]
    assert frame(encode_lines(events)) == encode(events)


def folded(*events: Event) -> RunFold:
    return SessionFold(events).run("r")


def test_an_answer_has_a_result_for_each_planned_statement():
    made = folded(
        plan(count=3),
        status("running"),
        out("a"),
        out("b"),
        StatusEvent(run="r", node_index=0, status="ok", elapsed=1.5),
        status("error", 1),
        status("cancelled", 2),
        Done(run="r", status="error", elapsed=2.0),
    )
    first, second, third = results(made)
    assert (first.status, first.elapsed, first.output, first.is_invisible) == (
        "ok",
        1.5,
        [Stdout(text="ab")],
        False,
    )
    assert (second.status, second.is_invisible) == ("error", True)
    assert third.status == "cancelled"
    assert made.done.status == "error"


def test_an_answer_shows_what_a_viewer_would_see():
    made = folded(
        plan(),
        out("gone"),
        Clear(run="r", node_index=0),
        shown("old", "d"),
        Update(run="r", display_id="d", text="new", data={"text/plain": "new"}),
        Truncated(run="r", node_index=0, bytes=3),
        Truncated(run="r", node_index=0, bytes=4),
        out("waits", 1),
        Clear(run="r", node_index=1, wait=True),
        OutputEvent(
            run="r", node_index=1, output=Result(text="1\n", data={"text/plain": "1"}, metadata={})
        ),
    )
    first, second = results(made)
    assert first.output == [shown("new", "d").output, Stderr(text="[7 bytes left out]\n")]
    assert second.output == [Result(text="1\n", data={"text/plain": "1"}, metadata={})]


def test_compacting_is_done_once():
    cut = Truncated(run="r", node_index=0, bytes=3)
    events = [plan(), status("running"), out("a"), out("b"), cut, copy(cut), status("ok"), done()]
    for number, event in enumerate(events, 1):
        event.seq = number
    once = compact(events)
    assert [event.bytes for event in once if isinstance(event, Truncated)] == [6]
    assert cut.bytes == 3
    same(compact(once), once)


def golden(name: str) -> list[Event]:
    """The events of a golden run, numbered."""
    lines = (RUNS / name).read_text("utf-8").split("\n")
    events = [msgspec.json.decode(line, type=Event) for line in lines if line]
    for number, event in enumerate(events, 1):
        event.seq = number
    return events


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(RUNS)) for path in RUNS.rglob("*.jsonl"))
)
def test_a_snapshot_stands_for_the_events_before_it(name):
    """A viewer that comes in the middle sees at the end what one has seen that was there before."""
    events = golden(name)
    whole = SessionFold(events)
    for at in range(len(events) + 1):
        later = SessionFold([*compact(events[:at]), *events[at:]])
        assert later.events() == whole.events()
        assert results(later.run("run")) == results(whole.run("run"))


def test_the_tail_of_a_cut_stands_only_until_what_it_stood_for():
    def cut(size, tail=""):
        return Truncated(run="r", node_index=0, bytes=size, tail=tail)

    log = EventLog(1 << 20)
    log.append([plan(), out("head"), cut(0, "1\n2\n"), cut(5, "3\n4\n")])
    same(log.snapshot()[1:], [out("head"), cut(5, "3\n4\n")])
    log.append([cut(2), out("end")])
    same(log.snapshot()[1:], [out("head"), cut(7), out("end")])
    # Where nothing was left out there is no cut in the end.
    log.append([plan("s"), Truncated(run="s", node_index=0, bytes=0, tail="x")])
    assert log.snapshot()[-1].tail == "x"
    log.append([out("a", run="s"), out("b", run="s")])
    of_s = [e for e in log.snapshot() if isinstance(e, OutputEvent) and e.run == "s"]
    assert [e.output.text for e in of_s] == ["ab"]
    assert not any(isinstance(e, Truncated) and e.run == "s" for e in log.snapshot())
    shown = results(folded(plan(), out("head"), cut(0, "x"), out("end")))
    assert [o.text for o in shown[0].output] == ["headend"]


@pytest.mark.parametrize(
    ("data", "text", "is_invisible"),
    [
        ({"text/html": "<b>x</b>"}, "", False),
        ({"image/png": "AAAA"}, "", False),
        ({"text/markdown": "x"}, "", False),
        ({"application/x-unknown": "x"}, "", False),
        ({"application/json": {}}, "", False),
        ({"text/plain": "x"}, "x", False),
        ({"text/html": {"no": "text"}}, "", False),
        ({"application/json": []}, "", False),
        # What is empty says so, but for a place that an update fills.
        ({"text/plain": ""}, "", None),
        ({}, "", None),
    ],
)
@pytest.mark.parametrize("display_id", [None, "place"])
def test_whether_there_is_something_to_see_is_a_question_to_the_bundle(
    data, text, is_invisible, display_id
):
    output = Display(text=text, data=data, metadata={}, display_id=display_id)
    if is_invisible is None:
        is_invisible = display_id is not None
    (first, _) = results(folded(plan(), OutputEvent(run="r", node_index=0, output=output)))
    assert first.is_invisible is is_invisible
