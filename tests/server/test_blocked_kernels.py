"""No kernel and no viewer holds the server: sends never wait, and what waits is bounded."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.support.processes import ROOT
from tests.support.server import Server
from tests.support.waiting import wait_for

if not sys.platform.startswith("linux"):
    pytest.skip("the watchdog reads /proc", allow_module_level=True)

# A kernel program: `HELD CHANNEL` binds that port of the connection and speaks no ZMQ there.
PROGRAM = '''
import json, os, socket, subprocess, sys, time
file, what, notes = sys.argv[1:4]
info = json.load(open(file))
def occupy(channel):
    """Answer on this port as a program does that is no kernel."""
    server = socket.create_server(("127.0.0.1", info[channel + "_port"]))
    while True:
        client, _ = server.accept()
        client.sendall(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n")
        client.close()
def ipykernel():
    os.execv(sys.executable, [sys.executable, "-m", "ipykernel_launcher", "-f", file])
if what == "occupy":
    occupy(sys.argv[4])
elif what == "silent":
    print("The licence server does not answer.", file=sys.stderr, flush=True)
    time.sleep(600)
elif what == "clash":
    if not os.path.exists(notes):
        code = "import sys; sys.argv[1:] = %r; exec(open(%r).read())" % (
            [file, "occupy", notes, "shell"], __file__)
        other = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
        open(notes, "w").write(str(other.pid))
        time.sleep(1)
    ipykernel()
elif what == "once":
    # The first start does not answer, the second does.
    if os.path.exists(notes):
        ipykernel()
    open(notes, "w").write(str(os.getpid()))
    time.sleep(600)
'''
# Seconds: in it a kernel that does answer has to start, on a busy machine too.
START = 25
KERNELS = {
    "occupied": ["occupy", "NOTES", "shell"],
    "uncontrolled": ["occupy", "NOTES", "control"],
    "silent": ["silent", "NOTES"],
    "clash": ["clash", "NOTES"],
    "once": ["once", "NOTES"],
}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A server with a watchdog, and kernels that do not answer. Its loop was never held."""
    root = tmp_path_factory.mktemp("blocked")
    program = root / "program.py"
    program.write_text(PROGRAM)
    for name, arguments in KERNELS.items():
        folder = root / "jupyter" / "data" / "kernels" / name
        folder.mkdir(parents=True)
        notes = str(root / name)
        argv = [sys.executable, str(program), "{connection_file}"]
        argv += [notes if a == "NOTES" else a for a in arguments]
        spec = {"argv": argv, "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))
    notes = root / "watchdog"
    server = Server(
        root,
        [f"--RditApp.kernel_start_timeout={START}"],
        {
            "RDIT_WATCHDOG": str(notes),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, Path(__file__).parent))),
        },
        ("rdit_ext", "loop_watchdog"),
    )
    server.folder = root
    yield server
    held = notes.read_text() if notes.exists() else ""
    # The watchdog has to notice that.
    server.http.get(f"{server.base}watchdog/hold")
    wait_for(lambda: notes.exists() and "time.sleep(0.5)" in notes.read_text(), "the watchdog")
    server.close()
    assert held == ""


def open_session(server, name, kernel):
    return server.post("sessions", name=name, kernelName=kernel)


DEAF = ["occupied", "uncontrolled", "silent"]


@pytest.fixture(scope="module")
def refusals(watched):
    """What comes of sessions on kernels that do not answer, all waited for at a time."""
    with ThreadPoolExecutor() as pool:
        kernels = [*DEAF, "once"]
        answers = pool.map(lambda kernel: open_session(watched, kernel, kernel), kernels)
        return dict(zip(kernels, answers, strict=True))


@pytest.mark.parametrize("kernel", DEAF)
def test_a_kernel_that_does_not_answer_is_ended_and_said(watched, refusals, kernel):
    answer = refusals[kernel]
    assert answer.status_code == 503
    message = answer.json()["message"]
    assert f"did not answer within {START} s" in message or "takes no messages" in message
    assert ("licence server" in message) == (kernel == "silent")
    # It is not kept.
    assert watched.kernels() == []
    assert watched.get("health").status_code == 200
    watched.request("DELETE", f"sessions/{kernel}")


def test_a_port_that_another_program_has_is_changed_and_the_run_goes_on(watched):
    try:
        answer = open_session(watched, "clash", "clash")
        assert answer.status_code == 201, answer.text
        assert watched.text("2 + 2", "clash") == "4\n"
        assert "has a port that was chosen for it" in watched.log.read_text()
    finally:
        other = int((watched.folder / "clash").read_text())
        with contextlib.suppress(ProcessLookupError):
            os.kill(other, signal.SIGKILL)
        watched.request("DELETE", "sessions/clash")


def test_the_run_after_a_kernel_that_did_not_answer_has_another(watched, refusals):
    assert refusals["once"].status_code == 503
    first = int((watched.folder / "once").read_text())
    assert not psutil.pid_exists(first)
    assert watched.text("2 + 2", "once") == "4\n"
    watched.request("DELETE", "sessions/once")


@pytest.mark.parametrize("how", ["stop", "restart", "delete"])
def test_the_wait_for_a_kernel_that_does_not_answer_ends_at_once(watched, how):
    name = f"ends-{how}"
    opening = threading.Thread(target=open_session, args=[watched, name, "silent"])
    opening.start()
    wait_for(watched.kernels, "the process")
    with watched.viewer(session=name) as viewer:
        viewer.send("run", run="r", script="1")
        viewer.until("session", run="r")
        if how == "stop":
            viewer.send("interrupt")
        elif how == "restart":
            viewer.send("reset", restart=True)
        else:
            assert watched.request("DELETE", f"sessions/{name}").status_code == 204
        done = viewer.until("done", run="r")
        assert done["status"] == "cancelled"
        assert "did not answer" not in done["reason"]
    watched.request("DELETE", f"sessions/{name}")
    opening.join()
    wait_for(lambda: watched.kernels() == [], "the process ends")


HOLDS = """import ctypes, pathlib
pathlib.Path({began!r}).touch()
ctypes.PyDLL(None).system(b"while [ ! -e {go} ]; do sleep 0.1; done")
"""


def test_thousands_of_queries_to_a_kernel_that_is_stuck_hold_nobody_up(watched, tmp_path):
    """It holds the interpreter, so nothing that it is sent is read."""
    began, go = tmp_path / "began", tmp_path / "go"
    watched.run("1", "stuck")
    with watched.viewer(session="stuck") as viewer:
        viewer.send("run", run="r", script=HOLDS.format(began=str(began), go=go))
        wait_for(began.exists, "the statement")
        code = "x" * 1500
        for i in range(5600):
            params = {"code": code, "cursor": 1500}
            viewer.send("query", id=f"c{i}", method="complete", params=params)
        for i in range(200):
            viewer.send("query", id=f"v{i}", method="variables", params={})
        superseded = viewer.until("answer", id="c5598")["error"]
        assert superseded["cause"] == "superseded"
        refused = viewer.until("answer", id="v199")["error"]
        assert refused["cause"] == "too-busy"
        assert "queries" in refused["message"]
        assert watched.get("health").status_code == 200
        assert watched.text("2 + 2", "beside") == "4\n"
        go.touch()
        viewer.until("done", run="r", status="ok")
        # What waited is answered, and the next run has not to wait for thousands.
        assert "result" in viewer.until("answer", id="c5599")
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"
    for name in ("stuck", "beside"):
        watched.request("DELETE", f"sessions/{name}")


def test_a_server_ends_whatever_its_kernels_do(tmp_path):
    root = tmp_path
    folder = root / "jupyter" / "data" / "kernels" / "silent"
    folder.mkdir(parents=True)
    (root / "program.py").write_text(PROGRAM)
    argv = [sys.executable, str(root / "program.py"), "{connection_file}", "occupy", "", "control"]
    spec = {"argv": argv, "display_name": "silent", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))
    server = Server(root, ["--MappingKernelManager.default_kernel_name=silent"])
    with server.viewer(session="a") as viewer:
        viewer.send("run", run="r", script="1")
        viewer.until("session", state="starting")
        wait_for(server.kernels, "the process")
        server.close()
