import http.client
import json
import threading

import pytest

from tests.support.waiting import wait_for


def result(index, line, text=None, **fields):
    """A StatementResult of one line, as the answer has it."""
    data = {"text/plain": text} if text is not None else None
    output = [{"type": "result", "text": f"{text}\n", "data": data, "metadata": {}}] if data else []
    return {
        "nodeIndex": index,
        "lineStart": line,
        "lineEnd": line,
        "isExpr": True,
        "isInvisible": not output,
        "status": "ok",
        "output": output,
        **fields,
    }


def without_times(results):
    for one in results:
        assert one.pop("elapsed") >= 0
    return results


def test_health_tells_a_signed_in_caller_how_things_stand(server):
    answer = server.get("health").json()
    assert answer["status"] == "ok"
    assert isinstance(answer["version"], str)
    assert "python3" in answer["kernelSpecs"]
    assert {"sessions", "running", "limits"} <= answer.keys()


def test_health_and_the_page_start_no_kernel(server):
    before = server.kernels()
    server.get("health")
    server.get("edit/nothing.py")
    server.get("")
    assert server.kernels() == before


def test_a_value_is_its_text_and_a_newline(server, session):
    answer = server.run("2 + 2", session)
    assert without_times(answer["results"]) == [result(0, 1, "4")]
    assert answer["status"] == "ok"
    assert answer["session"] == server.session(session)["id"]


def test_the_namespace_lives_from_call_to_call_until_it_is_reset(server, session):
    server.run("x = 10", session)
    assert "10" in server.text("x", session)
    assert server.post("reset", session=session).json()["status"] == "ok"
    (outcome,) = server.run("x", session)["results"]
    assert [output["type"] for output in outcome["output"]] == ["error"]
    assert outcome["output"][0]["name"] == "NameError"


def test_a_reset_with_restart_gives_a_new_process(server, session):
    before = server.pid(session)
    server.post("reset", session=session, restart=True)
    assert server.pid(session) != before


def test_without_a_name_the_session_is_the_default_one(server):
    server.post("execute-script", script="here = 1")
    assert server.text("here", "default") == "1\n"


def test_a_session_of_a_path_is_the_same_by_path_and_by_id(server):
    (server.root / "folder").mkdir()
    (server.root / "folder" / "a.py").touch()
    opened = server.post("sessions", path="folder/a.py").json()
    answer = server.post("execute-script", script="v = __file__\nv", path="/folder/a.py").json()
    assert answer["session"] == opened["id"]
    assert server.text("v", opened["id"]) == f"'{server.root / 'folder' / 'a.py'}'\n"
    cwd = server.text("__import__('os').getcwd()", opened["id"])
    assert cwd == f"'{server.root / 'folder'}'\n"
    server.request("DELETE", f"sessions/{opened['id']}")


def test_two_paths_never_share_a_namespace(server):
    for path in ("one.py", "two.py"):
        server.post("execute-script", script=f"mine = {path!r}", path=path)
    answers = [
        server.post("execute-script", script="mine", path=path).json()["results"][0]["output"]
        for path in ("one.py", "two.py")
    ]
    assert [output[0]["text"] for output in answers] == ["'one.py'\n", "'two.py'\n"]
    for path in ("one.py", "two.py"):
        server.request("DELETE", f"sessions/{server.post('sessions', path=path).json()['id']}")


def test_line_range_executes_the_statements_it_overlaps(server, session):
    script = "1\n2\n(3,\n 4)\n5\n"
    answer = server.run(script, session, lineRange={"from": 2, "to": 3})
    assert [(r["nodeIndex"], r["lineStart"], r["lineEnd"]) for r in answer["results"]] == [
        (1, 2, 2),
        (2, 3, 4),
    ]


def test_a_syntax_error_is_a_result_at_its_line_and_nothing_runs(server, session):
    answer = server.run("ran = 1\nif:\n", session)
    assert answer["status"] == "error"
    (outcome,) = answer["results"]
    assert (outcome["lineStart"], outcome["status"]) == (2, "error")
    assert outcome["output"][0]["name"] == "SyntaxError"
    assert server.run("ran", session)["status"] == "error"


def test_an_error_cancels_what_follows_unless_told_otherwise(server, session):
    script = "1\n1 / 0\n2"
    statuses = [r["status"] for r in server.run(script, session)["results"]]
    assert statuses == ["ok", "error", "cancelled"]
    statuses = [r["status"] for r in server.run(script, session, stopOnError=False)["results"]]
    assert statuses == ["ok", "error", "ok"]


def test_statements_are_executed_as_they_are_given(server, session):
    answer = server.post(
        "execute",
        session=session,
        statements=[
            {"code": "a = 20", "nodeIndex": 5, "lineStart": 7, "lineEnd": 7, "isExpr": False},
            {"code": "a + 1", "nodeIndex": 6, "lineStart": 9, "lineEnd": 9, "isExpr": True},
        ],
    ).json()
    assert without_times(answer["results"]) == [
        result(5, 7, isExpr=False),
        result(6, 9, "21"),
    ]


def test_a_stream_has_one_event_a_line_as_they_happen(server, session):
    server.run("1", session)
    go = server.root / "go"
    script = f"print('begun')\nwhile not __import__('os').path.exists({str(go)!r}): pass\n'end'"
    with server.stream(script, session) as answer:
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        lines = (json.loads(line) for line in answer.iter_lines())
        seen = []
        for event in lines:
            seen.append(event)
            if event["type"] == "output":
                go.touch()
        go.unlink()
    assert seen[0]["type"] == "plan"
    assert [e["output"]["text"] for e in seen if e["type"] == "output"] == ["begun\n", "'end'\n"]
    assert seen[-1]["type"] == "done"


def test_a_timeout_interrupts_the_run(server, session):
    server.run("kept = 1", session)
    answer = server.run("import time\ntime.sleep(60)\n3", session, timeout=3)
    assert [r["status"] for r in answer["results"]] == ["ok", "interrupted", "cancelled"]
    assert answer["status"] == "interrupted"
    assert server.text("kept", session) == "1\n"


def test_a_timeout_counts_from_the_beginning_of_the_run(server, session):
    server.run("import time", session)
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="before", script="time.sleep(5)")
        viewer.until("status", run="before", status="running")
        # It waits for longer than it may take.
        answer = server.run("print('ran')", session, timeout=4)
        assert answer["status"] == "ok"


def test_an_interrupt_ends_the_run_and_those_that_wait(server, session):
    server.run("1", session)
    answers = {}

    def call(name, script):
        answers[name] = server.run(script, session)["status"]

    first = threading.Thread(target=call, args=("first", "import time\ntime.sleep(60)"))
    second = threading.Thread(target=call, args=("second", "2"))
    first.start()
    wait_for(lambda: server.session(session)["state"] == "busy")
    second.start()
    wait_for(lambda: server.session(session)["queue"] == 1)
    assert server.post("interrupt", session=session).json() == {"status": "ok"}
    first.join()
    second.join()
    assert answers == {"first": "interrupted", "second": "cancelled"}
    assert server.text("2 + 2", session) == "4\n"


def test_an_interrupt_is_sent_again_where_the_first_is_swallowed(server, session):
    server.run("import os", session)
    script = "os.system('sleep 60')\nwhile True: os.getpid()"
    answer = server.run(script, session, timeout=3)
    assert answer["status"] == "interrupted"


def test_what_an_interrupt_has_reached_may_clean_up(server, session):
    server.run("import time", session)
    script = "try:\n    time.sleep(60)\nfinally:\n    time.sleep(1.7)\n    print('saved')"
    answer = server.run(script, session, timeout=3)
    assert answer["status"] == "interrupted"
    assert answer["results"][0]["output"][0]["text"] == "saved\n"


def test_a_call_that_finds_the_session_busy_waits_its_turn(server, session):
    server.run("order = []", session)
    threads = [
        threading.Thread(target=server.run, args=(f"order.append({i})", session)) for i in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.text("sorted(order) == list(range(20))", session) == "True\n"


def test_a_client_that_leaves_does_not_end_its_run(server, session):
    server.run("import time, os", session)
    began, go, done = (server.root / f"{session}.{name}" for name in ("began", "go", "done"))
    script = (
        f"open({str(began)!r}, 'w').close()\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\nopen({str(done)!r}, 'w').close()"
    )
    client = http.client.HTTPConnection("127.0.0.1", server.port)
    client.request(
        "POST",
        f"{server.base_url}rdit/execute-script",
        json.dumps({"script": script, "session": session}),
        {"Authorization": f"token {server.token}"},
    )
    wait_for(began.exists)
    client.close()
    go.touch()
    wait_for(done.exists)
    wait_for(lambda: server.session(session)["state"] == "idle")


def test_input_without_anyone_to_answer_is_an_error_of_the_statement(server, session):
    (outcome,) = server.run("input('? ')", session)["results"]
    assert outcome["status"] == "error"


def test_sessions_can_be_listed_looked_at_and_ended(server):
    answer = server.post("sessions", name="made", path="made.py", kernelName="python3")
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["path"], made["state"]) == ("made", "made.py", "idle")
    assert made["kernel"]["id"] in server.kernels()
    assert server.post("sessions", name="made").status_code == 200
    assert made["id"] in [s["id"] for s in server.get("sessions").json()]
    assert server.get("sessions/made").json()["id"] == made["id"]
    assert server.request("DELETE", "sessions/made").status_code == 204
    assert server.get("sessions/made").status_code == 404
    assert made["kernel"]["id"] not in server.kernels()


def test_values_that_json_has_trouble_with_arrive(server, session):
    script = (
        "from IPython.display import display\n"
        "display({'application/json': {'big': 2 ** 70}}, raw=True)"
    )
    output = server.run(script, session)["results"][1]["output"][0]
    assert output["data"]["application/json"]["big"] == 2**70


STATEMENT = {"code": "1", "nodeIndex": 0, "lineStart": 1, "lineEnd": 1, "isExpr": True}
BAD = [
    ("execute-script", "{", "Expected JSON", '"{"', "$"),
    ("execute-script", "[" * 5000, "Expected `object`", "got `array`", "$"),
    ("execute-script", '{"script": ' + "[" * 5000, "Expected `str`", "got `array`", "$.script"),
    (
        "execute-script",
        '{"script": "1", "timeout": ' + "1" * 5000 + "}",
        "Expected a number in range",
        'got "{',
        "$.timeout",
    ),
    ("execute-script", {"script": "1", "session": "a\0"}, "a null byte", "'a\\x00'", "$.session"),
    ("execute-script", "[]", "Expected `object`", "`array` []", "$"),
    ("execute-script", "", "Expected the required field `script`", "an empty object", "$"),
    ("execute-script", {"session": "a"}, "the required field `script`", "`session`", "$"),
    ("execute-script", {"script": 2}, "Expected `str`", "`int` 2", "$.script"),
    ("execute-script", {"script": "1", "line": 1}, "Expected no such field", "got 1", "$.line"),
    (
        "execute-script",
        {"script": "1", "lineRange": {"from": 0, "to": 1}},
        "Expected `int` >= 1",
        "got 0",
        "$.lineRange.from",
    ),
    (
        "execute-script",
        {"script": "1", "lineRange": {"from": 3, "to": 2}},
        "Expected `from` <= `to`",
        "from 3 to 2",
        "$.lineRange",
    ),
    (
        "execute-script",
        {"script": "1", "lineRange": {"from": 1}},
        "the required field `to`",
        "`from`",
        "$.lineRange",
    ),
    (
        "execute-script",
        {"script": "1", "lineRange": {"from": "1", "to": 1}},
        "Expected `int`",
        '`str` "1"',
        "$.lineRange.from",
    ),
    ("execute-script", {"script": "1", "timeout": 0}, "> 0", "got 0", "$.timeout"),
    ("execute-script", {"script": "1", "session": ""}, "length >= 1", 'got ""', "$.session"),
    ("execute-script", {"script": "1", "path": "../x.py"}, "the path", "'../x.py'", "$.path"),
    ("execute", {"statements": [{"code": "1"}]}, "`nodeIndex`", "`code`", "$.statements[0]"),
    (
        "execute",
        {"statements": [{**STATEMENT, "lineStart": 2}]},
        "Expected `lineStart` <= `lineEnd`",
        "2 and 1",
        "$.statements[0]",
    ),
    (
        "execute",
        {"statements": [STATEMENT, STATEMENT]},
        "that no other statement has",
        "got 0 again",
        "$.statements[1].nodeIndex",
    ),
    ("reset", {"restart": "yes"}, "Expected `bool`", '`str` "yes"', "$.restart"),
    ("interrupt", {"sesion": "a"}, "Expected no such field", 'got "a"', "$.sesion"),
    ("sessions", {"kernelName": "fortran"}, "(python3)", "'fortran'", "$.kernelName"),
]


@pytest.mark.parametrize(("where", "body", "expected", "got", "place"), BAD)
def test_bad_input_is_answered_with_its_place_what_was_expected_and_what_came(
    server, where, body, expected, got, place
):
    text = body if isinstance(body, str) else json.dumps(body)
    before = server.kernels()
    answer = server.request("POST", where, data=text.encode())
    assert answer.status_code == 400, answer.text
    message = answer.json()["message"]
    assert expected in message, message
    assert got in message, message
    assert f"- at `{place}`" in message, message
    assert server.kernels() == before


def test_a_body_is_read_as_json_whatever_it_calls_itself(server, session):
    body = json.dumps({"script": "1", "session": session})
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = server.request("POST", "execute-script", data=body, headers={"Content-Type": kind})
        assert answer.status_code == 200


def test_too_large_a_body_is_refused(server):
    limit = server.get("health").json()["limits"]["max_script_bytes"]
    answer = server.post("execute-script", script="#" * limit)
    assert answer.status_code == 413
    assert f"at most {limit} bytes" in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "sessions/nobody", None),
        ("DELETE", "sessions/nobody", None),
        ("POST", "interrupt", {"session": "nobody"}),
        ("POST", "interrupt", {"path": "nobody.py"}),
    ],
)
def test_an_unknown_session_is_not_found(server, method, path, body):
    answer = server.request(method, path, json=body)
    assert answer.status_code == 404
    assert "nobody" in answer.json()["message"]


def test_an_interrupt_of_the_default_session_is_fine_before_its_first_run(server):
    assert server.post("interrupt").json() == {"status": "ok"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "execute-script"), ("PUT", "execute"), ("POST", "health"), ("DELETE", "sessions")],
)
def test_another_method_is_not_allowed(server, method, path):
    assert server.request(method, path).status_code == 405


def test_a_kernel_of_another_name_than_the_sessions_own_is_refused(server, session):
    server.run("1", session)
    server.post("sessions", path="named.py", name="named")
    answer = server.post("execute-script", script="1", session="named", path="other.py")
    assert answer.status_code == 400
    assert "'named.py'" in answer.json()["message"]
    server.request("DELETE", "sessions/named")


def test_no_answer_may_be_kept_by_what_lies_between(server, session):
    answers = [
        server.get("health"),
        server.post("execute-script", script="1", session=session),
        server.post("execute-script"),
        server.get("sessions/none"),
    ]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_a_path_may_be_as_long_as_the_system_lets_it(server):
    path = "/".join(["folder-of-some-length"] * 12) + "/script.py"
    answer = server.post("execute-script", script="1 + 1", path=path)
    assert answer.status_code == 200, answer.text
    assert server.post("interrupt", path=path).status_code == 200
    server.request("DELETE", f"sessions/{answer.json()['session']}")
    assert "at `$.path`" in server.post("execute-script", script="1", path="x" * 5000).text
