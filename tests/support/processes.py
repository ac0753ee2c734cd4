"""A Jupyter server in a process of its own, which shares nothing with the machine's Jupyter.

Its configuration, data, run files and settings of IPython are in a folder of the test.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil

from .waiting import wait_for

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with reserved_port() as port:
        return port


@contextlib.contextmanager
def reserved_port() -> Iterator[int]:
    """A port that nobody else is handed meanwhile. The socket stays bound and never listens:
    tornado and node set SO_REUSEADDR too, and can bind it."""
    with socket.socket() as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", 0))
        yield int(found.getsockname()[1])


def clean_environment() -> dict[str, str]:
    """That of the tests, without what leads to the machine's Jupyter, and with this checkout."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("JUPYTER", "JPY")) and k not in ("COLUMNS", "LINES")
    }
    return {**kept, "PYTHONPATH": str(ROOT)}


class JupyterServer:
    """`jupyter server` with these extensions on the scripts in `root`, ended by `close`.

    `home` gets its configuration. It has the address `url`, with a slash at its end.
    """

    def __init__(
        self,
        home: Path,
        root: Path,
        base_url: str,
        token: str,
        settings: Iterable[str] = (),
        environment: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        extensions: Iterable[str] = ("rdit_ext",),
        port: int = 0,
    ):
        self.root = root
        self.base_url = base_url
        self.token = token
        self.log = home / "server.log"
        self._ended = False
        config = home / "config"
        config.mkdir(parents=True, exist_ok=True)
        enabled = dict.fromkeys(extensions, True)
        if "jupyterlab" not in enabled:
            # It is enabled where it is installed: pages would start language servers.
            enabled.setdefault("jupyter_lsp", False)
        with reserved_port() as free:
            self.port = port or free
            self._start(
                [
                    f"--ServerApp.base_url={base_url}",
                    f"--ServerApp.root_dir={root}",
                    f"--ServerApp.jpserver_extensions={enabled}",
                    f"--IdentityProvider.token={token}",
                    *settings,
                ],
                {
                    "JUPYTER_CONFIG_DIR": str(config),
                    "JUPYTER_DATA_DIR": str(home / "data"),
                    "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
                    "IPYTHONDIR": str(home / "ipython"),
                    **dict(environment),
                },
            )

    def _start(self, settings: list[str], environment: dict[str, str]) -> None:
        """Start it, and return when it listens."""
        with self.log.open("wb") as log:
            self.process = psutil.Popen(
                [
                    *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
                    f"--ServerApp.port={self.port}",
                    "--ServerApp.port_retries=0",
                    "--ServerApp.ip=127.0.0.1",
                    *settings,
                ],
                cwd=self.root,
                env={**clean_environment(), **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(self.listens, "the server")
        except AssertionError:
            self.close()
            raise AssertionError(self.log.read_text()[-4000:]) from None

    def url(self, path: str = "rdit", port: int | None = None) -> str:
        """The address of a path below the base URL; of another port's by way of a proxy."""
        return f"http://127.0.0.1:{port or self.port}{self.base_url}{path}"

    def listens(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-4000:]
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return False
        return True

    def close(self) -> None:
        """End it, and see that no kernel of it is left. A no-op if it has ended."""
        if self._ended:
            return
        self._ended = True
        left: list[Any] = []
        if self.process.poll() is None:
            left = self.process.children(recursive=True)
            self.process.terminate()
        try:
            self.process.wait(60)
        except psutil.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _, alive = psutil.wait_procs(left, timeout=15)
        for process in alive:
            process.kill()
        assert alive == [], "kernels outlived the server"
