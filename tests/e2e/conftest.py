"""A real server with real kernels, a real browser, and a wire between them that can be cut.

Nothing here is shared with the machine's own Jupyter: configuration, data and run files are the
test's.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import re
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from filelock import FileLock

from tests.support.processes import ROOT, JupyterServer
from tests.support.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

TOKEN = "a-token-of-the-tests"
# A page that waits too little for a slow machine's answer would look for Python elsewhere.
PATIENT = """
    const { timeout } = AbortSignal;
    AbortSignal.timeout = milliseconds => timeout.call(AbortSignal, 20 * milliseconds);
"""
# Nothing that it does by itself, and no shared memory, of which a container has little.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# Of the windows of the harness
SIZE = {"width": 1200, "height": 800}
# What a test types stays out of the file until it saves; tests of saving set this aside.
UNSAVED = """
    if (location.protocol.startsWith("http"))
        for (const name of ["rdit.autosave", "rdit.saveOnRun"])
            if (localStorage.getItem(name) === null) localStorage.setItem(name, "false");
"""


# In place of those of pytest-jupyter, which make an event loop for every test: the browser has one.
@pytest.fixture(autouse=True)
def jp_asyncio_loop() -> None: ...


@pytest.fixture(autouse=True)
def jp_server_cleanup() -> None: ...


class Server(JupyterServer):
    """`jupyter server` with rdit, below a base URL, on a folder of scripts."""

    def ask(self, method: str, path: str) -> Any:
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(self.url(path), method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or "null")

    def send(self, method: str, path: str, body: Any) -> Any:
        headers = {"Authorization": f"token {self.token}", "Content-Type": "application/json"}
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.url(path), data, headers, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read() or "null")

    def end_sessions(self) -> None:
        """Two dozen kernels at a time are too many."""
        for session in self.ask("GET", "rdit/sessions"):
            self.ask("DELETE", f"rdit/sessions/{session['id']}")

    @property
    def settings_file(self) -> Path:
        return self.log.parent / "config/rdit/settings.json"

    def forget_settings(self) -> None:
        """What a test has set is not for the next one."""
        self.settings_file.unlink(missing_ok=True)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path


@contextmanager
def running_server(
    home: Path, root: Path, *options: str, port: int = 0, extensions: Iterable[str] = ("rdit_ext",)
) -> Iterator[Server]:
    """A server with these options, while the block lasts. `home` has its configuration."""
    if not (ROOT / "rdit_ext/static/page.js").exists():
        pytest.fail("the page is not built: make build")
    environment = {"HOME": str(home)}
    server = Server(home, root, "/a/b/", TOKEN, options, environment, extensions, port)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home, root = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("scripts")
    with running_server(home, root) as server:
        yield server


class Wire:
    """A TCP proxy: the browser's only way to the server, which can be cut and mended."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.is_cut = False
        self._pairs: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        with self._lock:
            self.is_cut = True
            for sock in self._pairs:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                if self.is_cut:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.target))
                self._pairs |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for sock in (source, sink):
            with self._lock:
                self._pairs.discard(sock)
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    wire = Wire(server.port)
    yield wire
    wire.close()


# Of a module, not of the session: while it lives an event loop runs in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=PATIENCE * 1000)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=CHROMIUM,
        )
        yield browser
        browser.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # Of the process, or of all processes of pytest-xdist: they find it built.
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "harness"
    config = ROOT / "tests/e2e/harness/vite.config.ts"
    command = ["npx", "vite", "build", "--config", str(config), "--outDir", str(folder)]
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            subprocess.run([*command, "--logLevel", "error"], cwd=ROOT, check=True)
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def open_page(browser: Any, harness: str) -> Iterator[Callable[..., Any]]:
    pages = []
    errors: list[str] = []

    def open_page(query: str, **options: Any) -> Any:
        page = browser.new_page(viewport=options.pop("viewport", SIZE), **options)
        pages.append(page)
        page.set_default_timeout(PATIENCE * 1000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{harness}?{query}")
        page.wait_for_function("window.ready", timeout=60_000)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert errors == []


class Gate:
    """Holds a script where it says `wait`, until it is opened."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def wait(self) -> str:
        """A line of Python."""
        there = f"__import__('os').path.exists({str(self._path)!r})"
        return f"while not {there}: __import__('time').sleep(0.02)"

    def open(self) -> None:
        self._path.touch()


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "open")


class Hold:
    """Requests of a page that wait until they are released, as if a network were slow. `is_old`:
    what they bring is as it was when they were made."""

    def __init__(self, page: Page, url: str | re.Pattern[str], *, is_old: bool = False) -> None:
        self._page = page
        self._is_old = is_old
        self._is_over = False
        self._held: list[Callable[[], None]] = []
        page.route(url, self._hold)

    def _hold(self, route: Route) -> None:
        if self._is_over:
            route.continue_()
        elif self._is_old:
            response = route.fetch()
            self._held.append(lambda: route.fulfill(response=response))
        else:
            self._held.append(route.continue_)

    def wait(self) -> None:
        """Until there is one."""
        while not self._held:
            self._page.wait_for_timeout(10)

    def stop(self) -> None:
        """Those that are made from now on pass."""
        self._is_over = True

    def release(self) -> None:
        self.stop()
        for pass_on in self._held:
            pass_on()


def frames(page: Page) -> None:
    """Until what has just come is shown."""
    for _ in range(3):
        page.evaluate("() => new Promise(requestAnimationFrame)")


@dataclass
class Tab:
    """One page of rdit in a browser of its own, and what that browser complained of."""

    page: Page
    server: Server
    port: int
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, text: str | None = None) -> Tab:
        """The editor on a script, written first if its text is given, with its kernel ready."""
        if text is not None:
            self.server.write(path, text)
        self.go(f"rdit/edit/{path}")
        self.page.wait_for_selector(".cm-content")
        self.wait_for_state("idle")
        assert self.page.locator(".rdit-page").get_attribute("data-backend") == "server"
        return self

    def go(self, path: str) -> None:
        sign = "&" if "?" in path else "?"
        self.page.goto(f"{self.server.url(path, self.port)}{sign}token={TOKEN}")

    def wait_for_state(self, state: str) -> None:
        self.page.wait_for_selector(f'.rdit-page[data-state="{state}"]')

    def command(self, name: str) -> Any:
        return self.page.locator(f'button[data-command="rdit:{name}"]')

    def result(self, line: int) -> Any:
        return self.page.locator(f'.rdit-result[data-line-start="{line}"]')

    def output(self, line: int) -> Any:
        return self.result(line).locator(".rdit-output")

    def go_to_line(self, line: int) -> None:
        self.page.locator(".cm-content").focus()
        self.page.keyboard.press("Control+Home")
        for _ in range(line - 1):
            self.page.keyboard.press("ArrowDown")

    def notice(self, name: str) -> Any:
        return self.page.locator(f'.rdit-banner[data-notice="{name}"]')

    def reconnect(self) -> None:
        """At once: the longer the server was away, the later the page tries again by itself."""
        self.page.evaluate("dispatchEvent(new Event('online'))")

    def close(self, *, forgive: bool = False) -> None:
        """Before its server ends, or (`forgive`) so that it can complain of nothing more."""
        self.page.context.close()
        if forgive:
            self.complaints.clear()

    @property
    def status(self) -> Any:
        return self.page.locator(".rdit-statusbar")

    def text(self) -> str:
        """The document of the editor, as far as it is in view."""
        return "\n".join(self.page.locator(".cm-content > .cm-line").all_text_contents())


@pytest.fixture
def new_tab(server: Server, browser: Browser) -> Iterator[Callable[..., Tab]]:
    """Tabs; at the end none may have complained of anything that its test did not expect."""
    tabs: list[Tab] = []

    def make(port: int | None = None, *, saves: bool = False, **options: Any) -> Tab:
        context = browser.new_context(viewport={"width": 1200, "height": 800}, **options)
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(PATIENT)
        if not saves:
            context.add_init_script(UNSAVED)
        page = context.new_page()
        tab = Tab(page, server, port or server.port)
        page.on("pageerror", lambda error: tab.complaints.append(f"{error}\n{error.stack}"))
        page.on(
            "console",
            lambda said: (
                tab.complaints.append(said.text) if said.type in ("error", "warning") else None
            ),
        )
        tabs.append(tab)
        return tab

    yield make
    for tab in tabs:
        tab.page.context.close()
    server.end_sessions()
    server.forget_settings()
    assert [tab.complaints for tab in tabs] == [[] for _ in tabs]


@pytest.fixture
def tab(new_tab: Callable[..., Tab]) -> Tab:
    return new_tab()
