"""What a viewer may ask the kernel, between runs and beside one, and how it is refused."""

import asyncio
import contextlib
import os
import signal

import pytest
from IPython.core.completer import IPCompleter

from rdit_ext.errors import KernelUnavailable, Superseded, TooBusy
from rdit_ext.protocol import QUERIES, TABLE, CompleteParams, VariablesParams
from rdit_ext.runtime import introspect_live
from rdit_ext.session import queries
from rdit_ext.session.queries import Queries
from tests.support.waiting import wait_for

NAMES = "def greet(who):\n    'Say hello.'\n\ncount = 3\nnames = ['a', 'b']\n"


@pytest.fixture(scope="module", params=["idle", "busy"])
def viewer(request, server):
    """Of a session that has run `NAMES`, and is idle or runs something."""
    name = f"queries-{request.param}"
    with server.viewer(session=name) as viewer:
        viewer.run(NAMES)
        if request.param == "idle":
            viewer.until("session", state="idle")
            yield viewer
        else:
            viewer.send("run", run="long", script="import time\ntime.sleep(600)")
            viewer.until("status", run="long", nodeIndex=1, status="running")
            yield viewer
            viewer.send("interrupt")
            viewer.until("done", run="long", status="interrupted")
    server.request("DELETE", f"sessions/{name}")


def test_completions_come_from_the_namespace(viewer):
    answer = viewer.query("complete", code="x = gree", cursor=8)["result"]
    assert answer["matches"] == ["greet"]
    assert (answer["cursorStart"], answer["cursorEnd"]) == (4, 8)
    assert answer["metadata"]["_jupyter_types_experimental"][0]["type"] == "function"
    assert viewer.query("complete", code="names.app", cursor=9)["result"]["matches"] == ["append"]


LIVE = """import os.path, sys
from pathlib import Path
sys.modules["jedi"] = None  # cannot be imported
class Thing:
    field = 1
    def method(self): return 1
    @property
    def touched(self): raise SystemExit
thing = Thing()
table = {"apple": 1, "pear": {"core": 2}}
words = ["a"]
def greet(name, loud=False): return name
"""


@pytest.mark.skipif(
    not hasattr(IPCompleter, "python_matcher"), reason="this IPython needs jedi for attributes"
)
def test_what_is_alive_is_completed_without_jedi(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run(LIVE)

        def complete(code, *before):
            params = {"code": code, "cursor": len(code), "before": list(before)}
            answer = viewer.query("complete", **params)["result"]
            start = answer["cursorStart"]
            typed = [code[start:]] * len(answer["matches"])
            assert all(map(str.startswith, answer["matches"], typed)), answer
            assert answer["cursorEnd"] == len(code)
            types = answer["metadata"].get("_jupyter_types_experimental", [])
            assert [each["text"] for each in types] == answer["matches"]
            return [(each["text"], each["type"]) for each in types]

        members = [("field", "instance"), ("method", "function"), ("touched", "property")]
        assert [each for each in complete("thing.") if each[0][0] != "_"] == members
        assert complete("os.path.joi") == [("join", "function")]
        # Within a block that is not whole, and behind other statements.
        assert complete("def f(x):\n    y = words.appe") == [("append", "function")]
        assert complete("x = 1\nif x:\n    pass\nelse:\n    words.appe") == [("append", "function")]
        assert complete("x = [0] + words[0].uppe") == [("upper", "function")]
        assert complete("f'{words.appe") == [("append", "function")]
        assert complete('table["') == [("apple", "dict key"), ("pear", "dict key")]
        assert complete('table["pear"]["') == [("core", "dict key")]
        assert ("loud=", "param") in complete("greet('x', lou")
        assert complete("x = gree") == [("greet", "function")]
        assert complete("for each in rang") == [("range", "class")]
        assert complete("for each in words: brea") == [
            ("break", "keyword"),
            ("breakpoint", "function"),
        ]
        # What has not run: of a module that is loaded.
        assert complete("js.dump", "import json as js") == [
            ("dump", "function"),
            ("dumps", "function"),
        ]
        # A parameter hides a variable of the script.
        assert complete("def f(words):\n    words.appe") == []
        assert complete("lambda words: words.appe") == []
        # So is what stands beside a completion.
        method = {"expression": "table.keys", "code": "table.keys", "cursor": 10}
        (signature,) = viewer.query("describe", **method)["result"]["signatures"]
        assert signature["name"] == "keys"
        # What IPython's own completion does has not changed.
        viewer.run("from IPython import get_ipython\nget_ipython().Completer.use_jedi", "r")
        assert viewer.text("r") == "True\n"


@pytest.mark.parametrize(
    ("code", "start", "is_local"),
    [
        ("x.", 0, False),
        ("a = 1\nx.", 6, False),
        ("a = 1\n\n# x\nx = x.", 11, False),
        ("if a:\n    b\nelse:\n    x.", 0, False),
        ("f(\n    a,\n)\nx.", 12, False),
        ("def f(x):\n    x.", 0, True),
        ("def f(y):\n    x.a\n    x.", 0, False),
        ("def f(y):\n    x = y\n    x.b.", 0, True),
        ("[x for x in y if x.", 0, True),
        ("[a for a in y if x.", 0, False),
        ("é = 1\nlambda é: é.", 6, True),
        ("", 0, False),
    ],
)
def test_a_name_of_the_statement_itself_is_told(code, start, is_local):
    assert introspect_live.statement_start(code, len(code)) == start
    assert introspect_live.may_be_local(code[start:]) is is_local


def test_documentation_comes_as_a_bundle(viewer):
    found = viewer.query("inspect", code="greet", cursor=5)["result"]
    assert found["found"]
    assert "Say hello." in found["data"]["text/plain"]
    assert (
        "number of items"
        in viewer.query("inspect", code="len", cursor=3, detail=1)["result"]["data"]["text/plain"]
    )
    assert viewer.query("inspect", code="nothing_like_it", cursor=4)["result"]["found"] is False


def test_what_has_not_run_is_completed_by_what_stands_above(viewer):
    def matches(code, *before):
        params = {"code": code, "cursor": len(code), "before": list(before)}
        return viewer.query("complete", **params)["result"]["matches"]

    assert "factorial" in matches("mathematics.fact", "import math as mathematics")
    assert matches("fresh.appen", "fresh = []") == ["append"]
    # Of what has run the value counts, not the text.
    assert "append" in matches("names.appen", "names = 'text'")
    assert matches("x.appen", "x = ][") == []


def describe(viewer, expression, *before, code=None):
    code = expression if code is None else code
    params = {"expression": expression, "code": code, "cursor": len(code), "before": list(before)}
    return viewer.query("describe", **params)["result"]


def test_values_are_described(viewer):
    names = describe(viewer, "names")
    assert (names["type"], names["value"], names["size"]) == ("list", "['a', 'b']", "2")
    greet = describe(viewer, "greet")
    assert [each["text"] for each in greet["signatures"][0]["parameters"]] == ["who"]
    assert greet["documentation"] == "Say hello."
    # Of C code jedi knows what a call takes.
    assert describe(viewer, "max", code="max")["signatures"]
    # What has not run yet.
    dumps = describe(viewer, "j.dumps", "import json as j")
    assert dumps["signatures"][0]["parameters"][0]["name"] == "obj"
    assert dumps["file"].endswith("__init__.py")
    # What has no name, if it is without side effects.
    assert describe(viewer, "names[0].upper")["signatures"]
    assert describe(viewer, "nothing_like_it")["found"] is False
    assert describe(viewer, ")")["found"] is False


def test_variables_are_what_runs_have_defined(viewer):
    result = viewer.query("variables")["result"]
    bytes_of_names = result["variables"][1].pop("bytes")
    assert bytes_of_names > 0
    assert result["variables"] == [
        {"name": "count", "type": "int", "value": "3"},
        {"name": "names", "type": "list", "value": "['a', 'b']", "size": "2", "opens": True},
    ]
    path = [{"kind": "name", "name": "names"}]
    item = {"kind": "item", "name": "1", "index": 1}
    part = viewer.query("variables", opened=[path], sort="name", offset=3, limit=5)["result"]
    assert part["total"] == 4
    row = {"name": "1", "type": "str", "value": "'b'", "size": "1", "depth": 1}
    assert [{key: each[key] for key in row} for each in part["variables"]] == [row]
    assert part["variables"][0]["path"][1] == item


FRAME = "import pandas\npandas.DataFrame({'a': range(50), 'b': [at % 3 for at in range(50)]})"


def test_the_rows_of_a_table_are_asked_of_its_kernel(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run(FRAME)
        (shown,) = [
            event["output"]["data"][TABLE] for event in viewer.events if event["type"] == "output"
        ]
        assert (shown["rows"], shown["columns"]) == (50, 2)
        each = {"id": shown["id"], "filters": [{"column": 1, "operator": "=", "value": "2"}]}
        sort = {"column": 0, "descending": True}
        rows = viewer.query("table_rows", count=2, columnCount=2, sort=sort, **each)["result"]
        assert rows["total"] == 16
        assert [column["texts"] for column in rows["page"]["columns"]] == [["47", "44"], ["2", "2"]]
        profile = viewer.query("table_profile", column=0, **each)["result"]
        assert (profile["count"], profile["low"], profile["high"]) == (16, "2", "47")
        text = viewer.query("table_text", sort=sort, **each)["result"]["text"]
        assert text.splitlines()[:2] == ["a,b", "47,2"]
        viewer.send("reset")
        viewer.until("session", state="reset")
        assert not viewer.query("table_rows", **each)["result"].get("found")


def test_every_method_is_told_to_who_attaches(server, session):
    with server.viewer(session=session) as viewer:
        assert viewer.attach()["capabilities"] == list(QUERIES)


KNOWN = "`complete`, `inspect`, `describe`, `variables`, `evaluate`"


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("complete", {"code": "ab", "cursor": 3}, ["at most 2", "got 3", "`$.params`"]),
        ("inspect", {"code": "ab", "cursor": 3}, ["at most 2", "got 3", "`$.params`"]),
        ("inspect", {"code": "ab", "cursor": "1"}, ["`int`", '"1"', "`$.params.cursor`"]),
        ("inspect", {"code": "a", "cursor": 1, "detail": 2}, ["<= 1", "2", "`$.params.detail`"]),
        ("complete", {"code": "ab"}, ["`cursor`", "got `code`", "`$.params`"]),
        ("variables", {"all": True}, ["no such field", "true", "`$.params.all`"]),
        ("variables", {"limit": 2001}, ["<= 2000", "2001", "`$.params.limit`"]),
        ("variables", {"opened": [[]]}, [">= 1", "`$.params.opened[0]`"]),
        ("evaluate", {}, ["`expressions`", "`$.params`"]),
        ("evaluate", {"expressions": ["1", ""]}, [">= 1", "`$.params.expressions[1]`"]),
        ("evaluate", {"expressions": ["1"] * 26}, ["<= 25", "`$.params.expressions`"]),
        (
            "colour",
            {},
            [KNOWN, '"colour"', "`$.method`"],
        ),
        # The session's own.
        ("interrupted", {}, [KNOWN, "`$.method`"]),
        ("make_way", {}, [KNOWN, "`$.method`"]),
    ],
)
def test_a_query_that_is_none_is_refused_by_its_answer(server, session, method, params, words):
    with server.viewer(session=session) as viewer:
        answer = viewer.query(method, **params)
        assert answer["error"]["cause"] == "bad-request"
        assert [word for word in words if word not in answer["error"]["message"]] == []
        assert "result" not in answer


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ({}, ["`method`"]),
        ({"method": "variables"}, ["`params`"]),
        ({"method": 1, "params": {}}, ["`str`", "`$.method`"]),
        ({"method": "variables", "params": []}, ["`object`", "`array`", "`$.params`"]),
        ({"method": "variables", "params": {}, "code": "x"}, ["no such field", "`$.code`"]),
    ],
)
def test_a_frame_that_is_no_query_is_refused_by_its_answer_too(server, session, rest, words):
    with server.viewer(session=session) as viewer:
        viewer.send("query", id="q", **rest)
        message = viewer.until("answer", id="q")["error"]["message"]
        assert [word for word in words if word not in message] == []


def test_without_a_kernel_there_are_no_variables_and_no_answers(server, session):
    with server.viewer(session=session) as viewer:
        assert viewer.query("variables")["result"]["variables"] == []
        refused = viewer.query("complete", code="le", cursor=2)["error"]
        assert refused["cause"] == "kernel-unavailable"
        viewer.run("x = 1")
        names = viewer.query("variables")["result"]["variables"]
        assert [one["name"] for one in names] == ["x"]
        viewer.send("reset")
        viewer.until("session", state="reset")
        assert viewer.query("variables")["result"]["variables"] == []


def test_a_query_beside_a_run_leaves_its_input_and_outputs_alone(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run("1")
        viewer.send("run", run="asks", script="name = input('? ')\nprint(name)")
        viewer.until("input", run="asks")
        viewer.query("variables")
        viewer.query("complete", code="pri", cursor=3)
        viewer.send("input", text="Ada")
        viewer.until("done", run="asks", status="ok")
        assert viewer.text("asks") == "? Ada\nAda\n"


def test_variables_are_answered_while_a_statement_changes_them(server, session):
    script = (
        "xs = []\ntable = {}\nn = 0\n"
        "while True:\n"
        "    n += 1; xs.append(n); table[n] = str(n); globals()[f'name{n}'] = n\n"
        "    if n % 1000 == 0:\n"
        "        xs.clear(); table.clear()\n"
        "        for i in range(n - 999, n + 1): del globals()[f'name{i}']\n"
    )
    opened = [[{"kind": "name", "name": name}] for name in ("xs", "table")]
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="busy", script=script)
        viewer.until("status", run="busy", nodeIndex=3, status="running")
        for number in range(40):
            asked = {"opened": opened, "sort": "name", "offset": 10 * number, "limit": 30}
            result = viewer.query("variables", **asked)["result"]
            assert result["names"] >= 3
            for row in result["variables"]:
                assert row["type"] in ("int", "str", "list", "dict")
                # A row is of one moment: an item of the list says its place.
                if row.get("depth") and row["path"][0]["name"] == "xs":
                    assert int(row["value"]) % 1000 == (int(row["name"]) + 1) % 1000
        viewer.send("interrupt")
        viewer.until("done", run="busy", status="interrupted")


LOUD = """import sys
from IPython.display import display
class Loud:
    def __dir__(self):
        print('out'); print('err', file=sys.stderr); display('shown')
        return ['zebra']
loud = Loud()
"""


def test_what_is_put_out_by_a_query_is_no_output_of_a_statement(server, session):
    with server.viewer(session=session) as viewer:

        def complete():
            return viewer.query("complete", code="loud.", cursor=5)["result"]["matches"]

        viewer.run(LOUD)
        assert complete() == ["zebra"]
        viewer.send("run", run="asks", script="print('mine')\nline = input()")
        viewer.until("input", run="asks")
        assert complete() == ["zebra"]
        viewer.send("input", text="")
        viewer.until("done", run="asks", status="ok")
        viewer.run("print('last')")
        outputs = [event["output"]["text"] for event in viewer.events if event["type"] == "output"]
        assert outputs == ["mine\n", "\n", "last\n"]


def test_a_run_that_begins_during_a_completion_keeps_its_warning_filters(server, session):
    began = server.root / f"{session}.began"
    slow = f"""import time, warnings
class Slow:
    def __dir__(self):
        open({str(began)!r}, 'w')
        time.sleep(0.3)
        return ['zebra']
slow = Slow()
"""
    with server.viewer(session=session) as viewer:
        viewer.run(slow)
        asked = viewer.ask("complete", code="slow.", cursor=5)
        wait_for(began.exists)
        # It has ended before the list is read, whether or not the run has waited for it.
        script = "warnings.filterwarnings('ignore', 'of mine')\nline = input()\n"
        patterns = "[f[1].pattern for f in warnings.filters if f[1] and 'mine' in f[1].pattern]"
        viewer.send("run", run="r", script=script + patterns)
        answer = viewer.until("answer", id=asked)
        assert answer["result"]["matches"] == ["zebra"]
        if not any(event["type"] == "input" for event in viewer.of("r")):
            viewer.until("input", run="r")
        viewer.send("input", text="")
        viewer.until("done", run="r", status="ok")
        assert viewer.text("r") == "\n['of mine']\n"


def watched(viewer, *expressions):
    """By expression, the text of its value or its error; None while a run is on."""
    result = viewer.query("evaluate", expressions=list(expressions))["result"]
    if result.get("busy"):
        return None
    return {
        each["expression"]: each.get("error") or each["rows"][0]["value"]
        for each in result["values"]
    }


def test_a_query_waits_for_a_kernel_that_is_starting(server, session):
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="first", script="answer = 42")
        found = viewer.query("describe", expression="len", code="len", cursor=3)["result"]
        assert found["type"] == "builtin_function_or_method"


def test_watched_expressions_are_evaluated_between_runs(server, session):
    with server.viewer(session=session) as viewer, server.viewer(session=session) as other:
        # There is no kernel yet, and none is started for this.
        assert watched(viewer, "1 + 1") == {}
        viewer.run("xs = [1, 2, 3]\nprint('mine')")
        viewer.until("session", state="idle")
        seen = len(viewer.events)
        assert watched(viewer, "len(xs)", "ys") == {
            "len(xs)": "3",
            "ys": "NameError: name 'ys' is not defined",
        }
        # Once between two runs, whoever asks, and no viewer sees anything of it.
        assert watched(viewer, "xs.pop()") == watched(other, "xs.pop()") == {"xs.pop()": "3"}
        assert [each["type"] for each in viewer.events[seen:]] == ["answer"] * 2
        kernel = f"kernels/{server.session(session)['kernel']['id']}"
        # Jupyter hears of the end of the run by another socket than its viewers.
        wait_for(lambda: server.jupyter("GET", kernel).json()["execution_state"] == "idle")
        viewer.send("run", run="long", script="import time\ntime.sleep(600)")
        viewer.until("status", run="long", nodeIndex=1, status="running")
        assert watched(viewer, "len(xs)") is None
        viewer.send("interrupt")
        viewer.until("done", run="long", status="interrupted")
        viewer.until("session", state="idle")
        assert watched(viewer, "len(xs)") == {"len(xs)": "2"}
        viewer.send("reset")
        viewer.until("session", state="reset")
        assert "NameError" in watched(viewer, "len(xs)")["len(xs)"]


def test_a_run_does_not_wait_for_what_is_watched(server, session):
    began = server.root / f"{session}.began"
    script = (
        "import sys, time\nsys.modules['_rdit.evaluate'].SECONDS = 600\n"
        f"def slow():\n    open({str(began)!r}, 'w')\n    time.sleep(600)\n"
    )
    with server.viewer(session=session) as viewer:
        viewer.run(script)
        viewer.until("session", state="idle")
        asked = viewer.ask("evaluate", expressions=["slow()"])
        wait_for(began.exists)
        viewer.send("run", run="next", script="1 + 1")
        viewer.until("done", run="next", status="ok")
        # Before the run, or after it: it comes from a thread of the kernel.
        came = [event for event in viewer.events if event.get("id") == asked]
        answer = came[0] if came else viewer.until("answer", id=asked)
        assert answer["result"] == {"values": [], "busy": True}


def test_what_is_watched_ends_with_its_kernel(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run("import os, signal")
        viewer.until("session", state="idle")
        answer = viewer.query("evaluate", expressions=["os.kill(os.getpid(), signal.SIGKILL)"])
        assert answer["error"]["cause"] == "kernel-died"
        viewer.until("session", state="idle")


def test_describing_a_variable_runs_no_code_of_its_class(server, session):
    script = (
        "class Loud:\n"
        "    def __repr__(self): raise SystemExit\n"
        "    def __len__(self): raise SystemExit\n"
        "    @property\n"
        "    def shape(self): raise SystemExit\n"
        "loud = Loud()\n"
    )
    with server.viewer(session=session) as viewer:
        viewer.run(script)
        variables = viewer.query("variables")["result"]["variables"]
        assert variables == [{"name": "loud", "type": "Loud"}]


def replaced(function):
    """A script that has the kernel answer completions by this function."""
    return f"from IPython import get_ipython\n{function}\nget_ipython().kernel.do_complete = answer"


def test_a_kernel_whose_answers_are_awaited_is_awaited(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run(
            replaced(
                "import asyncio\n"
                "async def answer(code, cursor):\n"
                "    await asyncio.sleep(0)\n"
                "    return {'matches': [code], 'cursor_start': 0, 'cursor_end': cursor}"
            )
        )
        assert viewer.query("complete", code="ab", cursor=1)["result"] == {
            **{"matches": ["ab"], "cursorStart": 0, "cursorEnd": 1}
        }


def test_a_kernel_that_answers_nonsense_is_told(server, session):
    nonsense = [
        ("raise LookupError('lost')", "LookupError: lost"),
        ("return {'matches': 7}", "`array`"),
        ("return {'matches': [], 'metadata': {'x': object()}}", "JSON"),
        ("return 7", "AttributeError"),
    ]
    with server.viewer(session=session) as viewer:
        for body, word in nonsense:
            viewer.run(replaced(f"def answer(code, cursor): {body}"))
            refused = viewer.query("complete", code="a", cursor=1)["error"]
            assert refused["cause"] == "kernel-unavailable"
            assert word in refused["message"]
        assert "result" in viewer.query("variables")


def test_a_query_whose_kernel_dies_is_answered(server, session):
    with server.viewer(session=session) as viewer:
        viewer.run(replaced("import os, time\ndef answer(code, cursor): time.sleep(600)"))
        viewer.run("os.getpid()", "pid")
        asked = viewer.ask("complete", code="a", cursor=1)
        # Answered after it was sent: it is at the kernel by then.
        viewer.query("variables")
        os.kill(int(viewer.text("pid")), signal.SIGKILL)
        assert viewer.until("answer", id=asked)["error"]["cause"] == "kernel-died"


def test_queries_are_no_activity_and_leave_the_kernel_busy(server, session):
    def kernel():
        return server.jupyter("GET", f"kernels/{server.session(session)['kernel']['id']}").json()

    with server.viewer(session=session) as viewer:
        viewer.run("1")

        def is_unchanged_by_queries():
            before = kernel()["last_activity"]
            for _ in range(3):
                viewer.query("complete", code="le", cursor=2)
                viewer.query("variables")
            return kernel()["last_activity"] == before

        # Jupyter hears of the end of the run by another socket than its viewers.
        wait_for(is_unchanged_by_queries, "queries change no last activity")
        viewer.send("run", run="long", script="import time\ntime.sleep(600)")
        viewer.until("status", run="long", nodeIndex=1, status="running")
        wait_for(lambda: kernel()["execution_state"] == "busy")
        for _ in range(3):
            viewer.query("variables")
            assert kernel()["execution_state"] == "busy"
        viewer.send("interrupt")
        viewer.until("done", run="long", status="interrupted")


# ---- back-pressure, without a kernel


class Asked:
    """Answers a query when it is told to; `sent` is what it was asked."""

    def __init__(self):
        self.sent = []
        self.answers = []

    async def __call__(self, method, params):
        self.sent.append(params.get("code", method))
        self.answers.append(asyncio.get_running_loop().create_future())
        return await self.answers[-1]

    def answer(self, index):
        matches = {"matches": [], "cursorStart": 0, "cursorEnd": 0}
        self.answers[index].set_result({**matches, "variables": []})


def complete(code):
    return "complete", CompleteParams(code=code, cursor=0)


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


def test_of_one_viewers_completions_the_newest_waits_and_others_are_superseded():
    async def work():
        asked = Asked()
        known = Queries(asked)
        tasks = []
        for code in ("a", "b", "c"):
            tasks.append(asyncio.create_task(known.query(*complete(code), "me")))
            await settle()
        other = asyncio.create_task(known.query(*complete("other"), "you"))
        variables = asyncio.create_task(known.query("variables", VariablesParams(), "me"))
        await settle()
        assert asked.sent == ["a", "other", "variables"]
        with pytest.raises(Superseded):
            await tasks[1]
        asked.answer(0)
        await settle()
        assert asked.sent[3:] == ["c"]
        for index in (1, 2, 3):
            asked.answer(index)
        await asyncio.gather(tasks[0], tasks[2], other, variables)

    asyncio.run(work())


def test_more_than_the_limit_are_refused_until_one_is_answered():
    async def work():
        asked = Asked()
        known = Queries(asked)

        def ask():
            return asyncio.create_task(known.query("variables", VariablesParams(), "me"))

        tasks = [ask() for _ in range(queries.LIMIT)]
        await settle()
        with pytest.raises(TooBusy) as refused:
            await ask()
        assert refused.value.limit == queries.LIMIT
        asked.answer(0)
        await tasks[0]
        late = ask()
        await settle()
        assert len(asked.sent) == queries.LIMIT + 1
        for task in (late, *tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    asyncio.run(work())


def test_what_is_not_answered_in_time_is_given_up_and_the_next_one_sent(monkeypatch):
    monkeypatch.setattr(queries, "TIMEOUT", 0.01)

    async def work():
        asked = Asked()
        known = Queries(asked)
        first = asyncio.create_task(known.query(*complete("a"), "me"))
        await settle()
        second = asyncio.create_task(known.query(*complete("b"), "me"))
        for task in (first, second):
            with pytest.raises(KernelUnavailable, match="in time"):
                await task
        assert asked.sent == ["a", "b"]

    asyncio.run(work())
