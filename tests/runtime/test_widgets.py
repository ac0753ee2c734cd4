"""ipywidgets in a kernel: what is put out within `with out:`, what callbacks put out, and the
widgets that a page is told of."""

from __future__ import annotations

from typing import Any

import msgspec

from rdit_ext.protocol import QUERIES
from rdit_ext.runtime.caught_outputs import CaughtOutputs
from rdit_ext.runtime.output_limits import Limits
from tests.support.kernel import Kernel

OUTPUT = """\
import ipywidgets, os, sys, threading
from IPython.display import clear_output, display
out = ipywidgets.Output()
def say(): print("of a thread")
with out:
    print("one")
    print("two", file=sys.stderr)
    thread = threading.Thread(target=say); thread.start(); thread.join()
    os.system("echo three")
    display({"text/plain": "four"}, raw=True)
    1 / 0
print("outside")
[entry.get("text") or entry.get("ename") or entry["data"] for entry in out.outputs]
"""


def shown(events: list[dict[str, Any]], index: int) -> list[dict[str, Any]]:
    """The outputs of the statement at this index."""
    return [
        event["output"]
        for event in events
        if event["type"] == "output" and event["nodeIndex"] == index
    ]


def texts(events: list[dict[str, Any]], index: int) -> str:
    return "".join(output["text"] for output in shown(events, index))


def test_output_takes_all_that_is_put_out_within_it(kernel: Kernel) -> None:
    events = kernel.run(OUTPUT)
    assert shown(events, 4) == []
    assert texts(events, 5) == "outside\n"
    written = [
        r"['one\n'",
        r"'two\n'",
        r"'of a thread\nthree\n'",
        "{'text/plain': 'four'}",
        "'ZeroDivisionError']\n",
    ]
    assert texts(events, 6).replace("\n ", " ") == ", ".join(written)


CLEARED = """\
import ipywidgets
from IPython.display import clear_output, display, update_display
out = ipywidgets.Output()
with out: print("one")
with out:
    clear_output(wait=True)
    kept = len(out.outputs)
out.clear_output(wait=True)
kept, len(out.outputs)
with out: print("two")
[entry["text"] for entry in out.outputs]
with out: shown = display({"text/plain": "a"}, raw=True, display_id="x")
with out: update_display({"text/plain": "b"}, raw=True, display_id="x")
out.outputs[-1]["data"]
out.clear_output()
out.outputs
inner = ipywidgets.Output()
with out:
    with inner: print("inner")
    print("outer")
[entry["text"] for entry in (*out.outputs, *inner.outputs)]
try:
    with out: raise KeyboardInterrupt
except KeyboardInterrupt: print("goes on")
"""


def test_output_is_cleared_updated_and_nested(kernel: Kernel) -> None:
    events = kernel.run(CLEARED)
    said = [texts(events, index).strip() for index in (6, 8, 11, 13, 16, 17)]
    nested = "['outer\\n', 'inner\\n']"
    assert said == ["(1, 1)", "['two\\n']", "{'text/plain': 'b'}", "()", nested, "goes on"]


NESTED = """\
import ipywidgets, threading
out = ipywidgets.Output()
with out:
    for k in range(3):
        out.clear_output(wait=k == 2); print(k)
[entry["text"] for entry in out.outputs]
out.clear_output()
with out:
    print("a")
    with out: print("b")
    print("c")
[entry["text"] for entry in out.outputs]
out.clear_output()
begun, ended = threading.Event(), threading.Event()
def other():
    with out:
        begun.set(); ended.wait(); print("second")
thread = threading.Thread(target=other)
with out:
    thread.start(); begun.wait(); print("first")
ended.set(); thread.join()
[entry["text"] for entry in out.outputs]
def lazily():
    with out: yield
block = lazily()
next(block)
if True: print("of this statement"); list(block); print("still")
print("of the next")
"""


def test_blocks_of_one_widget_may_be_in_each_other_and_beside(kernel: Kernel) -> None:
    events = kernel.run(NESTED)
    said = [texts(events, index).strip() for index in (3, 6, 14, 18, 19)]
    assert said[:3] == ["['2\\n']", "['a\\nb\\nc\\n']", "['first\\nsecond\\n']"]
    assert said[3:] == ["of this statement\nstill", "of the next"]


LONG = """\
import gc, ipywidgets, tracemalloc
out = ipywidgets.Output()
lines = [f"{n:09}\\n" for n in range(300_000)]
with out:
    for line in lines[:100_000]: print(line, end="")
with out:
    for line in lines[100_000:200_000]: print(line, end="")
with out:
    for line in lines[200_000:]: print(line, end="")
whole = "".join(lines)
hidden = len(whole) - 576 * 1024
mark = f"\\n[{hidden} characters are not shown]\\n"
kept = whole[:512 * 1024] + mark + whole[-64 * 1024:]
len(out.outputs), out.outputs[0]["text"] == kept
piece = "y" * 100_000
tracemalloc.start()
with out:
    for _ in range(300): print(piece)
    gc.collect()
    print(tracemalloc.get_traced_memory()[0] < 5e6)
tracemalloc.stop()
text = out.outputs[0]["text"]
len(text) < 600 * 1024, text[-5:], text.count("not shown")
out.append_stdout("of its own")
with out: print("more")
out.outputs[-1]["text"][-15:]
out.outputs = ()
with out: print("anew")
out.outputs[0]["text"]
"""


def test_of_long_text_a_widget_has_the_head_and_the_tail(kernel: Kernel) -> None:
    events = kernel.run(LONG)
    assert texts(events, 10) == "(1, True)\n"
    assert texts(events, 16) == "(True, 'True\\n', 1)\n"
    assert texts(events, 19) == "'of its ownmore\\n'\n"
    assert texts(events, 22) == "'anew\\n'\n"


def test_the_limits_of_what_is_caught() -> None:
    caught = CaughtOutputs(Limits(head=80, displays=2))
    for at in range(4):
        caught.add(display(at), 100)
    caught.add_text("stdout", "a" * 70)
    caught.add_text("stderr", "b" * 15)
    caught.add_text("stdout", "c" * 3)
    (*displays, out, err, last, tail, end) = caught.outputs()
    assert [entry["data"]["text/plain"] for entry in (*displays, last)] == [0, 1, 3]
    assert (out["text"], err["text"]) == ("a" * 70, "b" * 10)
    # The third display, of which all is counted, and nothing of the text yet.
    assert tail["text"] == "\n[100 characters are not shown]\n" + "b" * 5
    assert end["text"] == "c" * 3
    caught.add_text("stdout", "d" * 9)
    assert caught.outputs()[-1]["text"] == "\n[107 characters are not shown]\n" + "c" + "d" * 9
    # What is added to it counts on, and nothing is said twice.
    more = CaughtOutputs(Limits(head=80, displays=2))
    more.add_text("stdout", "e" * 100)
    caught.extend(more)
    assert caught.outputs()[-1]["text"] == "\n[207 characters are not shown]\n" + "e" * 10
    assert caught.copy().outputs() == caught.outputs()
    assert caught.update("3", {"text/plain": "new"}, {})
    assert caught.outputs()[-2]["data"] == {"text/plain": "new"}


def display(at: int) -> dict[str, Any]:
    data = {"output_type": "display_data", "data": {"text/plain": at}, "metadata": {}}
    return {**data, "transient": {"display_id": str(at)}}


CLOSED = """\
import ipywidgets
from IPython.display import display
first, second = ipywidgets.Label(), ipywidgets.VBox([ipywidgets.Label()])
display(first); display(first); display(second)
second.close()
first.close(); first.close()
out = ipywidgets.Output()
with out: inner = ipywidgets.Label(); display(inner); inner.close()
out.outputs[0]["data"]
"""


def test_nothing_is_left_where_a_closed_widget_was_displayed(kernel: Kernel) -> None:
    events = kernel.run(CLOSED)
    first, again, second = (
        output for at in (3, 4, 5) for output in shown(events, at) if output["type"] == "display"
    )
    assert first["displayId"] == again["displayId"] != second["displayId"]
    updates = [event for event in events if event["type"] == "update"]
    assert [event["displayId"] for event in updates] == [second["displayId"], first["displayId"]]
    assert all((event["data"], event["text"]) == ({}, "") for event in updates)
    assert texts(events, 11) == "{}\n"


CHANGED = """\
import ipywidgets
from IPython.display import display
slider, other = ipywidgets.IntSlider(), ipywidgets.IntSlider()
display(slider); display(other)
slider.value = 7
print("on")
"""


def test_at_the_end_of_a_run_displays_have_the_text_of_their_widgets(kernel: Kernel) -> None:
    events = kernel.run(CHANGED)
    (update,) = (event for event in events if event["type"] == "update")
    (first,) = shown(events, 3)
    assert update["displayId"] == first["displayId"]
    assert update["text"] == update["data"]["text/plain"] == "IntSlider(value=7)"
    assert update["data"].keys() == first["data"].keys()
    # Once, as a run that comes later knows nothing of it.
    assert "update" not in {event["type"] for event in kernel.run("slider.value = 8")}


CALLBACK = """\
import ipywidgets
slider = ipywidgets.IntSlider()
slider.observe(lambda change: print("now", change["new"]) or 1 / 0, "value")
slider.comm.comm_id
"""


def test_what_a_callback_puts_out_is_of_the_statement_that_made_the_widget(kernel: Kernel) -> None:
    events = kernel.run(CALLBACK)
    comm_id = texts(events, 3).strip("'\n")
    update = {"method": "update", "state": {"value": 7}, "buffer_paths": []}
    message = kernel.client.session.msg("comm_msg", {"comm_id": comm_id, "data": update})
    kernel.client.shell_channel.send(message)
    late = kernel.until(lambda event: event.get("output", {}).get("type") == "error")
    assert {event["run"] for event in late} == {events[0]["run"]}
    said = shown(late, 1)
    assert [output["type"] for output in said] == ["stdout", "error"]
    assert said[0]["text"] == "now 7\n"
    assert said[1]["name"] == "ZeroDivisionError"
    # Nothing of it stays for what is put out next.
    assert texts(kernel.run("print('next')"), 0) == "next\n"


FAILING = """\
import ipywidgets, sys
class Failing(ipywidgets.IntSlider):
    def get_state(self, *arguments, **options):
        if "is_made" in globals(): raise ValueError("why")
        return super().get_state(*arguments, **options)
failing, is_made, said = Failing(), True, []
ask = sys.modules["_rdit.widget_states"].widget_states
known = [failing.model_id in str(ask({}, said.append)["models"]) for _ in "ab"]
known, said
del is_made
"""


def test_a_widget_without_a_state_is_left_out_and_logged_once(kernel: Kernel) -> None:
    said = "no state of a widget Failing: ValueError: why"
    assert texts(kernel.run(FAILING), 5) == f"([False, False], ['{said}'])\n"


def test_a_page_is_told_of_all_widgets_during_a_run_too(kernel: Kernel) -> None:
    kernel.run("import ipywidgets; ipywidgets.Widget.close_all()")
    kernel.run(
        "box = ipywidgets.VBox([ipywidgets.IntSlider(value=3), ipywidgets.Image(value=b'x')])"
    )
    models = kernel.query("widgets")["models"]
    msgspec.convert({"models": models}, QUERIES["widgets"].result)
    by_name = {model["name"]: model for model in models}
    assert by_name["IntSliderModel"]["state"]["value"] == 3
    assert by_name["ImageModel"]["buffers"] == [{"path": ["value"], "data": "eA=="}]
    children = by_name["VBoxModel"]["state"]["children"]
    assert children[0] == "IPY_MODEL_" + by_name["IntSliderModel"]["id"]
    kernel.start("import time\nprint('runs')\nwhile 'stop' not in globals(): time.sleep(0.01)")
    kernel.until(lambda event: event["type"] == "output")
    assert len(kernel.query("widgets")["models"]) == len(models)
    kernel.interrupt()
    list(kernel.events())


SHARING = """\
import ipywidgets
ipywidgets.Widget.close_all()
code = "a" * 20_000 + "\\udc80"
made = [ipywidgets.Textarea(value=code), ipywidgets.Textarea(value=code), ipywidgets.Text("b")]
"""


def test_a_long_text_that_widgets_share_is_sent_once(kernel: Kernel) -> None:
    kernel.run(SHARING)
    answer = kernel.query("widgets")
    msgspec.convert(answer, QUERIES["widgets"].result)
    assert answer["texts"] == ["a" * 20_000 + "?"]
    made = [model for model in answer["models"] if model["name"] in ("TextareaModel", "TextModel")]
    assert [model["texts"] for model in made] == [{"value": 0}, {"value": 0}, {}]
    assert [model["state"].get("value") for model in made] == [None, None, "b"]
