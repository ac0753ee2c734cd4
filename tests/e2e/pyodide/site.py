"""A web server on a folder, as plain as they come: its pages isolated by headers, or not."""

from __future__ import annotations

import functools
import http.server
import threading
from pathlib import Path
from typing import Any

ISOLATING = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "credentialless",
}


class Site:
    """Serves until closed. `asked` are the paths that were asked for; those with `slow` in them are
    answered once `gate` is open."""

    def __init__(self, folder: Path, isolated: bool = False, headers: dict[str, str] | None = None):
        self.asked: list[str] = []
        self.gate = threading.Event()
        site = self
        sent = {**(ISOLATING if isolated else {}), **(headers or {})}

        class Handler(http.server.SimpleHTTPRequestHandler):
            def end_headers(self) -> None:
                for name, value in sent.items():
                    self.send_header(name, value)
                super().end_headers()

            def do_GET(self) -> None:
                site.asked.append(self.path)
                if "slow" in self.path:
                    site.gate.wait(60)
                if self.path == "/favicon.ico":
                    self.send_response(204)
                    self.end_headers()
                else:
                    super().do_GET()

            def log_message(self, *arguments: Any) -> None: ...

        make = functools.partial(Handler, directory=str(folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), make)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
