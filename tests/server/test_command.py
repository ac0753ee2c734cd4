import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys

import psutil
import pytest
import requests
import websocket

from rdit_ext.command import arguments, is_loopback
from tests.support.processes import ROOT
from tests.support.waiting import wait_for

RUN = [sys.executable, "-c", "from rdit_ext.app import main; main()"]


@pytest.fixture
def here(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def environment(tmp_path):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY"))}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }


@pytest.fixture
def start(here, environment, tmp_path):
    """Starts the command; the process and the address that it printed."""
    started = []

    def start(*arguments):
        log = tmp_path / f"log{len(started)}"
        process = psutil.Popen(
            [*RUN, "--no-browser", *arguments],
            cwd=here,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        started.append(process)

        def address():
            assert process.poll() is None, log.read_text()
            return re.search(r"http://\S+", log.read_text())

        return process, wait_for(address)[0], log

    yield start
    for process in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
            process.wait(60)


def finished(here, environment, *arguments):
    return subprocess.run(
        [*RUN, *arguments], cwd=here, env=environment, capture_output=True, text=True, timeout=60
    )


def test_a_script_is_opened_at_the_address_that_is_printed_and_one_ctrl_c_ends_all(here, start):
    (here / "sub").mkdir()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process, address, log = start("sub/new one.py", f"--port={port}")
    assert (here / "sub" / "new one.py").read_text() == ""
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/rdit/edit/sub/new%20one\.py\?token=\w+", address)
    page = requests.get(address, timeout=30)
    assert page.status_code == 200
    assert '"path": "sub/new one.py"' in page.text
    base = address.partition("/rdit/edit/")[0]
    answer = requests.post(
        f"{base}/rdit/execute-script",
        json={"script": "import os\nos.getcwd()", "path": "sub/new one.py"},
        headers={"Authorization": f"token {address.partition('token=')[2]}"},
        timeout=120,
    )
    assert answer.json()["results"][1]["output"][0]["text"] == f"'{here / 'sub'}'\n"
    socket_address = f"{base.replace('http', 'ws')}/rdit/ws?{address.partition('?')[2]}"
    websocket.create_connection(f"{socket_address}&path=sub/new%20one.py", timeout=60).close()
    # Other installed extensions may have processes too.
    children = process.children(recursive=True)
    kernels = [child for child in children if "ipykernel_launcher" in child.cmdline()]
    assert len(kernels) == 1
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not any(kernel.is_running() for kernel in kernels)
    said = [line for line in log.read_text().splitlines() if line.strip()]
    # What the parts of other packages say of the end is theirs.
    assert said.index("rdit ends, and its kernels with it.") == 3, said


def test_a_taken_port_moves_on(start):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        _, address, _ = start("--port", str(port))
    assert f":{port}/" not in address
    assert "/rdit?token=" in address
    assert requests.get(address, timeout=30).status_code == 200


def test_help_is_for_a_person(capsys):
    with pytest.raises(SystemExit) as ended:
        arguments(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert len(said.splitlines()) < 40
    for option in ("--port", "--ip", "--no-browser", "--version", "--help-all", "script.py"):
        assert option in said


def test_help_all_has_every_setting(here, environment):
    answer = finished(here, environment, "--help-all")
    assert "--RditApp.max_sessions" in answer.stdout
    assert "--ServerApp.root_dir" in answer.stdout


def test_version_is_one_line(capsys):
    with pytest.raises(SystemExit):
        arguments(["--version"])
    assert re.fullmatch(r"rdit \S+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["nowhere"], "there is no nowhere; a new script's name ends in .py"),
        (["no/folder.py"], "there is no folder"),
        (["a.py", "b.py"], "expected one script or folder, got a.py and b.py"),
        (["--port", "many"], "argument --port: expected a number from 0 to 65535, got many"),
        (["--port", "70000"], "argument --port: expected a number from 0 to 65535, got 70000"),
        (["--ServerApp.root_dir=/nowhere", "new.py"], "is not in the server's root /nowhere"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(here, capsys, typed, said):
    with pytest.raises(SystemExit) as ended:
        arguments(typed)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_arguments_are_made_into_those_of_the_server(here):
    (here / "sub").mkdir()
    (here / "s.py").touch()
    root = f"--ServerApp.root_dir={here}"
    edit = "--RditApp.default_url=/rdit/edit"
    assert arguments([]) == []
    assert arguments(["s.py"]) == [root, f"{edit}/s.py"]
    assert arguments(["sub/../s.py"]) == [root, f"{edit}/s.py"]
    assert arguments(["sub"]) == [f"{root}/sub"]
    assert arguments(["sub/ü.py"]) == [root, f"{edit}/sub/%C3%BC.py"]
    assert arguments(["s.py", f"--ServerApp.root_dir={here.parent}"]) == [
        f"--ServerApp.root_dir={here.parent}",
        f"{edit}/here/s.py",
    ]
    assert arguments(["--port=9", "--ip", "::1", "--no-browser", "--debug"]) == [
        "--debug",
        "--ServerApp.port=9",
        "--ServerApp.ip=::1",
        "--ServerApp.open_browser=False",
    ]


def test_a_script_elsewhere_is_opened_in_its_own_folder(here, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    assert arguments([str(other / "a.py")]) == [
        f"--ServerApp.root_dir={other}",
        "--RditApp.default_url=/rdit/edit/a.py",
    ]


@pytest.mark.parametrize(
    ("ip", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("", False)],
)
def test_only_an_address_of_this_machine_is_open_to_root_unasked(ip, expected):
    assert is_loopback(ip) is expected


@pytest.mark.skipif(getattr(os, "geteuid", lambda: -1)() != 0, reason="only root is asked")
def test_root_at_another_address_is_asked_to_mean_it(here, environment):
    answer = finished(here, environment, "--ip=0.0.0.0", "--no-browser")
    assert answer.returncode == 1
    assert "--allow-root" in answer.stderr


def test_jupyter_server_finds_the_extension(here, environment, tmp_path):
    config = tmp_path / "config"
    config.mkdir()
    (config / "jupyter_server_config.json").write_text(
        json.dumps({"ServerApp": {"jpserver_extensions": {"rdit_ext": True}}})
    )
    answer = subprocess.run(
        [sys.executable, "-m", "jupyter", "server", "extension", "list"],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = answer.stdout + answer.stderr
    assert re.search(r"rdit_ext \S+ .*OK", said), said
