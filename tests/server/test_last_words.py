"""What a script had put out before its process ended arrives, each at its statement and once."""

import pytest

# Twenty steps of 50 ms; the 16th ends the process.
STEPS = """import ctypes, os, signal, sys, time
{before}
for step in range(20):
    for part in range(3): print("step", step, part)
    if step == 15:
        {ends}
    time.sleep(0.05)
print("never")
"""
ENDS = {
    "segfault": ("ctypes.string_at(0)", "SIGSEGV"),
    "abort": ("os.abort()", "SIGABRT"),
    "kill": ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    "exit": ("os._exit(3)", "exit code 3"),
    "exit in C": ("ctypes.CDLL(None)._exit(3)", "exit code 3"),
}
SAID = "".join(f"step {step} {part}\n" for step in range(16) for part in range(3))


def written(result, stream):
    return "".join(out["text"] for out in result["output"] if out["type"] == stream)


@pytest.mark.parametrize("how", ENDS)
def test_all_lines_before_the_end_arrive(server, session, how):
    ends, cause = ENDS[how]
    answer = server.run(STEPS.format(before="", ends=ends), session)
    assert answer["status"] == "died"
    steps = answer["results"][-2]
    assert written(steps, "stdout") == SAID
    assert steps["output"][-1]["name"] == "KernelDied"
    assert cause in steps["output"][-1]["text"]
    assert "lost" not in steps["output"][-1]["text"]
    assert answer["results"][-1]["status"] == "cancelled"


def test_what_every_statement_put_out_stands_there_once(server, session):
    script = (
        "import ctypes\n"
        + "".join(f"print({n})\n{n}\n" for n in range(50))
        + "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    display(error)\n"
        + "print('x' * 700_000)\nctypes.string_at(0)\n"
    )
    answer = server.run("from IPython.display import display\n" + script, session)
    results = answer["results"]
    assert [r["status"] for r in results] == ["ok"] * 104 + ["error"]
    for n in range(50):
        assert [out["text"] for out in results[2 + 2 * n]["output"]] == [f"{n}\n"]
        assert [out["text"] for out in results[3 + 2 * n]["output"]] == [f"{n}\n"]
    (shown,) = results[102]["output"]
    assert shown["text"] == "ZeroDivisionError('division by zero')"
    # More at once than is kept for a crash: at least what it ends with.
    assert written(results[103], "stdout").endswith("xx\n")


def test_what_was_held_back_of_a_long_output_arrives(server, session):
    script = "import os\nfor n in range(100_000): print('line', n)\nelse: os.kill(os.getpid(), 9)"
    loop = server.run(script, session)["results"][-1]
    said = written(loop, "stdout")
    assert said.startswith("line 0\nline 1\n")
    assert said.endswith("line 99998\nline 99999\n")


NATIVE = """import ctypes, os, sys
print("about to crash")
{enable}
libc = ctypes.PyDLL(None); libc.write(2, b"native words\\n", 13); {crash}
"""


@pytest.mark.parametrize("enable", ["pass", "import faulthandler; faulthandler.enable()"])
def test_native_words_and_the_stack_arrive(server, session, enable):
    script = NATIVE.format(enable=enable, crash="ctypes.string_at(0)")
    results = server.run(script, session)["results"]
    assert written(results[1], "stdout") == "about to crash\n"
    said = "".join(written(result, "stderr") for result in results)
    assert said.startswith("native words\n")
    assert "Fatal Python error: Segmentation fault" in said
    assert "in string_at" in said
    assert results[-1]["output"][-1]["name"] == "KernelDied"


def test_what_a_call_that_holds_the_interpreter_wrote_before_it_was_killed(server, session):
    script = NATIVE.format(enable="", crash="libc.system(b'seq 200000; kill -9 $PPID')")
    results = server.run(script, session)["results"]
    said = "".join(written(result, "stdout") for result in results)
    assert said.startswith("about to crash\n1\n2\n3\n")
    assert said.endswith("199999\n200000\n")


def test_the_next_run_begins_with_nothing_of_the_last(server, session):
    server.run(STEPS.format(before="", ends="os._exit(3)"), session)
    assert server.text("print('new')", session) == "new\n"
    answer = server.run("print('other')\nimport os\nos.kill(os.getpid(), 9)", session)
    assert [out["text"] for out in answer["results"][0]["output"]] == ["other\n"]


# As where the process ends before its sending thread has had a turn.
MUTE = """session = get_ipython().kernel.session
send = session.send
def send_all_but_events(socket, msg_type, *args, **more):
    if msg_type != "rdit_events":
        return send(socket, msg_type, *args, **more)
session.send = send_all_but_events
"""


@pytest.mark.parametrize("how", ["segfault", "kill", "exit in C"])
def test_a_run_of_which_nothing_was_sent_stands_there_whole(server, session, how):
    ends, cause = ENDS[how]
    server.run(MUTE, session)
    script = f"print('said')\nimport ctypes, os, signal\n{ends}\nprint('never')"
    answer = server.run(script, session)
    assert answer["status"] == "died"
    assert [result["status"] for result in answer["results"]] == ["ok", "ok", "error", "cancelled"]
    assert [result["lineStart"] for result in answer["results"]] == [1, 2, 3, 4]
    assert written(answer["results"][0], "stdout") == "said\n"
    assert cause in answer["results"][2]["output"][-1]["text"]
    assert "lost" not in answer["results"][2]["output"][-1]["text"]


KILLED_BY = {
    "before its first statement": """import os, sys
sys.modules["_rdit.modules"].Modules.begin_run = lambda *_: os.kill(os.getpid(), 9)
""",
    "while its first message leaves": """import os
session = get_ipython().kernel.session
send = session.send
def send_all_but_plans(socket, msg_type, content=None, *args, **more):
    if msg_type == "rdit_events" and content["events"][0]["type"] == "plan":
        os.kill(os.getpid(), 9)
    return send(socket, msg_type, content, *args, **more)
session.send = send_all_but_plans
""",
}


@pytest.mark.parametrize("when", KILLED_BY)
def test_a_run_that_has_just_begun_stands_there_whole(server, session, when):
    server.run(KILLED_BY[when], session)
    answer = server.run("print('never')\n1", session)
    assert answer["status"] == "died"
    assert [result["status"] for result in answer["results"]] == ["error", "cancelled"]
    (error,) = answer["results"][0]["output"]
    assert "SIGKILL" in error["text"]
