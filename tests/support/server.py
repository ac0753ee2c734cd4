"""A real server with rdit, and two ways to talk to it: HTTP, and websockets of viewers."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path
from urllib.parse import urlencode

import requests
import websocket

from .processes import JupyterServer
from .waiting import PATIENCE, wait_for

# Odd on purpose: it finds every address that is put together without it.
BASE_URL = "/a%40b/"


class Server(JupyterServer):
    """Started with these settings, ended by `close`."""

    def __init__(self, folder: Path, settings=(), environment=(), extensions=("rdit_ext",)):
        files = folder / "files"
        files.mkdir()
        self.http = requests.Session()
        self.http.trust_env = False
        super().__init__(
            folder / "jupyter",
            files,
            BASE_URL,
            secrets.token_hex(8),
            [
                "--ServerApp.reraise_server_extension_failures=True",
                "--ServerApp.terminals_enabled=False",
                *settings,
            ],
            environment,
            extensions,
        )
        self.origin = f"http://127.0.0.1:{self.port}"
        self.base = self.url("")
        self.http.headers["Authorization"] = f"token {self.token}"
        wait_for(lambda: self.get("health").status_code == 200, "the server's answer")

    def close(self):
        super().close()
        self.http.close()

    # ---- HTTP

    def request(self, method, path, **options):
        return self.http.request(method, f"{self.base}rdit/{path}", timeout=PATIENCE, **options)

    def get(self, path):
        return self.request("GET", path)

    def post(self, where, **body):
        return self.request("POST", where, json=body)

    def run(self, script, session, **body):
        """The answer to execute-script."""
        answer = self.post("execute-script", script=script, session=session, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def text(self, script, session, **body):
        """All that the script's statements put out, as text."""
        results = self.run(script, session, **body)["results"]
        return "".join(output["text"] for result in results for output in result["output"])

    def stream(self, script, session, **body):
        """A response whose lines are events as they come."""
        return self.request(
            "POST",
            "execute-script",
            json={"script": script, "session": session, **body},
            headers={"Accept": "application/x-ndjson"},
            stream=True,
        )

    def jupyter(self, method, path, **options):
        """Jupyter's own API."""
        url = f"{self.base}api/{path}"
        return self.http.request(method, url, timeout=PATIENCE, **options)

    def kernels(self):
        # 404: one of them ended while Jupyter was listing them.
        answer = wait_for(
            lambda: (got := self.jupyter("GET", "kernels")).status_code != 404 and got,
            "the kernels are listed",
        )
        return [kernel["id"] for kernel in answer.json()]

    def session(self, name):
        answer = self.get(f"sessions/{name}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pid(self, session):
        """The process id of the session's kernel."""
        text = self.text("__import__('os').getpid()", session)
        assert text.strip().isdigit(), text
        return int(text)

    # ---- websocket

    def viewer(self, attach=True, **where):
        """A viewer of `session=` or `path=`."""
        viewer = Viewer(self, where)
        if attach:
            viewer.attach()
        return viewer


class Viewer:
    """One connection to a session. It keeps every event that came."""

    def __init__(self, server, where):
        self.socket = websocket.create_connection(
            f"{server.base.replace('http', 'ws', 1)}rdit/ws?{urlencode(where)}",
            header=[f"Authorization: token {server.token}"],
            timeout=PATIENCE,
            http_proxy_host=None,
        )
        self.events = []
        # How many of them `until` has looked at: what it waits for may have come with another.
        self._seen = 0
        self.seq = 0
        self.log = ""
        # Of all frames that came.
        self.bytes = 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.close()

    def send(self, type, **request):
        self.socket.send(json.dumps({"type": type, **request}))

    def attach(self, since=0, log=""):
        self.send("attach", since=since, log=log)
        return self.until("attached")

    def receive(self):
        """Take one more frame. Pings count too, for each begins the socket's time-out anew."""
        code, data = self.socket.recv_data_frame(control_frame=True)
        assert code != websocket.ABNF.OPCODE_CLOSE, "the server closed the connection"
        if code != websocket.ABNF.OPCODE_TEXT:
            return
        self.bytes += len(data.data)
        frame = json.loads(data.data)
        assert isinstance(frame, list)
        self.events += frame
        for event in frame:
            if event["type"] == "attached":
                self.log = event["log"]
                self.seq = event["since"]
            elif event.get("seq"):
                assert event["seq"] > self.seq, (self.seq, event)
                self.seq = event["seq"]

    def until(self, type, *, patience=PATIENCE, **fields):
        """The next event of this type with these fields; all before it are kept in `events`."""
        wanted = {"type": type, **fields}
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            while self._seen < len(self.events):
                event = self.events[self._seen]
                self._seen += 1
                if wanted.items() <= event.items():
                    return event
                refused = {event.get(key) for key in ("run", "id")} - {None}
                if event["type"] == "error" and refused & set(fields.values()):
                    raise AssertionError(f"{wanted} was refused: {event}")
            self.receive()
        raise AssertionError(
            f"{wanted} did not come in {patience} s: {str(self.events[-8:])[-4000:]}"
        )

    def run(self, script, run=None, *, patience=PATIENCE, **request):
        """Its `done` event."""
        run = run or secrets.token_hex(4)
        self.send("run", run=run, script=script, **request)
        return self.until("done", run=run, patience=patience)

    def query(self, method, /, **params):
        """The answer to this query: its `result`, or its `error`."""
        id = self.ask(method, **params)
        return self.until("answer", id=id)

    def ask(self, method, /, **params):
        """Send a query; its id."""
        id = secrets.token_hex(4)
        self.send("query", id=id, method=method, params=params)
        return id

    def of(self, run):
        """What came of one run, without numbers and times."""
        return [
            plain(event)
            for event in self.events
            if event.get("run") == run and event["type"] != "session"
        ]

    def text(self, run):
        """All text that the run put out."""
        return "".join(
            event["output"]["text"]
            for event in self.events
            if event.get("run") == run and event["type"] == "output"
        )


def plain(event):
    return {key: value for key, value in event.items() if key not in ("seq", "elapsed")}
