import re
import sys

import pytest

SCRIPT = """def f(a):
    b = a + 1
    breakpoint()
    return b
f(1)
print('last')
f'{f.__name__}'
"""


@pytest.fixture
def debugged(server, session):
    """A viewer at the first question of a run of `SCRIPT`."""
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script=SCRIPT)
        question(viewer)
        stop(viewer, 1)
        yield viewer


def question(viewer):
    viewer.until("input", prompt="(Pdb) ")


def answer(viewer, text):
    viewer.send("input", text=text)
    viewer.until("input", waiting=False)


def text(viewer):
    return re.sub(r"\x1b\[[0-9;]*m", "", viewer.text("r"))


def stops(viewer):
    """The lines at which the debugger stood, and whose they are."""
    return re.findall(r"^> .*<script>\((\d+)\)(\S+)\(\)(?:->.*)?$", text(viewer), re.MULTILINE)


def stop(viewer, count):
    """Wait until it stood at so many. The question and what was printed before it come by different
    sockets."""
    while len(stops(viewer)) < count:
        viewer.receive()


def step(viewer, text):
    count = len(stops(viewer))
    answer(viewer, text)
    question(viewer)
    stop(viewer, count + 1)


def test_a_breakpoint_asks_and_is_answered(debugged):
    answer(debugged, "p b + 40")
    question(debugged)
    answer(debugged, "c")
    assert debugged.until("done", run="r")["status"] == "ok"
    assert "(Pdb) p b + 40\n42\n" in text(debugged)
    assert text(debugged).endswith("(Pdb) c\n2\nlast\n'f'\n")
    # The next run is nobody's to debug.
    assert debugged.run("f.__name__", "next")["status"] == "ok"


def test_steps_lead_from_statement_to_statement(debugged):
    while stops(debugged)[-1] != ("7", "<module>"):
        step(debugged, "n")
    answer(debugged, "n")
    assert debugged.until("done", run="r")["status"] == "ok"
    lines = [int(line) for line, _ in stops(debugged)]
    assert lines == sorted(lines)
    assert {where for _, where in stops(debugged)} == {"f", "<module>"}
    assert text(debugged).count("\n> ") + 1 == len(lines), "it stood nowhere else"


def test_there_are_no_frames_but_those_of_the_script(debugged):
    for command in ("u", "u", "where"):
        answer(debugged, command)
        question(debugged)
    answer(debugged, "q")
    assert debugged.until("done", run="r")["status"] == "error"
    assert "*** Oldest frame\n" in text(debugged)
    error = next(e["output"] for e in debugged.events if e.get("output", {}).get("name"))
    assert error["name"] == "BdbQuit"
    names = [frame["name"] for frame in error["frames"]]
    # Python 3.10 has the frame twice that the debugger has left, also without us.
    assert names in (["<module>", "f"], ["<module>", "f", "f"])


def test_a_breakpoint_of_the_debugger_holds_for_the_run(debugged):
    answer(debugged, "b 6")
    question(debugged)
    step(debugged, "c")
    assert stops(debugged)[-1] == ("6", "<module>")
    answer(debugged, "c")
    debugged.until("done", run="r")
    debugged.send("run", run="again", script="\n" * 5 + "'at line 6'")
    assert debugged.until("done", run="again")["status"] == "ok"


def test_stop_ends_what_is_debugged(debugged):
    debugged.send("interrupt")
    assert debugged.until("done", run="r")["status"] == "interrupted"
    assert "pdb" not in text(debugged).partition("Traceback")[2]


def test_pdb_is_the_same_debugger(server, session):
    with server.viewer(session=session) as viewer:
        script = SCRIPT.replace("breakpoint()", "import pdb; pdb.set_trace()")
        viewer.send("run", run="r", script=script)
        for command in ("u", "u", "c"):
            question(viewer)
            answer(viewer, command)
        assert viewer.until("done", run="r")["status"] == "ok"
        assert "*** Oldest frame\n" in text(viewer)


def test_stop_ends_what_pdb_debugs_and_what_it_let_go_on(server, session):
    with server.viewer(session=session) as viewer:
        script = "import pdb, time\npdb.set_trace()\nprint('on')\ntime.sleep(100)\n'after'"
        viewer.send("run", run="r", script=script)
        question(viewer)
        viewer.send("interrupt")
        assert viewer.until("done", run="r")["status"] == "interrupted"
        viewer.send("run", run="again", script=script)
        question(viewer)
        answer(viewer, "c")
        while "on\n" not in viewer.text("again"):
            viewer.receive()
        viewer.send("interrupt")
        assert viewer.until("done", run="again")["status"] == "interrupted"
        assert "after" not in viewer.text("again")


def test_where_nobody_answers_a_breakpoint_is_an_error(server, session):
    answer = server.post("execute-script", script=SCRIPT, session=session).json()
    said = answer["results"][1]["output"][-1]
    # From 3.13 it stops at the call itself, and not at the line that follows.
    assert (said["name"], said["line"]) == ("EOFError", 3 if sys.version_info >= (3, 13) else 4)
    assert "nobody is there to answer breakpoint()" in said["message"]


def test_breakpoints_are_switched_off_by_their_variable(server, session):
    script = "import os\nos.environ['PYTHONBREAKPOINT'] = '0'\n" + SCRIPT
    assert server.text(script, session) == "2\nlast\n'f'\n"
