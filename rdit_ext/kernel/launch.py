"""Why a kernel could not start: a port in use, or what its command prints when it is run again.

It knows programs and sockets; it knows neither sessions nor the messages to a kernel. A kernel
inherits the server's own stdout and stderr, so what it printed cannot be read afterwards. But what
keeps a program from starting is usually still there a moment later, and prints the same again.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

from jupyter_client.connect import write_connection_file
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

# Seconds until a command that has neither started nor failed is killed.
_PATIENCE = 5.0
_LINES = 20
_CHARACTERS = 4000
# Warnings that every ipykernel prints, whether it starts or not.
_USUAL = re.compile(r"^\[IPKernelApp\] WARNING \| (Kernel is running over TCP|No such comm)")
_CHANNELS = ("shell", "iopub", "stdin", "hb", "control")


@dataclass(frozen=True)
class Launch:
    """How a kernel was started on this machine: its command, environment, folder and ports."""

    command: list[str]
    connection_file: str
    folder: str | None
    environment: dict[str, str]
    ip: str
    # By channel; empty where the transport is not TCP.
    ports: dict[str, int]

    @classmethod
    def of(cls, manager: Any) -> Launch | None:
        """How this manager started its kernel; None if no local process was started by it."""
        arguments = getattr(manager, "_launch_args", None)
        if not isinstance(manager.provisioner, LocalProvisioner) or not isinstance(arguments, dict):
            return None
        environment = {**(arguments.get("env") or os.environ)}
        for name, value in ((manager.kernel_spec and manager.kernel_spec.env) or {}).items():
            environment[name] = Template(value).safe_substitute(environment)
        is_tcp = getattr(manager, "transport", "tcp") == "tcp"
        return cls(
            command=manager.format_kernel_cmd(),
            connection_file=os.path.realpath(manager.connection_file),
            folder=arguments.get("cwd"),
            environment=environment,
            ip=manager.ip,
            ports={c: getattr(manager, f"{c}_port") for c in _CHANNELS} if is_tcp else {},
        )

    def taken_ports(self) -> dict[str, int]:
        """The kernel's ports, by channel, that another program is bound to. Call it when the kernel
        has ended."""
        return {channel: port for channel, port in self.ports.items() if _is_taken(self.ip, port)}

    def last_words(self) -> str:
        """The last 20 lines that the command writes to stderr when it is run once more, with a
        connection file of its own. Blocks for up to 5 s: call it in a thread."""
        with TemporaryDirectory(prefix="rdit-") as folder, TemporaryFile() as said:
            connection, _ = write_connection_file(os.path.join(folder, "connection.json"))
            try:
                process = subprocess.Popen(
                    [part.replace(self.connection_file, connection) for part in self.command],
                    cwd=self.folder,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    start_new_session=True,
                )
            except OSError as error:
                return str(error)
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                _end(process)
            said.seek(0)
            text = said.read().decode(errors="replace")
        lines = [line for line in text.splitlines() if line.strip() and not _USUAL.match(line)]
        return "\n".join(lines[-_LINES:])[-_CHARACTERS:]

    def explain(self, words: str) -> str:
        """A sentence on what to do about these lines of stderr; "" where that is not known."""
        for file in re.findall(r'File "([^"]+)", line', words):
            path = Path(file)
            is_beside = self.folder is not None and path.parent == Path(self.folder)
            if is_beside and path.stem in sys.stdlib_module_names:
                return (
                    f"{path.name} in the script's folder is imported in place of Python's own"
                    f" module {path.stem}: rename it."
                )
        if "No module named ipykernel" in words or "No module named 'ipykernel" in words:
            return f"Install ipykernel for {self.command[0]}."
        return ""


def _is_taken(ip: str, port: int) -> bool:
    if not port:
        return False
    with socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET) as found:
        if os.name != "nt":
            # Without it a port in TIME_WAIT, of connections that the kernel has just closed, counts
            # as taken.
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((ip, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        # It leads a process group of its own (`start_new_session`), with all that it started. A
        # race: it may have ended just now.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
