"""A live kernel with the runtime in it, and what a run in it sends: for tests, and by hand.

Plays the server's part of the link: boots the runtime from its sources, sends one request a run,
gathers `rdit_events`. Knows nothing of `rdit_ext.kernel.client`.
"""

from __future__ import annotations

import os
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

RUNTIME = Path(__file__).parents[2] / "rdit_ext" / "runtime"
Event = dict[str, Any]


def sources() -> dict[str, str]:
    """The modules of the runtime as they are sent."""
    return {
        path.stem: path.read_text()
        for path in sorted(RUNTIME.glob("*.py"))
        if "pyodide" not in path.stem
    }


class Kernel:
    """One kernel process. `messages` holds what came on iopub that is not an event of ours."""

    def __init__(self, cwd: str | Path | None = None, kernel_name: str = "python3", **options: Any):
        environment = dict(os.environ)
        for name in (
            "PYTEST_CURRENT_TEST",
            "MPLBACKEND",
            "PYTHONUNBUFFERED",
            # Of the tests' own terminal.
            "COLUMNS",
            "LINES",
        ):
            environment.pop(name, None)
        self.manager, self.client = start_new_kernel(
            kernel_name=kernel_name, cwd=str(cwd) if cwd else None, env=environment, **options
        )
        self.messages: list[dict[str, Any]] = []
        self._count = self._presses = 0
        # As the runtime's `crash_marker.py` lays it out.
        self._marker, name = tempfile.mkstemp(prefix="rdit-test-")
        os.truncate(self._marker, 1024)
        rdit = {"modules": sources(), "marker": name}
        self.request((RUNTIME / "boot.py").read_text(), rdit)
        os.unlink(name)
        # As the server does: it tells that this end of the channel for questions is there.
        self.client.input("")

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        os.close(self._marker)

    def interrupt(self, is_lost: bool = False) -> None:
        """Press Stop: noted, signalled (or not, as if that had gone astray), and asked about beside
        the run."""
        self._presses += 1
        run = f"run-{self._count}".encode()
        for at, data in (
            (512, b"\0"),
            (513, struct.pack("<H", len(run)) + run),
            (512, bytes([self._presses])),
        ):
            os.pwrite(self._marker, data, at)
        if not is_lost:
            self.manager.interrupt_kernel()
        query = {"id": "interrupt", "method": "interrupted", "params": {}}
        self.client.control_channel.send(self.client.session.msg("rdit_query", query))

    def kept(self) -> bytes:
        """The shared file, in which the server would look if the process were dead now."""
        return os.pread(self._marker, os.fstat(self._marker).st_size, 0)

    def execute(self, code: str) -> dict[str, Any]:
        """A plain request, as a notebook would send it; its reply."""
        message = self.client.execute(code, silent=False, store_history=False)
        return self._reply(message, 30)

    def request(self, code: str, rdit: dict[str, Any] | None = None, **options: Any) -> Any:
        """A request of ours, answered."""
        message = self.send(code, rdit, **options)
        reply = self._reply(message, 30)
        assert reply["status"] == "ok", "\n".join(reply.get("traceback", []))
        return reply

    def send(self, code: str, rdit: dict[str, Any] | None = None, allow_stdin: bool = False) -> str:
        content = {
            "code": code,
            "silent": True,
            "store_history": False,
            "allow_stdin": allow_stdin,
            "stop_on_error": False,
            "user_expressions": {},
            "rdit": rdit or {},
        }
        message = self.client.session.msg("execute_request", content)
        self.client.shell_channel.send(message)
        return str(message["header"]["msg_id"])

    def start(self, script: str | None = None, allow_stdin: bool = False, **request: Any) -> str:
        """Begin a run; the id of its request."""
        self._count, self._presses = self._count + 1, 0
        rdit = {"run": f"run-{self._count}", "path": "", **request}
        if script is not None:
            rdit["script"] = script
        code = "await __import__('sys').modules['_rdit'].run()"
        return self.send(code, rdit, allow_stdin)

    def run(self, script: str | None = None, timeout: float = 60, **request: Any) -> list[Event]:
        """The events of a run, all of them."""
        message = self.start(script, **request)
        events = list(self.events(timeout))
        reply = self._reply(message, timeout)
        assert reply["status"] == "ok", "\n".join(reply.get("traceback", []))
        return events

    def events(self, timeout: float = 60) -> Iterator[Event]:
        """Events as they come, up to the end of the run."""
        while True:
            for event in self.batch(timeout):
                yield event
                if event["type"] == "done":
                    return

    def batch(self, timeout: float = 60) -> list[Event]:
        """The events of the next message that has any."""
        deadline = time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["msg_type"] == "rdit_events":
                events: list[Event] = message["content"]["events"]
                return events
            if message["msg_type"] != "rdit_answer":
                self.messages.append(message)

    def until(self, holds: Callable[[Event], bool], timeout: float = 60) -> list[Event]:
        """The events up to the batch with the first one that fulfils the condition."""
        seen: list[Event] = []
        deadline = time.monotonic() + timeout
        while not any(map(holds, seen)):
            seen += self.batch(deadline - time.monotonic())
        return seen

    def query(self, method: str, timeout: float = 60, /, **params: Any) -> Any:
        """What the runtime answers to this method."""
        asked = {"id": f"query-{time.monotonic_ns()}", "method": method, "params": params}
        self.client.control_channel.send(self.client.session.msg("rdit_query", asked))
        deadline = time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            answer = message["content"]
            if message["msg_type"] == "rdit_answer" and answer["id"] == asked["id"]:
                assert "error" not in answer, answer
                return answer["result"]

    def reset(self) -> None:
        self.request("await __import__('sys').modules['_rdit'].reset()")

    def _reply(self, message: str, timeout: float) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.01, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == message:
                content: dict[str, Any] = reply["content"]
                return content
