"""What outputs cost: bytes and time to show of each entry of the gallery; a stream of text, against
the same from a plain kernel over Jupyter's own websocket; typing while a loop prints beside."""

from __future__ import annotations

import ast
import contextlib
import json
import secrets
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import websocket
from completion import percentile
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from page import CHROMIUM, LISTEN, ROOT
from playwright.sync_api import Page, sync_playwright
from server import Server, jupyter_server

Row = tuple[str, str, str, str, bool] | tuple[str, str, str, str]

# Of the gallery, one below the other, so that each is shown anew. The first also loads libraries
# and chunks.
ROUNDS = 3
# The bytes of a stream in MB, in two statements, as `maxText` is less.
MEGABYTES = 20
STREAM = "line = 'x' * 79\n" + f"for _ in range({MEGABYTES * 1_000_000 // 160}): print(line)\n" * 2
WHOLE = 16_777_216
# Jupyter drops what a kernel says beyond a megabyte a second.
UNLIMITED = "--ZMQChannelsWebsocketConnection.limit_rate=False"
LOOP = """\
n = 0
while True: n += 1; print(f"\\x1b[1;3{n % 8}mline {n}\\x1b[0m of many")

# typed:
"""
KEYS = 100
PAUSE_MS = 40
PROMISED_MS = 50
# From a key until the last change of what a result shows was painted: of its elements, its text,
# its height.
WATCH = """line => {
    const watched = (window.watched = { start: 0, last: 0 });
    const selector = `.rdit-result[data-line-start="${line}"]`;
    const channel = new MessageChannel();
    channel.port1.onmessage = () => (watched.last = performance.now());
    const painted = () =>
        watched.start && requestAnimationFrame(() => channel.port2.postMessage(0));
    const isOurs = node => node instanceof Element && node.closest(selector);
    const observer = new MutationObserver(changes => {
        const changed = changes.flatMap(({ target, addedNodes }) =>
            [target, target.parentElement, ...addedNodes]);
        if (changed.some(isOurs)) painted();
    });
    observer.observe(document.querySelector(".rdit-results"), {
        subtree: true, childList: true, characterData: true, attributeFilter: ["data-status"],
    });
    let height = 0;
    const look = () => {
        if (watched !== window.watched) return observer.disconnect();
        const now = document.querySelector(selector)?.offsetHeight ?? 0;
        if (now !== height) painted();
        height = now;
        requestAnimationFrame(look);
    };
    look();
    addEventListener("keydown", event => (watched.start = event.timeStamp),
        { once: true, capture: true });
}"""
# Milliseconds; null if nothing was shown. Resolves when nothing has changed for a while.
SHOWN = """line => new Promise(resolve => {
    const end = performance.now();
    const wait = () => {
        const { start, last } = window.watched;
        if (performance.now() - Math.max(end, last) < 250) return setTimeout(wait, 20);
        const isShown = document.querySelector(`.rdit-result[data-line-start="${line}"]`);
        resolve(isShown && last ? last - start : null);
    };
    wait();
})"""


@contextlib.contextmanager
def opened(script: str) -> Iterator[tuple[Page, list[str]]]:
    """The page on a script, with its cursor in front, and the frames that it gets."""
    with tempfile.TemporaryDirectory(prefix="rdit-bench-") as folder:
        (Path(folder) / "bench.py").write_text(script)
        with jupyter_server(Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
            page = browser.new_page(viewport={"width": 1400, "height": 800})
            frames: list[str] = []

            def keep(frame: str | bytes) -> None:
                frames.append(frame if isinstance(frame, str) else frame.decode("latin-1"))

            page.on("websocket", lambda socket: socket.on("framereceived", keep))
            page.goto(f"{server.url}/rdit/edit/bench.py?token={server.token}")
            page.wait_for_selector('.rdit-page[data-state="idle"]')
            page.locator(".cm-content").focus()
            page.keyboard.press("Control+Home")
            yield page, frames
            browser.close()


def events(frames: list[str], kind: str) -> list[dict[str, Any]]:
    """The events of this type in frames of rdit's."""
    batches = [json.loads(frame) for frame in frames if frame.startswith("[")]
    return [event for batch in batches for event in batch if event["type"] == kind]


def gallery() -> dict[str, list[tuple[float, int]]]:
    """Of each statement that shows something: milliseconds until it does and bytes, in rounds."""
    script = (ROOT / "examples/gallery.py").read_text()
    lines = script.splitlines()
    body = ast.parse(script).body
    found: dict[str, list[tuple[float, int]]] = {}
    with opened(script * ROUNDS) as (page, frames):
        for turn in range(ROUNDS):
            tell(f"the gallery, {turn + 1} of {ROUNDS}")
            for statement in body:
                line = statement.lineno + turn * len(lines)
                frames.clear()
                page.evaluate(WATCH, line)
                page.keyboard.press("Shift+Enter")
                while not events(frames, "done"):
                    page.wait_for_timeout(5)
                (plan,) = events(frames, "plan")
                if plan["statements"][0]["lineStart"] != line:
                    raise RuntimeError(f"expected line {line}, ran {plan['statements']}")
                shown = page.evaluate(SHOWN, line)
                if shown is not None:
                    what = f"{statement.lineno}: {lines[statement.lineno - 1][:40]}"
                    # What the page asks after the run is no part of it.
                    own = [frame for frame in frames if plan["run"] in frame]
                    size = sum(len(frame.encode()) for frame in own)
                    found.setdefault(what, []).append((shown, size))
    return found


def stream_of_ours(server: Server, **limits: int) -> tuple[float, int]:
    """Seconds and bytes of the stream from a session."""
    with server.session(secrets.token_hex(4)) as session:
        before = session.bytes
        seconds, _ = session.run(STREAM, **limits)
        return seconds, session.bytes - before


def stream_of_jupyter(server: Server) -> tuple[float, int]:
    """The same from a plain kernel, over Jupyter's own websocket of it."""
    headers = {"Authorization": f"token {server.token}", "Content-Type": "application/json"}

    def ask(method: str, path: str, data: bytes | None = None) -> bytes:
        request = urllib.request.Request(server.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    kernel = json.loads(ask("POST", "/api/kernels", b'{"name": "python3"}'))["id"]
    connection = websocket.create_connection(
        f"ws://127.0.0.1:{server.port}/api/kernels/{kernel}/channels?session_id=bench",
        header=[f"Authorization: token {server.token}"],
        subprotocols=["v1.kernel.websocket.jupyter.org"],
        skip_utf8_validation=True,
        timeout=120,
    )

    def execute(code: str) -> tuple[float, int]:
        message = secrets.token_hex(8)
        header = {
            "msg_id": message,
            "msg_type": "execute_request",
            "session": "bench",
            "username": "",
            "date": "",
            "version": "5.3",
        }
        request = {
            "header": header,
            "parent_header": {},
            "metadata": {},
            "content": {"code": code, "silent": False, "allow_stdin": False},
        }
        start, size = time.perf_counter(), 0
        connection.send_binary(
            serialize_msg_to_ws_v1(request, "shell", lambda part: json.dumps(part).encode())
        )
        while True:
            data = connection.recv()
            size += len(data)
            _, parts = deserialize_msg_from_ws_v1(data)
            # Each is decoded, as a client does.
            kind, parent, _, content = (json.loads(part) for part in parts[:4])
            is_ours = kind["msg_type"] == "status" and parent.get("msg_id") == message
            if is_ours and content["execution_state"] == "idle":
                return time.perf_counter() - start, size

    try:
        execute("1")
        return execute(STREAM)
    finally:
        connection.close()
        ask("DELETE", f"/api/kernels/{kernel}")


def streams() -> list[Row]:
    tell(f"a stream of {MEGABYTES} MB")
    with jupyter_server(None, UNLIMITED) as server:
        plain, whole, usual = [], [], []
        for _ in range(3):
            plain.append(stream_of_jupyter(server))
            whole.append(stream_of_ours(server, maxText=WHOLE))
            usual.append(stream_of_ours(server))

    def row(what: str, ours: list[tuple[float, int]]) -> Row:
        (seconds, size), (base, base_size) = (
            (median(each[0] for each in runs), runs[0][1]) for runs in (ours, plain)
        )
        return (
            f"prints of {MEGABYTES} MB to a client, {what}",
            f"{size / 1e6:.1f} MB, {seconds:.2f} s",
            f"{base_size / 1e6:.1f} MB, {base:.2f} s of a plain kernel",
            f"{size / base_size:.2f} and {seconds / base:.2f} times",
        )

    return [row("all of it", whole), row("as pages ask for it", usual)]


def type_keys(page: Page) -> list[float]:
    """Milliseconds of each of some keys until it is painted."""
    page.evaluate("() => void (window.latencies.length = 0)")
    for n in range(KEYS):
        page.keyboard.press("abcdefgh"[n % 8])
        page.wait_for_function("n => window.latencies.length > n", arg=n)
        page.wait_for_timeout(PAUSE_MS)
    values: list[float] = page.evaluate("window.latencies")
    return values


def typing() -> list[Row]:
    """Keys without a run, and beside a loop from its first output on."""
    tell("typing beside a loop")
    with opened(LOOP) as (page, _):
        page.evaluate(LISTEN)
        page.keyboard.press("Shift+Enter")
        page.keyboard.press("Control+End")
        type_keys(page)  # warm
        idle = type_keys(page)
        page.keyboard.press("Control+Home")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector('.rdit-result[data-line-start="2"] .rdit-text')
        page.keyboard.press("Control+End")
        beside = type_keys(page)
        page.keyboard.press("Escape")
        page.click('[data-command="rdit:interrupt"]')
        page.wait_for_selector('.rdit-page[data-state="idle"]')
    last, last_idle = percentile(beside, 0.95), percentile(idle, 0.95)
    return [
        (
            "typing while an endless coloured loop prints",
            f"p50 {median(beside):.1f} ms, p95 {last:.1f} ms to paint",
            f"p50 {median(idle):.1f} ms, p95 {last_idle:.1f} ms idle; {PROMISED_MS} ms promised",
            f"{last / PROMISED_MS:.2f} of it",
            last <= PROMISED_MS,
        )
    ]


def tell(what: str) -> None:
    print(f"outputs: {what} …", file=sys.stderr, flush=True)


def entries() -> list[Row]:
    found = gallery()
    table: list[Row] = []
    for what, [(first, size), *later] in found.items():
        shown = median(ms for ms, _ in later) if later else first
        ours = f"{size / 1000:.1f} kB, {shown:.0f} ms to show"
        table.append((f"gallery, line {what}", ours, f"{first:.0f} ms the first time", ""))
    whole, again = (sum(rounds[at][1] for rounds in found.values()) / 1e6 for at in (0, -1))
    # The page has Jupyter's socket of the kernel by then.
    table.append(
        (
            "the whole gallery, once a live widget is there",
            f"{again:.1f} MB",
            f"{whole:.1f} MB before",
            f"{again / whole:.2f} times",
        )
    )
    return table


def rows() -> list[Row]:
    """(what, rdit, baseline, ratio or promise, whether it holds)."""
    return [*typing(), *streams(), *entries()]
