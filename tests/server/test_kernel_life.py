import contextlib
import json
import os
import signal
import sys

import psutil
import pytest

from rdit_ext.kernel.launch import Launch
from tests.support.server import Server
from tests.support.waiting import wait_for

WAITING = "import time\nbefore = 1\ntime.sleep(60)\nafter = 1"
# One that no interrupt ends.
STUBBORN = """import time
before = 1
while True:
    try:
        while True: time.sleep(60)
    except BaseException: pass
after = 1
"""


def begin(viewer, run="r", script=WAITING):
    viewer.send("run", run=run, script=script)
    viewer.until("status", run=run, nodeIndex=2, status="running")


def outcome(viewer, run="r"):
    """Done's status, the statements' statuses and the text, after the run ended."""

    def ends():
        return [e for e in viewer.events if e["type"] == "done" and e["run"] == run]

    # The session may say what became of its kernel before its last words are in.
    while not ends():
        viewer.receive()
    done = ends()[0]
    statuses = {
        e["nodeIndex"]: e["status"]
        for e in viewer.events
        if e["type"] == "status" and e["run"] == run
    }
    return done["status"], statuses, viewer.text(run)


DIED = {0: "ok", 1: "ok", 2: "error", 3: "cancelled"}


def test_a_killed_kernel_is_told_at_the_statement_and_the_next_run_works(server, session):
    pid = server.pid(session)
    with server.viewer(session=session) as viewer:
        begin(viewer)
        os.kill(pid, signal.SIGKILL)
        viewer.until("done", run="r")
        status, statuses, text = outcome(viewer)
        assert (status, statuses) == ("died", DIED)
        assert "SIGKILL" in text
        assert any(
            e["state"] == "restarting" and "SIGKILL" in e["reason"]
            for e in viewer.events
            if e["type"] == "session" and e.get("reason")
        )
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"
        viewer.until("session", state="idle")


def test_a_script_that_ends_its_process_is_told_with_its_exit_code(server, session):
    server.run("1", session)
    answer = server.run("print('last words')\nimport os\nos._exit(7)\n1", session)
    assert answer["status"] == "died"
    assert [r["status"] for r in answer["results"]] == ["ok", "ok", "error", "cancelled"]
    assert answer["results"][0]["output"] == [{"type": "stdout", "text": "last words\n"}]
    (error,) = answer["results"][2]["output"]
    assert (error["type"], error["name"]) == ("error", "KernelDied")
    assert "exit code 7" in error["text"]
    assert server.text("2 + 2", session) == "4\n"


def test_what_was_put_out_before_the_process_ended_itself_is_kept(server, session):
    script = "import os\n" + "print('line')\n" * 100 + "os._exit(7)\n"
    answer = server.run(script, session)
    statuses = [result["status"] for result in answer["results"]]
    assert statuses == ["ok"] * 101 + ["error"]
    text = "".join(out["text"] for result in answer["results"][:-1] for out in result["output"])
    assert text == "line\n" * 100


def test_a_crash_is_told_at_its_statement_however_fast_it_came(server, session):
    script = "import ctypes\n" + "x = 1\n" * 200 + "ctypes.string_at(0)\nx\nx\n"
    answer = server.run(script, session)
    statuses = [result["status"] for result in answer["results"]]
    assert statuses == ["ok"] * 201 + ["error", "cancelled", "cancelled"]
    assert "SIGSEGV" in answer["results"][201]["output"][-1]["text"]


def test_runs_that_wait_for_a_kernel_that_dies_are_cancelled(server, session):
    """They were asked for in a namespace that is lost."""
    pid = server.pid(session)
    with server.viewer(session=session) as viewer:
        begin(viewer)
        viewer.send("run", run="waits", script="print('ran')")
        viewer.until("session", queue=1)
        os.kill(pid, signal.SIGKILL)
        done = viewer.until("done", run="waits")
        assert done["status"] == "cancelled"
        assert "SIGKILL" in done["reason"]
        viewer.run("2 + 2", "next")
        assert viewer.text("waits") + viewer.text("next") == "4\n"


def test_an_idle_kernel_that_dies_is_told_too(server, session):
    pid = server.pid(session)
    with server.viewer(session=session) as viewer:
        os.kill(pid, signal.SIGKILL)
        viewer.until("session", state="restarting")
        viewer.until("session", state="idle")
        assert server.pid(session) != pid


# Jupyter interrupts a kernel before it ends it, by which most scripts end: nobody pressed Stop.
@pytest.mark.parametrize("script", [WAITING, STUBBORN], ids=["waiting", "stubborn"])
def test_a_restart_by_others_ends_the_run_and_is_told(server, session, script):
    server.run("1", session)
    kernel = server.session(session)["kernel"]["id"]
    with server.viewer(session=session) as viewer:
        begin(viewer, script=script)
        server.jupyter("POST", f"kernels/{kernel}/restart")
        told = viewer.until("session", state="restarting")
        assert "was restarted" in told["reason"]
        viewer.until("session", state="idle")
        status, statuses, text = outcome(viewer)
        assert (status, statuses) == ("died", DIED)
        assert "KeyboardInterrupt" not in text
        assert "was restarted from elsewhere" in text
        (done,) = (e for e in viewer.events if e["type"] == "done" and e["run"] == "r")
        assert done["cause"] == "kernel-restarted"
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"
    assert server.session(session)["kernel"]["id"] == kernel


@pytest.mark.parametrize("what", ["kernels", "sessions"])
def test_a_kernel_that_others_end_is_told_and_the_next_run_has_a_new_one(server, session, what):
    server.run("1", session)
    kernel = server.session(session)["kernel"]["id"]
    ids = {s["kernel"]["id"]: s["id"] for s in server.jupyter("GET", "sessions").json()}
    with server.viewer(session=session) as viewer:
        begin(viewer)
        server.jupyter("DELETE", f"{what}/{kernel if what == 'kernels' else ids[kernel]}")
        told = viewer.until("session", state="dead")
        assert "was shut down" in told["reason"]
        status, statuses, text = outcome(viewer)
        assert (status, statuses) == ("died", DIED)
        assert "KeyboardInterrupt" not in text
        assert "shut down by the server" in text
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"
    assert server.session(session)["kernel"]["id"] != kernel


def test_a_restart_by_others_that_fails_is_told(server):
    folder = server.root / "gone"
    folder.mkdir()
    with server.viewer(path="gone/script.py") as viewer:
        viewer.run("1", "r")
        kernel = server.post("sessions", path="gone/script.py").json()["kernel"]["id"]
        # Its working directory: no process can be started there.
        folder.rmdir()
        server.jupyter("POST", f"kernels/{kernel}/restart")
        assert "could not be restarted" in viewer.until("session", state="dead")["reason"]
        folder.mkdir()
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"
        name = server.post("sessions", path="gone/script.py").json()["id"]
    server.request("DELETE", f"sessions/{name}")


@pytest.mark.parametrize("what", ["start", "restart"])
def test_a_session_that_is_deleted_before_its_kernel_is_there_leaves_none(server, session, what):
    # Kernels of other tests may still be ending.
    before = there(server)
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script="1")
        viewer.until("session", state="starting")
        if what == "restart":
            viewer.until("done", run="r")
            viewer.send("reset", restart=True)
            viewer.until("session", state="restarting")
    assert server.request("DELETE", f"sessions/{session}").status_code == 204
    wait_for(lambda: there(server) <= before, "no kernel is left")


def there(server):
    """Kernels, by Jupyter's ids and by their processes."""
    processes = (p for p in server.process.children() if "ipykernel_launcher" in cmdline(p))
    return {*server.kernels(), *(process.pid for process in processes)}


def cmdline(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.cmdline()
    return []


def test_a_restart_by_us_ends_the_run_at_once(server, session):
    server.run("kept = 1", session)
    with server.viewer(session=session) as viewer:
        begin(viewer)
        viewer.send("run", run="waits", script="1")
        viewer.until("session", queue=1)
        viewer.send("reset", restart=True)
        viewer.until("done", run="r")
        assert outcome(viewer)[:2] == ("died", DIED)
        viewer.until("session", state="idle")
        done = next(e for e in viewer.events if e["type"] == "done" and e["run"] == "waits")
        assert done["status"] == "cancelled"
        viewer.run("kept", "next")
        assert "NameError" in viewer.text("next")


def test_an_interrupt_while_the_kernel_starts_cancels_the_run(server, session):
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script="print('ran')")
        viewer.until("session", state="starting")
        viewer.send("interrupt")
        assert viewer.until("done", run="r")["status"] == "cancelled"
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"


def test_a_deleted_session_that_a_page_looks_at_begins_anew(server):
    with server.viewer(path="again.py") as viewer:
        viewer.run("x = 1", "r")
        name = server.post("sessions", path="again.py").json()["id"]
        assert server.request("DELETE", f"sessions/{name}").status_code == 204
        assert server.get(f"sessions/{name}").status_code == 404
        viewer.until("session", state="dead")
        viewer.run("x", "next")
        assert "NameError" in viewer.text("next")
        assert server.get(f"sessions/{name}").status_code == 200
    server.request("DELETE", f"sessions/{name}")


def test_jupyter_shows_the_kernel_as_a_console_in_the_scripts_folder(server):
    opened = server.post("sessions", path="shown.py").json()
    (shown,) = [
        s
        for s in server.jupyter("GET", "sessions").json()
        if s["kernel"]["id"] == opened["kernel"]["id"]
    ]
    assert (shown["name"], shown["type"]) == ("shown.py", "console")
    assert shown["path"].startswith("shown.py-rdit-")
    server.request("DELETE", f"sessions/{opened['id']}")


OTHER_KERNEL = """
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class OtherKernel(Kernel):
    implementation = "other-python"
    implementation_version = "1.5"
    language_info = {"name": "python", "mimetype": "text/x-python", "file_extension": ".py"}
    banner = ""

    def do_execute(self, code, silent, *arguments, **options):
        return {"status": "ok", "execution_count": 0, "payload": [], "user_expressions": {}}

IPKernelApp.launch_instance(kernel_class=OtherKernel)
"""


@pytest.fixture(scope="module")
def small_server(tmp_path_factory):
    """One that culls, allows little and has a kernel that cannot live."""
    root = tmp_path_factory.mktemp("culling")
    programs = {
        "broken": [
            *("python", "-c", "import sys; print('no licence', file=sys.stderr); sys.exit(3)"),
            "{connection_file}",
        ],
        "missing": ["/no/such/program", "{connection_file}"],
        # Speaks the protocol and Python, but is not ipykernel: as xeus-python.
        "other": [sys.executable, "-c", OTHER_KERNEL, "-f", "{connection_file}"],
    }
    for name, argv in programs.items():
        folder = root / "jupyter" / "data" / "kernels" / name
        folder.mkdir(parents=True)
        spec = {"argv": argv, "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))
    server = Server(
        root,
        [
            "--MappingKernelManager.cull_idle_timeout=1",
            "--MappingKernelManager.cull_interval=1",
            "--RditApp.max_sessions=3",
            "--RditApp.max_queued_runs=2",
        ],
    )
    yield server
    server.close()


def test_an_idle_kernel_is_culled_unless_a_page_is_open_on_it(small_server):
    watched = small_server.viewer(path="watched.py")
    watched.run("1", "r")
    # It runs for longer than the time after which idle ones are culled, and no one looks.
    assert small_server.run("import time\ntime.sleep(3)", "alone")["status"] == "ok"
    wait_for(lambda: small_server.session("alone")["state"] == "dead")
    assert len(small_server.kernels()) == 1
    watched.socket.close()
    wait_for(lambda: small_server.kernels() == [])
    assert small_server.text("2 + 2", "alone") == "4\n"


def test_more_runs_than_may_wait_are_refused_with_the_limit(small_server):
    with small_server.viewer(session="full") as viewer:
        begin(viewer)
        viewer.send("run", run="a", script="1")
        viewer.send("run", run="b", script="1")
        viewer.until("session", queue=2)
        answer = small_server.post("execute-script", script="1", session="full")
        assert (answer.status_code, answer.json()["limit"]) == (429, 2)
        viewer.send("run", run="c", script="1")
        assert "2 runs" in viewer.until("error", run="c")["message"]
        viewer.send("interrupt")
        viewer.until("done", run="r")
    small_server.request("DELETE", "sessions/full")


def test_more_sessions_than_may_be_are_refused_with_the_limit(small_server):
    for session in small_server.get("sessions").json():
        small_server.request("DELETE", f"sessions/{session['id']}")
    viewers = [small_server.viewer(session=name) for name in "abc"]
    answer = small_server.post("execute-script", script="1", session="d")
    assert (answer.status_code, answer.json()["limit"]) == (429, 3)
    viewers[0].socket.close()
    # A session without kernel and viewers makes room.
    wait_for(lambda: small_server.session("a")["viewers"] == 0)
    assert small_server.text("1", "d") == "1\n"
    for viewer in viewers:
        viewer.socket.close()


@pytest.mark.parametrize(
    ("kernel", "causes"),
    [
        ("broken", ["ends as soon as it is started", "exit code 3", "no licence"]),
        ("missing", ["No kernel could be started", "/no/such/program"]),
    ],
)
def test_a_kernel_that_cannot_start_is_said_with_the_cause(small_server, kernel, causes):
    for session in small_server.get("sessions").json():
        small_server.request("DELETE", f"sessions/{session['id']}")
    answer = small_server.post("sessions", name="never", kernelName=kernel)
    assert answer.status_code == 503
    assert [cause for cause in causes if cause not in answer.json()["message"]] == []
    assert small_server.session("never")["state"] == "dead"
    assert small_server.kernels() == []
    answer = small_server.post("execute-script", session="never", script="1")
    assert answer.status_code == 503
    with small_server.viewer(session="never") as viewer:
        done = viewer.run("1", "r")
        assert done["status"] == "died"
        assert [cause for cause in causes if cause not in done["reason"]] == []
        assert done["cause"] == "kernel-unavailable"
        # A page shows it when it hears of it first.
        dead = next(e for e in viewer.events if e.get("state") == "dead" and e.get("reason"))
        assert dead["reason"] == done["reason"]
    small_server.request("DELETE", "sessions/never")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 has no safe path")
def test_a_folder_with_names_of_python_s_own_modules_does_not_stop_the_kernel(server):
    folder = server.root / "shadows"
    folder.mkdir()
    names = [name for name in sys.stdlib_module_names if not name.startswith("_")]
    for name in names:
        (folder / f"{name}.py").write_text(f"raise ImportError('{name} of the folder')\n")
    script = (
        "import os, subprocess, sys\n"
        "show = 'import os; print(os.environ.get(\"PYTHONSAFEPATH\"))'\n"
        "child = subprocess.run([sys.executable, '-c', show], stdout=-1, text=True, cwd='/')\n"
        "print(child.stdout)\n"
        "print(os.environ.get('PYTHONSAFEPATH'), sys.path[0] == os.getcwd())\n"
    )
    answer = server.run(script, None, path="shadows/script.py")
    texts = [output["text"] for result in answer["results"] for output in result["output"]]
    assert texts == ["None\n\n", "None True\n"]
    server.request("DELETE", f"sessions/{answer['session']}")


def test_what_keeps_a_kernel_from_starting_is_named(tmp_path):
    """As a folder's own modules do for Python 3.10."""
    words = f'Traceback:\n  File "{tmp_path}/types.py", line 1, in <module>\nAttributeError: x'
    launch = Launch(["python"], "", str(tmp_path), {}, "127.0.0.1", {})
    assert "rename it" in launch.explain(words)
    assert launch.explain(words.replace("types.py", "mine.py")) == ""
    assert "Install ipykernel" in launch.explain("python: No module named ipykernel_launcher")


def test_behind_a_gateway_a_run_says_that_it_cannot_be(tmp_path):
    # Nobody is there, and nobody is asked.
    server = Server(tmp_path, ["--GatewayClient.url=http://127.0.0.1:9"])
    try:
        for answer in (
            server.post("sessions", name="a"),
            server.post("execute-script", session="a", script="1"),
            server.post("reset", session="a", restart=True),
        ):
            assert answer.status_code == 503
            assert answer.json()["cause"] == "no-gateways"
            assert "not supported yet" in answer.json()["message"]
        with server.viewer(path="a.py") as viewer:
            done = viewer.run("1", "r")
            assert (done["status"], done["cause"]) == ("died", "no-gateways")
            assert any(
                e.get("cause") == "no-gateways" for e in viewer.events if e.get("state") == "dead"
            )
    finally:
        server.close()


def test_sessions_leave_nothing_behind(server):
    """Kernels, descriptors and threads are as many after many sessions as before."""

    def use(i):
        with server.viewer(path=f"left{i}.py") as viewer:
            viewer.run("1", "r")
            made = viewer.until("session", state="idle")
        assert server.request("DELETE", f"sessions/{made['session']}").status_code == 204

    use(0)
    process = server.process
    before = process.num_fds(), process.num_threads(), len(server.kernels())
    for i in range(1, 6):
        use(i)

    def now():
        return process.num_fds(), process.num_threads(), len(server.kernels())

    def settled():
        fds, threads, kernels = now()
        # A few may come with the sixth that did not with the first; not a few for each.
        return fds <= before[0] + 4 and threads <= before[1] + 1 and kernels <= before[2]

    wait_for(settled, f"as many as {before}", seconds=30)


def test_a_server_that_ends_ends_its_kernels(tmp_path):
    server = Server(tmp_path)
    with server.viewer(session="a") as viewer:
        begin(viewer)
        pid = next(p.pid for p in server.process.children() if "ipykernel_launcher" in p.cmdline())
        server.close()
        assert not psutil.pid_exists(pid)


def test_a_kernel_that_is_not_ipykernel_is_refused_with_its_name(small_server):
    answer = small_server.post("sessions", name="other", kernelName="other")
    assert answer.status_code == 503
    message = answer.json()["message"]
    assert "other-python 1.5" in message
    assert "ipykernel" in message
    small_server.request("DELETE", "sessions/other")
