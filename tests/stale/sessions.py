"""Processes in which a script runs, or parts of it one after the other.

They are forks of one that has imported what scripts import, each with a bare runtime of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import select
import signal
import sys
import tempfile
import time
import types
from pathlib import Path
from typing import Any

from rdit_ext import runtime
from tests.support.bare import BareHost

Event = dict[str, Any]
# Seconds until a session counts as hung, as after an edit of a loop's end.
_PATIENCE = 20.0


class Hung(Exception):
    """The script did not come to its end."""


class _Host(BareHost):
    def format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of a figure the digest of its picture."""
        if type(value).__name__ == "Figure" and hasattr(value, "savefig"):
            if not value.axes:
                return {}, {}
            picture = io.BytesIO()
            value.savefig(picture, format="png", dpi=40)
            digest = hashlib.sha1(picture.getvalue()).hexdigest()
            return {"image/png": digest, "text/plain": "figure"}, {}
        return super().format(value)


class Session:
    """A process that has run nothing yet, in a folder of its own with a copy of these files."""

    def __init__(self, files: dict[str, bytes]) -> None:
        requests, self._ask = os.pipe()
        self._answers, answers = os.pipe()
        self._text = b""
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._ask)
                os.close(self._answers)
                _serve(requests, answers, files)
            finally:
                os._exit(1)
        os.close(requests)
        os.close(answers)

    def run(self, script: str, lines: tuple[int, int] | None = None) -> list[Event]:
        """The events of a run, which goes on after errors.

        Raises:
            Hung: the script did not end, or has ended its process.
        """
        request: dict[str, Any] = {"script": script, "stopOnError": False}
        if lines is not None:
            request["lineRange"] = {"from": lines[0], "to": lines[1]}
        os.write(self._ask, json.dumps(request).encode() + b"\n")
        until = time.monotonic() + _PATIENCE
        while b"\n" not in self._text:
            ready, _, _ = select.select([self._answers], [], [], max(0, until - time.monotonic()))
            part = os.read(self._answers, 1 << 20) if ready else b""
            if not part:
                raise Hung
            self._text += part
        line, _, self._text = self._text.partition(b"\n")
        events: list[Event] = json.loads(line)
        return events

    def close(self) -> None:
        os.close(self._ask)
        os.close(self._answers)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _serve(requests: int, answers: int, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, content in files.items():
            Path(name).write_bytes(content)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for descriptor in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
        script = types.ModuleType("__main__")
        sys.modules["__main__"] = script
        host = _Host(script.__dict__)
        runtime.install(host)
        with os.fdopen(requests, encoding="utf-8") as lines:
            for line in lines:
                asked = json.loads(line)
                host.asked = {"run": "run", "path": os.path.join(folder, "script.py"), **asked}
                host.events = []
                asyncio.run(runtime.run())
                text = json.dumps(host.events).replace(folder, "FOLDER")
                answer = text.encode() + b"\n"
                while answer:
                    answer = answer[os.write(answers, answer) :]
