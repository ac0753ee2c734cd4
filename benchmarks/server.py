"""What the benchmarks run on: a real Jupyter server, a client of a session, a bare kernel.

The bare kernel is the baseline: one `execute_request` per statement through jupyter_client, which
is how notebooks, nbclient and the peers execute.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import websocket
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel


@contextlib.contextmanager
def jupyter_server(root: Path | None = None, *settings: str) -> Iterator[Server]:
    """A `jupyter server` with rdit in it and these settings, on a free port of 127.0.0.1, in a
    folder of its own."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rdit-bench-")))
        root = root or home / "root"
        root.mkdir(exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        token = secrets.token_hex(16)
        env = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
        env |= {
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
        }
        log = stack.enter_context(open(home / "log", "wb"))
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
                *("--ip=127.0.0.1", f"--port={port}", f"--IdentityProvider.token={token}"),
                f"--ServerApp.root_dir={root}",
                "--ServerApp.jpserver_extensions={'rdit_ext': True}",
                *settings,
            ],
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            server = Server(port, token)
            deadline = time.monotonic() + 60
            while not server.is_up():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        "The server did not start:\n" + (home / "log").read_text()[:4000]
                    )
                time.sleep(0.05)
            yield server
        finally:
            process.terminate()
            process.wait(20)


class Server:
    """Where the server is, and how to reach it."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token
        self.url = f"http://127.0.0.1:{port}"

    def is_up(self) -> bool:
        try:
            return urllib.request.urlopen(self.url + "/rdit/health", timeout=2).status == 200
        except OSError:
            return False

    @contextlib.contextmanager
    def session(self, name: str) -> Iterator[Session]:
        """A websocket on the session of this name, its kernel warm."""
        connection = websocket.create_connection(
            f"ws://127.0.0.1:{self.port}/rdit/ws?session={name}",
            header=[f"Authorization: token {self.token}"],
            sockopt=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            # It checks UTF-8 a byte at a time in Python: 60 of 100 ms for a run of 1000 statements.
            # The decoder of the events checks it too, and so does a browser, in no time.
            skip_utf8_validation=True,
            timeout=120,
        )
        try:
            session = Session(connection)
            session.run("1")
            yield session
        finally:
            connection.close()


class Session:
    """A viewer that runs scripts and waits for their end."""

    def __init__(self, connection: websocket.WebSocket) -> None:
        self.connection = connection
        # Of what came.
        self.bytes = 0
        connection.send(json.dumps({"type": "attach", "since": 0}))

    def run(self, script: str, **limits: int) -> tuple[float, list[dict[str, Any]]]:
        """Seconds from the request to the run's `done`, and the run's events. `limits`: `maxText`
        or `maxDisplays`."""
        run = secrets.token_hex(6)
        events: list[dict[str, Any]] = []
        start = time.perf_counter()
        self.connection.send(json.dumps({"type": "run", "run": run, "script": script, **limits}))
        while True:
            data = self.connection.recv()
            self.bytes += len(data)
            batch = msgspec.json.decode(data)
            batch = [event for event in batch if event.get("run") == run]
            events += [event for event in batch if event["type"] != "session"]
            # The session that is idle again may follow in the same frame.
            if events and events[-1]["type"] == "done":
                return time.perf_counter() - start, events

    def query(self, method: str, params: dict[str, Any]) -> float:
        """Seconds from a question to its answer."""
        name = secrets.token_hex(6)
        request = {"type": "query", "id": name, "method": method, "params": params}
        start = time.perf_counter()
        self.connection.send(json.dumps(request))
        while True:
            for event in msgspec.json.decode(self.connection.recv()):
                if event["type"] == "answer" and event["id"] == name:
                    if "result" not in event:
                        raise RuntimeError(event["error"]["message"])
                    return time.perf_counter() - start


@contextlib.contextmanager
def bare_kernel() -> Iterator[BlockingKernelClient]:
    """A client of an IPython kernel without rdit."""
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def execute(client: BlockingKernelClient, code: str) -> float:
    """Seconds for one `execute_request`: until its reply came and the kernel is idle."""
    start = time.perf_counter()
    message = client.execute(code)
    while client.get_shell_msg(timeout=60)["parent_header"].get("msg_id") != message:
        pass
    while True:
        said = client.get_iopub_msg(timeout=60)
        is_ours = said["parent_header"].get("msg_id") == message
        if is_ours and said["content"].get("execution_state") == "idle":
            return time.perf_counter() - start
