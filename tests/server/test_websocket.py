import json
import socket
import threading

import pytest
import websocket

from tests.support.server import plain
from tests.support.waiting import wait_for

WAIT = "import time\nwhile not __import__('os').path.exists({!r}): time.sleep(0.01)"


def test_a_run_is_answered_by_its_events_in_order(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run("1\nprint(2)", "r")
        events = viewer.of("r")
    statement = {"lineStart": 1, "lineEnd": 1, "isExpr": True, "nodeIndex": 0, "source": "1"}
    assert events[0] == {
        "type": "plan",
        "run": "r",
        "statements": [
            statement,
            {**statement, "lineStart": 2, "lineEnd": 2, "nodeIndex": 1, "source": "print(2)"},
        ],
    }
    assert [(e["type"], e.get("status")) for e in events[1:]] == [
        ("status", "running"),
        ("output", None),
        ("status", "ok"),
        ("status", "running"),
        ("output", None),
        ("status", "ok"),
        ("done", "ok"),
    ]


def test_two_viewers_see_the_same_events_as_they_come(server):
    with server.viewer(path="seen.py") as one, server.viewer(path="seen.py") as two:
        one.run("for i in range(100): print(i)\ni", "r")
        two.until("done", run="r")
        assert one.of("r") == two.of("r")
        assert one.seq == two.seq
        answer = server.post("execute-script", script="i", path="seen.py").json()
        one.until("done", run=answer["run"])
        two.until("done", run=answer["run"])
        assert one.of(answer["run"]) == two.of(answer["run"])
        server.request("DELETE", f"sessions/{answer['session']}")


def test_where_time_goes_is_told_to_who_asks_over_the_websocket(server, session):
    script = "import time\nif True:\n    time.sleep(1.6)"
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script=script, heat=True)
        viewer.until("done", run="r")
        heat = [event for event in viewer.of("r") if event["type"] == "heat"]
        assert heat[0]["nodeIndex"] == 1
        assert [line["line"] for line in heat[0]["lines"]] == [3]
    with server.stream(script, session) as answer:
        types = {json.loads(line)["type"] for line in answer.iter_lines()}
    assert types >= {"plan", "status", "done"}
    assert "heat" not in types


def test_a_page_that_attaches_has_its_kernel_started(server):
    with server.viewer(path="warm.py") as viewer:
        viewer.until("session", state="starting")
        ready = viewer.until("session", state="idle")
        assert ready["kernel"]["id"] in server.kernels()
        server.request("DELETE", f"sessions/{ready['session']}")


def test_a_viewer_that_comes_back_gets_what_it_missed_in_order_and_once(server, session):
    go = server.root / f"{session}.go"
    viewer = server.viewer(session=session)
    viewer.run("1", "before")
    viewer.send(
        "run", run="r", script=f"print('a')\n{WAIT.format(str(go))}\nfor i in range(1000): print(i)"
    )
    viewer.until("output", run="r")
    viewer.socket.close()
    go.touch()
    wait_for(lambda: server.session(session)["state"] == "idle")
    back = server.viewer(attach=False, session=session)
    back.seq = viewer.seq
    assert back.attach(viewer.seq, viewer.log)["snapshot"] is False
    back.until("done", run="r")
    seqs = [
        e["seq"] for e in viewer.events + back.events if e.get("seq") and e["type"] != "attached"
    ]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    text = viewer.text("r") + back.text("r")
    assert text == "a\n" + "".join(f"{i}\n" for i in range(1000))
    back.socket.close()


def test_a_new_viewer_gets_a_snapshot_with_the_same_outcome(server, session):
    with server.viewer(session=session) as first:
        first.run("for i in range(500): print(i)\n1 / 0", "r")
    with server.viewer(session=session) as viewer:
        viewer.until("session")
        assert viewer.text("r") == first.text("r")
        assert [e for e in viewer.of("r") if e["type"] == "status"] == [
            {"type": "status", "run": "r", "nodeIndex": 0, "status": "ok"},
            {"type": "status", "run": "r", "nodeIndex": 1, "status": "error"},
        ]
        # Asked again it has nothing to add.
        assert viewer.attach(viewer.seq, viewer.log)["snapshot"] is False
        viewer.run("2", "next")
        assert len([e for e in viewer.of("r") if e["type"] == "plan"]) == 1


def test_a_log_of_another_life_is_answered_with_a_snapshot(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run("1", "r")
        assert viewer.attach(viewer.seq, "another")["snapshot"] is True
        viewer.until("done", run="r")


def test_a_run_sent_twice_is_run_once(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run("n = 0", "first")
        viewer.send("run", run="r", script="n += 1")
        viewer.send("run", run="r", script="n += 1")
        viewer.run("n", "last")
        viewer.send("run", run="r", script="n += 1")
        viewer.run("n", "again")
        assert (viewer.text("last"), viewer.text("again")) == ("1\n", "1\n")


def test_a_viewer_that_reads_slowly_is_sent_a_snapshot_instead(server, session):
    limit = server.get("health").json()["limits"]["max_viewer_bytes"]
    slow = server.viewer(session=session)
    slow.socket.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    display = "from IPython.display import display\n"
    # More than the limit, by displays that replace each other.
    script = (
        f"{display}h = display({{'text/plain': ''}}, raw=True, display_id=True)\n"
        f"for i in range(200):\n    text = chr(97 + i % 26) * {limit // 20}\n"
        "    h.update({'text/plain': text}, raw=True)\n"
    )
    assert server.run(script, session)["status"] == "ok"
    before = server.process.memory_info().rss
    last = server.run("'last'", session)["run"]
    slow.until("done", run=last)
    assert [e["snapshot"] for e in slow.events if e["type"] == "attached"][-1] is True
    received = sum(len(json.dumps(e)) for e in slow.events)
    assert received < 5 * limit
    assert server.process.memory_info().rss < before + 5 * limit
    texts = [e["output"]["text"] for e in slow.events if e["type"] == "output"]
    assert texts[-1] == "'last'\n"
    slow.socket.close()


def test_an_answer_is_not_dropped_however_large_it_is_and_whatever_else_waits(server, session):
    limit = server.get("health").json()["limits"]["max_viewer_bytes"]
    with server.viewer(session=session) as viewer:
        viewer.run("import ipywidgets\nipywidgets.Widget.close_all()")
        viewer.run(f"text = ipywidgets.Textarea(value='a' * {2 * limit})")
        assert viewer.query("widgets")["result"]["texts"] == ["a" * 2 * limit]
    slow = server.viewer(session=session)
    # More than the buffers of sockets hold.
    names = "abcdefgh"
    for name in names:
        slow.send("query", id=name, method="widgets", params={})
    slow.send("run", run="asked", script="'asked'")
    with server.viewer(session=session) as viewer:
        viewer.until("done", run="asked")
        # Answered in turn: those before it wait to be read.
        viewer.query("widgets")
    display = "from IPython.display import display\n"
    flood = f"for _ in range(9): display({{'text/plain': 'b' * {limit}}}, raw=True)"
    last = server.run(display + flood + "\n'last'", session)["run"]
    slow.until("done", run=last)
    answers = {event["id"]: event for event in slow.events if event["type"] == "answer"}
    assert set(answers) == set(names)
    # What waits to be read is bounded all the same.
    refused = [answer["error"] for answer in answers.values() if "error" in answer]
    assert {error["cause"] for error in refused} == {"too-busy"}
    assert len(refused) < len(names)
    slow.socket.close()


def test_input_is_asked_for_and_answered(server, session):
    with server.viewer(session=session) as viewer, server.viewer(session=session) as other:
        viewer.send("run", run="r", script="name = input('name? ')\nname.upper()")
        asked = viewer.until("input")
        assert plain(asked) == {
            "type": "input",
            "run": "r",
            "nodeIndex": 0,
            "prompt": "name? ",
        }
        other.until("input")
        other.send("input", text="ada")
        answered = viewer.until("input")
        assert answered["waiting"] is False
        viewer.until("done", run="r")
        assert viewer.text("r") == "name? ada\n'ADA'\n"


def test_a_password_is_not_repeated(server, session):
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script="import getpass\nlen(getpass.getpass('key: '))")
        assert viewer.until("input")["password"] is True
        viewer.send("input", text="secret")
        viewer.until("done", run="r")
        assert viewer.text("r") == "key: \n6\n"


# As where iopub, on which what was printed is sent, is slower than stdin.
SLOW_IOPUB = """import time
session = get_ipython().kernel.session
send = session.send
held = []
def send_questions_first(socket, msg_type, *args, **more):
    if msg_type == "rdit_events" and held is not None:
        return held.append((socket, args, more))
    sent = send(socket, msg_type, *args, **more)
    if msg_type == "input_request":
        release()
    return sent
def release():
    global held
    time.sleep(0.3)
    for socket, args, more in held:
        {release}
    held = None
session.send = send_questions_first
"""


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_question_comes_after_what_was_printed_before_it(server, session, is_lost):
    release = "pass" if is_lost else "send(socket, 'rdit_events', *args, **more)"
    server.run(SLOW_IOPUB.format(release=release), session)
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script="print('before')\nname = input('name? ')\nname.upper()")
        asked = viewer.until("input")
        # It does not wait for ever for what is lost on its way.
        assert viewer.text("r") == ("" if is_lost else "before\n")
        viewer.send("input", text="ada")
        viewer.until("done", run="r")
        assert asked["nodeIndex"] == 1
        assert viewer.text("r").endswith("name? ada\n'ADA'\n")


ODD_END = """import time
kernel = get_ipython().kernel
send = kernel.session.send
def send_the_end(socket, msg_type, content=None, *args, **more):
    if msg_type == "rdit_events" and content["events"][-1]["type"] == "done":
        {how}
    return send(socket, msg_type, content, *args, **more)
kernel.session.send = send_the_end
"""


@pytest.mark.parametrize(
    ("how", "status"),
    # As where the thread that sends on iopub gets no processor, and where that drops a message.
    [("kernel.iopub_thread.schedule(lambda: time.sleep(3))", "ok"), ("return None", "error")],
    ids=["late", "lost"],
)
def test_the_end_of_a_run_is_waited_for_unless_it_is_lost(server, session, how, status):
    server.run(ODD_END.format(how=how), session)
    with server.viewer(session=session) as viewer:
        done = viewer.run("2 + 2", "r")
        assert viewer.text("r").startswith("4\n")
        assert done["status"] == status
        assert ("was lost on its way" in done.get("reason", "")) == (status == "error")


def test_an_interrupt_ends_a_run_that_waits_for_input(server, session):
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script="input()\n1")
        viewer.until("input")
        viewer.send("interrupt")
        assert viewer.until("input")["waiting"] is False
        assert viewer.until("done", run="r")["status"] == "interrupted"
        viewer.send("input", text="late")
        assert "Nothing waits" in viewer.until("error")["message"]
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"


def test_an_interrupt_cancels_the_runs_that_wait(server, session):
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="a", script="import time\ntime.sleep(60)")
        viewer.until("status", run="a", nodeIndex=1)
        viewer.send("run", run="b", script="1")
        viewer.until("session", queue=1)
        viewer.send("interrupt")
        viewer.until("done", run="a")
        outcomes = {e["run"]: e["status"] for e in viewer.events if e["type"] == "done"}
        assert outcomes == {"a": "interrupted", "b": "cancelled"}


def test_a_reset_behind_a_run_does_not_hold_up_an_interrupt(server, session):
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="a", script="x = 1\nimport time\ntime.sleep(60)")
        viewer.until("status", run="a", nodeIndex=2)
        viewer.send("reset")
        viewer.until("session", queue=1)
        viewer.send("interrupt")
        assert viewer.until("done", run="a")["status"] == "interrupted"
        viewer.send("reset")
        viewer.until("session", state="reset")
        viewer.run("x", "b")
        assert "NameError" in viewer.text("b")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("{", {"message": "Expected JSON"}),
        ('{"type": "rn"}', {"message": "rn"}),
        ('{"type": "run", "run": "r", "script": 1}', {"message": "`$.script`", "run": "r"}),
        (
            '{"type": "run", "run": "r", "script": "", "lineRanges": [{"from": 1, "to": 1}]}',
            {"message": "Expected a `lineRange` around `lineRanges`", "run": "r"},
        ),
        (
            '{"type": "run", "run": "r", "script": "", "lineRange": {"from": 1, "to": 4},'
            ' "lineRanges": [{"from": 1, "to": 2}, {"from": 3, "to": 5}]}',
            {
                "message": "Expected `lineRanges[1]` within `lineRange`, 1 to 4, got 3 to 5",
                "run": "r",
            },
        ),
        ('{"type": "query", "id": 7}', {"message": "`$.id`"}),
    ],
)
def test_a_request_that_is_none_is_refused_and_the_connection_lives(
    server, session, request_, expected
):
    with server.viewer(session=session) as viewer:
        viewer.socket.send(request_)
        error = viewer.until("error")
        assert expected["message"] in error["message"]
        assert error.get("run") == expected.get("run")
        viewer.attach()


@pytest.mark.parametrize("times", [1, 3])
def test_too_large_a_script_is_refused_and_the_connection_lives(server, session, times):
    limit = server.get("health").json()["limits"]["max_script_bytes"]
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script="#" * limit * times)
        assert str(limit) in viewer.until("error", run="r")["message"]
        viewer.attach()


def test_a_page_that_closes_leaves_its_run_going(server, session):
    done = server.root / f"{session}.done"
    viewer = server.viewer(session=session)
    viewer.send("run", run="r", script=f"import time\ntime.sleep(0.5)\nopen({str(done)!r}, 'w')")
    viewer.until("status", run="r")
    viewer.socket.close()
    wait_for(done.exists)


def test_output_of_a_thread_that_outlives_its_run_still_arrives(server, session):
    go = server.root / f"{session}.go"
    script = f"""
import os, threading, time
def late():
    while not os.path.exists({str(go)!r}): time.sleep(0.01)
    print('late')
threading.Thread(target=late).start()
"""
    with server.viewer(session=session) as viewer:
        viewer.run(script, "r")
        viewer.run("1", "other")
        go.touch()
        event = viewer.until("output", run="r")
        assert event["output"] == {"type": "stdout", "text": "late\n"}


def test_many_viewers_and_callers_share_one_server(server):
    """Each of ten scripts at once gets its own output and nobody else's."""
    texts = {}

    def use(i):
        with server.viewer(path=f"many{i % 3}.py") as viewer:
            viewer.run(f"for k in range(200): print({i}, k)", f"r{i}")
            texts[i] = viewer.text(f"r{i}")

    threads = [threading.Thread(target=use, args=(i,)) for i in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == {i: "".join(f"{i} {k}\n" for k in range(200)) for i in range(10)}
    for path in ("many0.py", "many1.py", "many2.py"):
        server.request("DELETE", f"sessions/{server.post('sessions', path=path).json()['id']}")


def test_a_connection_for_a_path_outside_the_root_is_refused(server):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        server.viewer(path="../x.py")
    assert refused.value.status_code == 400
