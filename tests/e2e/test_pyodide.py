"""Python in a worker of a page, alone: its events, Stop, input, packages, files, restart."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Page

from tests.support.golden import NAMES, Golden, comparable
from tests.support.processes import ROOT
from tests.support.steps import NAMES as SESSIONS
from tests.support.steps import GoldenSession, is_wanted
from tests.support.waiting import PATIENCE, wait_for

from .pyodide.differences import OTHERWISE, OUTPUTS, RAISES
from .pyodide.site import Site
from .pyodide.wheels import lock_entry, make_wheel, write_lock

pytestmark = pytest.mark.browser
Event = dict[str, Any]
FOLDER = "/files/work"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The harness page of these tests, built from the sources."""
    folder = tmp_path_factory.mktemp("harness")
    subprocess.run(
        [
            "npx",
            "vite",
            "build",
            "--config",
            "tests/e2e/pyodide/vite.config.ts",
            "--logLevel",
            "error",
        ],
        cwd=ROOT,
        env={**os.environ, "HARNESS": str(folder)},
        check=True,
    )
    return folder


class Harness:
    """A page with a backend in it, and what it tells."""

    def __init__(self, page: Page):
        self.page = page
        self._count = 0

    def run(self, script: str, **request: Any) -> list[Event]:
        """The events of a run, once it is over."""
        events: list[Event] = self.page.evaluate("r => h.run(r)", {"script": script, **request})
        return events

    def start(self, script: str, until: int = 0) -> str:
        """Begins a run, and waits until this statement runs; its id."""
        run: str = self.page.evaluate("script => h.start({ script })", script)
        self.wait_for(run, {"type": "status", "status": "running", "nodeIndex": until})
        return run

    def wait_for(self, run: str, wanted: dict[str, Any]) -> Event:
        found: Event = self.page.evaluate(
            "([run, wanted, usual]) => h.until(event => event.run === run &&"
            " Object.keys(wanted).every(key => (event[key] ?? usual[key]) === wanted[key]))",
            [run, wanted, {"waiting": True, "password": False}],
        )
        return found

    def finish(self, run: str) -> list[Event]:
        self.wait_for(run, {"type": "done"})
        events: list[Event] = self.page.evaluate("run => h.of(run)", run)
        return events

    def interrupt(self) -> None:
        self.page.evaluate("h.interrupt()")

    def query(self, method: str, **params: Any) -> Any:
        """The result of a query; None if there is none."""
        return self.page.evaluate("([m, p]) => h.query(m, p)", [method, params])

    def sessions(self) -> list[Event]:
        events: list[Event] = self.page.evaluate("h.events.filter(e => e.type === 'session')")
        return events


@pytest.fixture(scope="module")
def open_harness(built: Path, browser: Browser) -> Iterator[Callable[..., Harness]]:
    opened: list[tuple[Site, Page]] = []

    def open_page(isolated: bool = True, packages: str = "") -> Harness:
        site = Site(built, isolated)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        opened.append((site, page))
        page.goto(site.url)
        page.evaluate("packages => { globalThis.h = new Harness(packages) }", packages)
        return Harness(page)

    yield open_page
    for site, page in opened:
        page.close()
        site.close()


@pytest.fixture(scope="module")
def kept() -> dict[bool, Harness]:
    """The pages that the tests share: isolated or not."""
    return {}


def shared(
    is_isolated: bool, kept: dict[bool, Harness], open_harness: Callable[..., Harness]
) -> Iterator[Harness]:
    """The page for a test. One that a test leaves busy, because it fails, is not for the next."""
    if is_isolated not in kept:
        kept[is_isolated] = open_harness(isolated=is_isolated)
    harness = kept[is_isolated]
    assert harness.page.evaluate("crossOriginIsolated") == is_isolated
    yield harness
    if not harness.page.evaluate("h.rest()"):
        del kept[is_isolated]


@pytest.fixture
def isolated(kept: dict[bool, Harness], open_harness: Callable[..., Harness]) -> Iterator[Harness]:
    yield from shared(True, kept, open_harness)


@pytest.fixture
def plain(kept: dict[bool, Harness], open_harness: Callable[..., Harness]) -> Iterator[Harness]:
    yield from shared(False, kept, open_harness)


class BrowserSession:
    """A golden run of several steps in the page. Its runs have ids that no other test has."""

    def __init__(self, harness: Harness, name: str):
        self.harness = harness
        self.name = name
        self._used: set[int] = set()

    def run(self, run: str, script: str) -> None:
        request = {"script": script, "run": f"{self.name}/{run}"}
        self.harness.page.evaluate("request => void h.start(request)", request)

    def answer(self, text: str) -> None:
        self.harness.page.evaluate("text => h.answer(text)", text)

    def interrupt(self) -> None:
        self.harness.interrupt()

    def reset(self, restart: bool) -> None:
        self.harness.page.evaluate("restart => h.reset(restart)", restart)

    def events(self) -> list[Event]:
        """Those of its runs, in order, under the ids of the file."""
        own = f"{self.name}/"
        found = self.harness.page.evaluate(
            "own => h.events.filter(e => e.type !== 'session' && e.run?.startsWith(own))", own
        )
        return [{**event, "run": event["run"].removeprefix(own)} for event in found]

    def until(self, wanted: dict[str, Any]) -> None:
        def has_come() -> bool:
            for position, event in enumerate(self.events()):
                if position not in self._used and is_wanted(event, wanted):
                    self._used.add(position)
                    return True
            return False

        wait_for(has_come, f"{self.name}: {wanted}")


def outputs(events: list[Event], node: int | None = None) -> list[dict[str, Any]]:
    return [
        event["output"]
        for event in events
        if event["type"] == "output" and node in (None, event["nodeIndex"])
    ]


def texts(events: list[Event], node: int | None = None) -> str:
    return "".join(output["text"] for output in outputs(events, node))


def status(events: list[Event], node: int) -> str:
    return str(
        [e["status"] for e in events if e["type"] == "status" and e["nodeIndex"] == node][-1]
    )


# -- the contract


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_of_several_steps_is_the_same_as_on_a_server(
    name: str, isolated: Harness
) -> None:
    golden = GoldenSession(name)
    if golden.only == "server":
        pytest.skip("there is no process that could end")
    isolated.page.evaluate("h.reset()")
    session = BrowserSession(isolated, name)
    golden.walk(session)
    text = json.dumps(session.events()).replace("/files/work/script.py", "<script>")
    assert golden.same(json.loads(text)) == golden.expected()


@pytest.mark.parametrize("name", NAMES)
def test_run_is_the_same_as_in_a_kernel(name: str, isolated: Harness) -> None:
    golden = Golden(name)
    if name in OTHERWISE or not golden.events_path.exists():
        pytest.skip(OTHERWISE.get(name, "no events are recorded"))
    isolated.page.evaluate("h.reset()")
    isolated.page.evaluate(
        "([path, text]) => h.files.set(path, text)", [f"work/{name}.py", golden.script]
    )
    request = {**golden.request, "path": f"{FOLDER}/{name}.py"}
    found = isolated.run(**request)
    text = json.dumps(found).replace(f"{FOLDER}/", "").replace(FOLDER, "FOLDER")
    expected, got = comparable(golden.expected()), comparable(json.loads(text))
    if name in RAISES:
        node, error, _ = RAISES[name]

        def before(events: list[Event]) -> list[Event]:
            return [e for e in events if e["type"] == "plan" or e.get("nodeIndex", node) < node]

        assert before(got) == before(expected)
        assert [output["name"] for output in outputs(got, node) if output["type"] == "error"] == [
            error
        ]
    elif name in OUTPUTS:
        nodes, _ = OUTPUTS[name]

        def others(events: list[Event]) -> list[Event]:
            return [e for e in events if e["type"] != "output" or e["nodeIndex"] not in nodes]

        assert others(got) == others(expected)
        assert got != expected, "no difference any more: take it out of differences.py"
    else:
        assert got == expected


# -- values and displays


def test_sum_of_two_and_two_is_four(isolated: Harness) -> None:
    assert outputs(isolated.run("2 + 2")) == [
        {"type": "result", "text": "4\n", "data": {"text/plain": "4"}, "metadata": {}}
    ]


def test_display_and_its_updates_without_ipython(isolated: Harness) -> None:
    events = isolated.run(
        "from IPython.display import HTML, display, Image\n"
        "handle = display(HTML('<b>1</b>'), display_id='here')\n"
        "handle.update(HTML('<b>2</b>'))\n"
        "display(Image(b'\\x89PNG' + bytes(20)))\n"
        "HTML('<i>x</i>')\n"
    )
    told = [e for e in events if e["type"] in ("output", "update")]
    assert [(e["type"], (e.get("output") or e)["data"]) for e in told] == [
        ("output", {"text/plain": HTML_TEXT, "text/html": "<b>1</b>"}),
        ("update", {"text/plain": HTML_TEXT, "text/html": "<b>2</b>"}),
        (
            "output",
            {
                "text/plain": "<IPython.core.display.Image object>",
                "image/png": "iVBORwAAAAAAAAAAAAAAAAAAAAAAAAAA",
            },
        ),
        ("output", {"text/plain": HTML_TEXT, "text/html": "<i>x</i>"}),
    ]


HTML_TEXT = "<IPython.core.display.HTML object>"


def test_text_of_c_code_stands_in_order_at_its_statement(isolated: Harness) -> None:
    events = isolated.run("import os\nprint(1)\nn = os.write(1, b'2\\n')\nprint(3)")
    assert [texts(events, node) for node in range(4)] == ["", "1\n", "2\n", "3\n"]


# -- stopping

STOPPED = {
    "a busy loop": "while True: pass",
    "a loop that prints": "while True: print(1)",
    "time.sleep": "__import__('time').sleep(60)",
    "top-level await": "await __import__('asyncio').sleep(60)",
    "asyncio.run": "asyncio = __import__('asyncio'); asyncio.run(asyncio.sleep(60))",
    "a task that blocks": "exec('async def f():\\n  while True: pass'); await f()",
    "input": "input('? ')",
}


@pytest.mark.parametrize("what", STOPPED)
def test_isolated_page_stops_in_place(what: str, isolated: Harness) -> None:
    isolated.run("kept = 'still here'")
    run = isolated.start(STOPPED[what] + "\nprint('after')", until=STOPPED[what].count(";"))
    isolated.interrupt()
    events = isolated.finish(run)
    assert events[-1]["status"] == "interrupted"
    assert outputs(events)[-1]["name"] == "KeyboardInterrupt"
    assert "after" not in texts(events)
    assert texts(isolated.run("kept")) == "'still here'\n"


def test_code_that_ignores_the_interrupt_is_stopped_by_the_second(isolated: Harness) -> None:
    run = isolated.start(
        "while True:\n  try:\n    while True:\n      try:\n        while True: pass\n"
        "      except: pass\n  except: pass\n"
    )
    isolated.interrupt()
    isolated.interrupt()
    assert isolated.finish(run)[-1]["status"] == "interrupted"


def test_a_run_is_stopped_before_it_has_begun(
    open_harness: Callable[..., Harness], mirror: Site
) -> None:
    harness = open_harness(packages=mirror.url)
    harness.run("kept = 'still here'")
    run = harness.page.evaluate("h.start({ script: 'import slow\\nwhile True: pass' })")
    wait_for(lambda: any("slow" in path for path in mirror.asked), "the package is asked for")
    harness.interrupt()
    mirror.gate.set()
    assert harness.finish(run)[-1]["status"] == "interrupted"
    assert texts(harness.run("kept")) == "'still here'\n"


def test_a_run_that_is_stopped_while_python_is_loaded_keeps_no_later_one_waiting(
    open_harness: Callable[..., Harness],
) -> None:
    harness = open_harness()
    run = harness.page.evaluate("h.start({ script: 'stopped = 1' })")
    # All is downloaded, and the worker starts.
    # Stopped in the same turn: by the next one the run may be over.
    stopped = "h.progress.at(-1) === null && (h.interrupt(), true)"
    harness.page.wait_for_function(stopped)
    assert [event["type"] for event in harness.finish(run)] == ["done"]
    assert outputs(harness.run("stopped"))[0]["name"] == "NameError"
    harness.page.evaluate("h.reset(true)")
    harness.page.evaluate("h.reset(true)")
    assert texts(harness.run("1 + 1")) == "2\n"


@pytest.mark.parametrize("what", ["time.sleep", "top-level await", "asyncio.run", "input"])
def test_page_that_is_not_isolated_stops_what_waits_in_place(what: str, plain: Harness) -> None:
    plain.run("kept = 'still here'")
    run = plain.start(STOPPED[what], until=STOPPED[what].count(";"))
    plain.interrupt()
    assert plain.finish(run)[-1]["status"] == "interrupted"
    assert texts(plain.run("kept")) == "'still here'\n"


def test_page_that_is_not_isolated_stops_a_loop_by_a_restart_and_says_so(plain: Harness) -> None:
    plain.run("gone = 1")
    run = plain.start("x = 1\nwhile True: pass\nprint('after')", until=1)
    plain.interrupt()
    events = plain.finish(run)
    assert [status(events, node) for node in range(3)] == ["ok", "interrupted", "cancelled"]
    assert "all names are gone" in outputs(events, 1)[0]["text"]
    assert outputs(plain.run("gone"))[0]["name"] == "NameError"
    reasons = {event.get("reason") for event in plain.sessions() if event["state"] == "restarting"}
    assert reasons == {"Stopped. Python was started anew: all names are gone."}


@pytest.mark.parametrize(
    "script",
    [
        "while True: pass",
        # Nearly always suspended, and often with the end of the wait on its way.
        "import time\nwhile True: time.sleep(0.0005)",
        "import asyncio\nwhile True: await asyncio.sleep(0.0005)",
        "import asyncio\nwhile True: asyncio.run(asyncio.sleep(0.0005))",
    ],
    ids=["busy", "sleep", "await", "asyncio"],
)
def test_no_interrupt_is_lost_on_its_way(script: str, isolated: Harness) -> None:
    statuses = isolated.page.evaluate(
        """async script => {
          const statuses = [];
          for (let n = 0; n < 100; n++) {
            const run = h.start({ script });
            await h.until(e => e.run === run && e.status === "running");
            const begun = performance.now();
            while (performance.now() < begun + ((n * 37) % 200) / 100);
            h.interrupt();
            const done = await h.until(e => e.run === run && e.type === "done");
            statuses.push(done.status);
            h.events.length = 0;
          }
          return statuses;
        }""",
        script,
    )
    assert statuses == ["interrupted"] * 100


def test_runs_that_wait_are_cancelled_by_stop(isolated: Harness) -> None:
    first = isolated.start("while True: pass")
    second = isolated.page.evaluate("h.start({ script: 'print(2)' })")
    isolated.interrupt()
    assert isolated.finish(first)[-1]["status"] == "interrupted"
    assert [e["type"] for e in isolated.finish(second)] == ["done"]
    assert isolated.finish(second)[-1]["status"] == "cancelled"


# -- input


def test_input_is_answered_and_reads_like_a_terminal(isolated: Harness) -> None:
    run = isolated.start("print('Hello')\nname = input('Name? ')\nname", until=1)
    asked = isolated.wait_for(run, {"type": "input", "waiting": True})
    assert (asked["prompt"], asked["nodeIndex"]) == ("Name? ", 1)
    assert "password" not in asked
    isolated.page.evaluate("h.answer('Ada')")
    events = isolated.finish(run)
    assert [texts(events, node) for node in range(3)] == ["Hello\n", "Name? Ada\n", "'Ada'\n"]


def test_password_is_not_shown(isolated: Harness) -> None:
    run = isolated.start("import getpass\nsecret = getpass.getpass('Key: ')\nlen(secret)", until=1)
    isolated.wait_for(run, {"type": "input", "waiting": True, "password": True})
    isolated.page.evaluate("h.answer('hidden')")
    events = isolated.finish(run)
    assert (texts(events, 1), texts(events, 2)) == ("Key: \n", "6\n")
    assert "hidden" not in json.dumps(events)


def test_a_breakpoint_asks_and_is_answered(isolated: Harness) -> None:
    run = isolated.start("def f(a):\n    breakpoint()\n    return a + 1\nf(41)", until=1)
    asking = {"type": "input", "waiting": True, "prompt": "(Pdb) "}
    for command in ("p a * 2", "u"):
        isolated.wait_for(run, asking)
        isolated.page.evaluate("text => h.answer(text)", command)
        isolated.wait_for(run, {"type": "input", "waiting": False})
    isolated.wait_for(run, asking)
    isolated.page.evaluate("h.answer('c')")
    events = isolated.finish(run)
    assert events[-1]["status"] == "ok"
    assert "(Pdb) p a * 2\n82\n(Pdb) u\n> " in texts(events, 1)
    assert texts(events, 1).endswith("(Pdb) c\n42\n")


def test_without_jspi_input_says_what_is_missing(built: Path, browser: Browser) -> None:
    site = Site(built, isolated=True)
    page = browser.new_page()
    try:
        # As in a browser that has none. A worker is started from a blob: so is this one.
        page.add_init_script(
            "const url = URL.createObjectURL; URL.createObjectURL = blob =>"
            " url(blob.type === 'text/javascript' && blob.size < 1e6 ? new Blob("
            "['delete WebAssembly.Suspending; delete WebAssembly.promising;\\n', blob],"
            " { type: blob.type }) : blob);"
        )
        page.goto(site.url)
        page.evaluate("globalThis.h = new Harness('')")
        harness = Harness(page)
        events = harness.run("input('? ')", stopOnError=False)
        assert outputs(events)[0]["name"] == "EOFError"
        assert "JSPI" in outputs(events)[0]["message"]
        script = "import asyncio\nasync def f(): pass\nasyncio.run(f())"
        assert "use `await`" in outputs(harness.run(script))[-1]["message"]
        assert (
            texts(harness.run("import time\ntime.sleep(0.01)\nawait asyncio.sleep(0)\n1")) == "1\n"
        )
    finally:
        page.close()
        site.close()


# -- queries


def names(result: Any) -> list[str]:
    return [variable["name"] for variable in result["variables"]]


def test_queries_are_answered_between_runs(isolated: Harness) -> None:
    isolated.page.evaluate("h.reset()")
    isolated.run("def greet(who):\n    'Say hello.'\n\ncount = 3\nitems = ['a', 'b']")
    opened = [[{"kind": "name", "name": "items"}]]
    answer = isolated.query("variables", sort="name", offset=1, limit=2, opened=opened)
    # Of the names `greet` is left out, as what Pyodide itself binds is.
    assert answer["total"] == 4
    assert answer["names"] > 2
    items, first = answer["variables"]
    assert (items["type"], items["value"], items["opened"]) == ("list", "['a', 'b']", True)
    assert (first["name"], first["depth"], first["value"]) == ("0", 1, "'a'")
    found = isolated.query("complete", code="x = items.app", cursor=13)
    assert (found["matches"], found["cursorStart"], found["cursorEnd"]) == (["append"], 10, 13)
    assert isolated.query("complete", code="isinst", cursor=6)["matches"] == ["isinstance"]
    documented = isolated.query("inspect", code="greet", cursor=5)
    assert documented["found"]
    assert "Signature: greet(who)\nDocstring: Say hello." in documented["data"]["text/plain"]
    assert not isolated.query("inspect", code="nothing", cursor=5)["found"]


def test_queries_are_answered_while_a_script_waits_and_leave_it_alone(isolated: Harness) -> None:
    script = (
        "class Loud:\n"
        "    def __dir__(self):\n"
        "        print('not of the script'); display('neither')\n"
        "        return ['zebra']\n"
        "loud = Loud()\n"
        "line = input('? ')\n"
        "import asyncio\n"
        "await asyncio.sleep(600)"
    )
    run = isolated.start(script, until=2)
    isolated.wait_for(run, {"type": "input", "waiting": True})
    assert isolated.query("complete", code="loud.", cursor=5)["matches"] == ["zebra"]
    assert "line" not in names(isolated.query("variables"))
    isolated.page.evaluate("h.answer('Ada')")
    isolated.wait_for(run, {"type": "status", "status": "running", "nodeIndex": 4})
    assert "line" in names(isolated.query("variables"))
    isolated.interrupt()
    events = isolated.finish(run)
    assert events[-1]["status"] == "interrupted"
    assert [output["text"] for output in outputs(events)[:-1]] == ["? Ada\n"]


def watched(harness: Harness, *expressions: str) -> dict[str, str]:
    """By expression, the text of its value or its error, as soon as no run is on."""
    values = harness.page.evaluate(
        """async expressions => {
          for (;;) {
            const answer = await h.query("evaluate", { expressions });
            if (!answer?.busy) return answer?.values;
          }
        }""",
        list(expressions),
    )
    return {each["expression"]: each.get("error") or each["rows"][0]["value"] for each in values}


def test_watched_expressions_are_evaluated_between_runs(isolated: Harness) -> None:
    isolated.page.evaluate("h.reset()")
    isolated.run(
        "import time, asyncio\nxs = [1, 2, 3]\n"
        "def forever():\n    while True: pass\n"
        "def stubborn():\n    while True:\n        try: forever()\n"
        "        except BaseException: pass\n"
        "async def f(): return 7"
    )
    late = "It took longer than 1 s, and was interrupted."
    assert watched(isolated, "xs.pop()", "ys", "x = 1", "print('gone')") == {
        "xs.pop()": "3",
        "ys": "NameError: name 'ys' is not defined",
        "x = 1": "SyntaxError: only an expression can be watched, not a statement",
        "print('gone')": "None",
    }
    # Once between two runs.
    assert watched(isolated, "xs.pop()", "len(xs)") == {"xs.pop()": "3", "len(xs)": "2"}
    for slow in ("forever()", "stubborn()", "time.sleep(600)"):
        assert watched(isolated, slow, "1 + 1") == {slow: late, "1 + 1": "2"}
    assert texts(isolated.run("len(xs)")) == "2\n"
    assert watched(isolated, "xs.pop()") == {"xs.pop()": "2"}
    # While a script waits, a run is on.
    run = isolated.start("await asyncio.sleep(600)")
    assert isolated.query("evaluate", expressions=["1"]) == {"values": [], "busy": True}
    isolated.interrupt()
    assert isolated.finish(run)[-1]["status"] == "interrupted"


def test_a_query_beside_a_computation_waits_for_its_end(isolated: Harness) -> None:
    run = isolated.start(
        "import time\nend = time.time() + 1\nwhile time.time() < end: pass", until=2
    )
    assert "end" in names(isolated.query("variables"))
    assert isolated.finish(run)[-1]["status"] == "ok"


def test_a_query_that_is_not_answered_in_time_has_no_result(isolated: Harness) -> None:
    run = isolated.start("while True: pass")
    assert isolated.query("variables") is None
    # No more than so many wait for the worker.
    assert (
        isolated.page.evaluate(
            "Promise.race([Promise.all(Array.from({length: 64}, () => h.query('variables', {})))"
            ".then(() => 'answered'), h.query('variables', {})])"
        )
        is None
    )
    isolated.interrupt()
    isolated.finish(run)
    assert isolated.query("variables") is not None


def test_what_may_be_asked_is_told_as_python_starts_and_ends(
    open_harness: Callable[..., Harness],
) -> None:
    harness = open_harness()
    assert harness.query("variables") is None
    harness.run("x = 1")
    assert names(harness.query("variables")) == ["x"]
    assert harness.query("colour") is None
    harness.start("while True: pass")
    asked = "(() => { const asked = h.query('variables', {}); h.reset(true); return asked; })()"
    assert harness.page.evaluate(asked) is None
    harness.page.wait_for_function("h.capabilities.length === 4")
    methods = ["complete", "inspect", "describe", "variables", "evaluate"]
    methods += ["table_rows", "table_profile", "table_text", "widgets"]
    assert harness.page.evaluate("h.capabilities") == [[], methods, [], methods]
    assert names(harness.query("variables")) == []


# -- life


def test_reset_forgets_names_and_restart_everything(isolated: Harness) -> None:
    isolated.run("import json\njson.mark = 1\nname = 2")
    isolated.page.evaluate("h.reset()")
    events = isolated.run("import json\njson.mark\nname")
    assert texts(events, 1) == "1\n"
    assert outputs(events, 2)[0]["name"] == "NameError"
    isolated.page.evaluate("h.reset(true)")
    events = isolated.run("import json\njson.mark")
    assert outputs(events, 1)[0]["name"] == "AttributeError"


def test_running_statement_is_told_when_it_begins(isolated: Harness) -> None:
    run = isolated.start("x = 1\ny = 2\nwhile True: pass", until=2)
    isolated.interrupt()
    isolated.finish(run)


def test_loading_tells_its_bytes(open_harness: Callable[..., Harness]) -> None:
    harness = open_harness()
    harness.run("1")
    told = harness.page.evaluate("h.progress")
    assert told[-1] is None
    told = [progress for progress in told if progress]
    assert told[-1]["what"] == "Python"
    assert told[-1]["loaded"] == told[-1]["total"] > 1_000_000
    # A session becomes idle after it told that the run is over.
    harness.page.wait_for_function("h.events.findLast(e => e.type === 'session').state === 'idle'")
    states = [event["state"] for event in harness.sessions()]
    assert states[-3:] == ["starting", "busy", "idle"]


# -- files


def test_script_reads_files_beside_it_imports_helpers_and_what_it_writes_is_kept(
    isolated: Harness,
) -> None:
    isolated.page.evaluate(
        "h.files.set('work/helper.py', 'def twice(x): return 2 * x').set('work/in/a.csv', '1,2')"
    )
    events = isolated.run(
        "import helper, pathlib\nhelper.twice(21)\nopen('in/a.csv').read()\n"
        "n = pathlib.Path('out.txt').write_text('written')\n"
    )
    assert texts(events) == "42\n'1,2'\n"
    # Kept a little after the run's last event.
    isolated.page.wait_for_function("h.files.get('work/out.txt') === 'written'")
    isolated.page.evaluate("h.files.set('work/in/a.csv', '3')")
    assert (
        texts(isolated.run("open('in/a.csv').read()\nopen('out.txt').read()")) == "'3'\n'written'\n"
    )


# -- packages


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Packages: `shapes`, which needs `points`; `lost`, whose wheel is not there; and a figure."""
    folder = tmp_path_factory.mktemp("mirror")
    points = make_wheel(folder, "points", "1.0", {"points.py": "ORIGIN = (0, 0)\n"})
    shapes = make_wheel(
        folder,
        "shapes",
        "2.0",
        {
            "shapes/__init__.py": "from points import ORIGIN\nclass Square:\n"
            "  def _repr_html_(self): return '<svg></svg>'\n"
            "  def __repr__(self): return 'Square'\n"
        },
    )
    late = make_wheel(folder, "late", "1.0", {"late.py": "VALUE = 7\n"})
    slow = make_wheel(folder, "slow", "1.0", {"slow.py": ""})
    lost = make_wheel(folder, "lost", "1.0", {"lost.py": ""})
    plots = make_wheel(folder, "matplotlib", "9.0", MATPLOTLIB)
    write_lock(
        folder,
        lock_entry(points, ["points"]),
        lock_entry(shapes, ["shapes"], ["points"]),
        lock_entry(late, ["late"]),
        lock_entry(slow, ["slow"]),
        lock_entry(lost, ["lost"]),
        lock_entry(plots, ["matplotlib"]),
    )
    lost.unlink()
    make_wheel(folder, "elsewhere", "1.0", {"elsewhere.py": "WHERE = 'micropip'\n"})
    site = Site(folder, headers={"Access-Control-Allow-Origin": "*"})
    yield site
    site.close()


# As much of it as figures take: who is open, what changed, how it is drawn.
MATPLOTLIB = {
    "matplotlib/__init__.py": "",
    "matplotlib/_pylab_helpers.py": "class Gcf:\n  figs = {}\n",
    "matplotlib/figure.py": """
class Figure:
    dpi, _stale, lines = 100, True, []
    def __init__(self):
        self.axes, self.canvas = [1], self
        self.figure = self
    def get_facecolor(self): return 'w'
    get_edgecolor = get_facecolor
    def print_png(self): pass
    # A head of a PNG, of 8 by 6 pixels.
    def print_figure(self, file, **options):
        file.write(b'\\x89PNG' + bytes(15) + b'\\x08' + bytes(3) + b'\\x06')
    def __repr__(self): return '<Figure>'
""",
    "matplotlib/pyplot.py": """
from types import SimpleNamespace
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure
def figure():
    made = Figure()
    Gcf.figs[len(Gcf.figs)] = SimpleNamespace(canvas=made)
    return made
def close(which): Gcf.figs.clear()
""",
}


@pytest.fixture(scope="module")
def packaged(open_harness: Callable[..., Harness], mirror: Site) -> Harness:
    return open_harness(packages=mirror.url)


def test_import_installs_a_package_of_the_mirror_and_what_it_needs(packaged: Harness) -> None:
    events = packaged.run("import shapes\nshapes.Square()\nshapes.ORIGIN")
    assert [output["data"] for output in outputs(events)] == [
        {"text/plain": "Square", "text/html": "<svg></svg>"},
        {"text/plain": "(0, 0)"},
    ]
    told = packaged.page.evaluate("h.progress.filter(p => p && p.what !== 'Python')")
    assert {progress["what"] for progress in told} == {"shapes", "points"}
    assert all(progress["loaded"] == progress["total"] for progress in told)


def test_import_that_nobody_saw_coming_installs_too(packaged: Harness) -> None:
    script = "def f():\n  return __import__('la' + 'te').VALUE\nf()"
    assert texts(packaged.run(script)) == "7\n"


def test_statement_that_imports_nothing_loads_nothing(
    open_harness: Callable[..., Harness], mirror: Site
) -> None:
    harness = open_harness(packages=mirror.url)
    mirror.asked.clear()
    harness.run("import shapes\n1 + 1", lineRange={"from": 2, "to": 2})
    assert [path for path in mirror.asked if path.endswith(".whl")] == []


def test_missing_wheel_is_said_at_the_import(packaged: Harness, mirror: Site) -> None:
    events = packaged.run("1\nimport lost\n2")
    assert [status(events, node) for node in range(3)] == ["ok", "error", "cancelled"]
    (error,) = outputs(events, 1)
    assert error["name"] == "ModuleNotFoundError"
    said = " ".join(error["text"].split())
    assert f"lost could not be loaded: {mirror.url}lost-1.0-py3-none-any.whl answers 404" in said


def test_package_of_the_distribution_without_a_mirror_says_what_would_help(
    isolated: Harness,
) -> None:
    (error,) = outputs(isolated.run("import numpy"))
    assert "pyodide_packages_url" in " ".join(error["text"].split())


def test_module_that_a_browser_cannot_have_is_said(isolated: Harness) -> None:
    (error,) = outputs(isolated.run("import tkinter"))
    assert "run this script with a server" in " ".join(error["text"].split())


def test_absent_package_that_the_script_does_without_is_no_matter(isolated: Harness) -> None:
    script = "try:\n  import numpy\nexcept ImportError:\n  numpy = None\nprint(numpy)"
    assert texts(isolated.run(script)) == "None\n"
    assert (
        texts(isolated.run("import importlib.util\nimportlib.util.find_spec('scipy')\n1")) == "1\n"
    )


def test_micropip_installs_a_pure_wheel(packaged: Harness, mirror: Site) -> None:
    events = packaged.run(
        "import micropip\n"
        f"await micropip.install('{mirror.url}elsewhere-1.0-py3-none-any.whl')\n"
        "import elsewhere\nelsewhere.WHERE"
    )
    assert texts(events) == "'micropip'\n"


def test_figure_stands_beside_the_statement_that_touched_it_last(packaged: Harness) -> None:
    events = packaged.run(
        "import matplotlib.pyplot as plt\nfigure = plt.figure()\nx = 1\nfigure._stale = True\nx = 2"
    )
    shown = [e for e in events if e["type"] == "output"]
    assert [(e["nodeIndex"], e["output"]["data"]) for e in shown] == [
        (3, {"text/plain": "<Figure>", "image/png": "iVBORwAAAAAAAAAAAAAAAAAAAAgAAAAG"})
    ]
    # It has two pixels for each of CSS.
    assert shown[0]["output"]["metadata"] == {"image/png": {"width": 4, "height": 3}}


def test_every_difference_is_of_a_run_that_is_there() -> None:
    named = [*RAISES, *OUTPUTS, *OTHERWISE]
    assert len(set(named)) == len(named)
    assert set(named) - set(NAMES) == set()
