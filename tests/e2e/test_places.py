"""Where the code of a page runs: the server, another server, this browser; and how that changes."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, expect

from tests.support.processes import free_port
from tests.support.waiting import PATIENCE

from .conftest import TOKEN, Hold, Server, Tab, Wire, frames, running_server

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

# What the browser itself logs of each attempt that fails.
NETWORK = re.compile("WebSocket connection|net::ERR|Failed to load resource|blocked by CORS")


class Listener:
    """The lines that a page logs."""

    def __init__(self, tab: Tab):
        self.lines: list[str] = []
        tab.page.on("console", lambda said: self.lines.append(said.text))

    def backends(self) -> list[str]:
        """Those that say where code runs."""
        return [line for line in self.lines if "backend" in line or "Pyodide" in line]


def place(tab: Tab) -> Any:
    return tab.page.locator('[data-command="rdit:place"]')


def wait_until_prepared(tab: Tab) -> None:
    """Until all that Python in the browser needs is here: from then on the server may go."""
    tab.page.wait_for_function("document.documentElement.hasAttribute('data-browser-ready')")


def run_all(tab: Tab) -> None:
    """What it gives must differ from what is there: that is what the test waits for."""
    tab.command("run-all").click()


def forget_network(tab: Tab) -> None:
    tab.complaints[:] = [said for said in tab.complaints if not NETWORK.search(said)]


def test_the_place_is_asked_for_once_though_the_dialog_comes_late(tab: Tab) -> None:
    hold = Hold(tab.page, "**/chunks/dialog-*.js")
    tab.open("once.py", "1\n")
    place(tab).click()
    hold.wait()
    place(tab).click()
    hold.release()
    dialog = tab.page.locator("dialog")
    expect(dialog).to_be_visible()
    frames(tab.page)
    expect(dialog).to_have_count(1)


@pytest.fixture
def wired(new_tab: Callable[..., Tab], wire: Wire) -> Iterator[Tab]:
    tab = new_tab(wire.port)
    yield tab
    tab.page.context.close()
    forget_network(tab)


def test_server_that_answers_is_used_and_said(tab: Tab) -> None:
    said = Listener(tab)
    tab.open("up.py", "6 * 7\n")
    assert "Using Python server backend" in said.lines
    assert "Falling back to Pyodide" not in said.lines
    expect(tab.page.locator(".rdit-page")).to_have_attribute("data-backend", "server")
    expect(place(tab)).to_have_text("On the server")
    expect(place(tab)).to_have_attribute("title", re.compile("answers"))
    run_all(tab)
    expect(tab.output(1)).to_have_text("42")


def test_health_is_asked_once(tab: Tab) -> None:
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.open("once.py", "1\n")
    assert len([url for url in asked if url.endswith("rdit/health")]) == 1


def test_server_that_does_not_answer_is_said_and_the_browser_used(tab: Tab, server: Server) -> None:
    said = Listener(tab)
    tab.page.route("**/rdit/health", lambda route: route.fulfill(status=503))
    server.write("down.py", "2 + 2\n")
    tab.go("rdit/edit/down.py")
    expect(tab.page.locator(".rdit-toast")).to_contain_text("The server answers 503.")
    expect(place(tab)).to_have_text("In this browser")
    expect(place(tab)).to_have_attribute("title", re.compile("answers 503"))
    run_all(tab)
    expect(tab.output(1)).to_have_text("4")
    assert "Falling back to Pyodide" in said.lines
    tab.page.unroute("**/rdit/health")
    tab.notice("place").get_by_role("button", name="Back to the server").click()
    expect(place(tab)).to_have_text("On the server")
    tab.wait_for_state("idle")
    run_all(tab)
    assert said.backends()[-1] == "Using Python server backend"
    forget_network(tab)


def test_address_may_ask_for_the_browser(tab: Tab, server: Server) -> None:
    said = Listener(tab)
    server.write("forced/helper.py", "def answer(): return 42\n")
    server.write("forced/data.txt", "from the server")
    server.write(
        "forced/main.py", "import helper\nhelper.answer()\nopen('data.txt').read()\n__file__\n"
    )
    tab.go("rdit/edit/forced/main.py?backend=pyodide")
    tab.wait_for_state("idle")
    assert said.lines[0] == "Falling back to Pyodide"
    expect(place(tab)).to_have_text("In this browser")
    run_all(tab)
    expect(tab.output(2)).to_have_text("42")
    expect(tab.output(3)).to_have_text("'from the server'")
    expect(tab.status).to_contain_text("Python 3.14")


def test_page_is_isolated_so_that_stop_works_in_place(tab: Tab, server: Server) -> None:
    server.write("stop.py", "kept = 1\nwhile True: pass\n")
    tab.go("rdit/edit/stop.py?backend=pyodide")
    tab.wait_for_state("idle")
    tab.command("run-all").click()
    expect(tab.status).to_contain_text("Line 2")
    tab.command("interrupt").click()
    expect(tab.output(2)).to_contain_text("KeyboardInterrupt")
    tab.wait_for_state("idle")
    tab.page.keyboard.press("Control+Home")
    tab.page.keyboard.type("kept\n")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Control+Enter")
    expect(tab.output(1)).to_have_text("1")


def test_headers_that_isolate_are_on_the_editor_page_only(server: Server) -> None:
    def headers(path: str) -> tuple[str | None, str | None]:
        request = urllib.request.Request(
            server.url(path), headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            found = answer.headers
        return (
            found["Cross-Origin-Opener-Policy"],
            found["Cross-Origin-Embedder-Policy"],
        )

    server.write("headers.py", "1\n")
    assert headers("rdit/edit/headers.py") == ("same-origin", "credentialless")
    assert headers("rdit") == (None, None)
    assert headers("api/status") == (None, None)


def test_place_is_changed_in_the_status_bar_without_reload(tab: Tab) -> None:
    said = Listener(tab)
    tab.open("both.py", "import sys\nsys.platform\n")
    run_all(tab)
    expect(tab.output(2)).to_have_text("'linux'")
    place(tab).click()
    tab.page.get_by_role("radio", name="In this browser").check()
    tab.page.get_by_role("button", name="Use it").click()
    expect(place(tab)).to_have_text("In this browser")
    expect(tab.output(2)).to_have_text("'linux'")
    run_all(tab)
    expect(tab.output(2)).to_have_text("'emscripten'")
    place(tab).click()
    tab.page.get_by_role("radio", name="On the server").check()
    tab.page.get_by_role("button", name="Use it").click()
    expect(place(tab)).to_have_text("On the server")
    expect(tab.output(2)).to_have_text("'emscripten'")
    run_all(tab)
    expect(tab.output(2)).to_have_text("'linux'")
    assert said.backends() == [
        "Using Python server backend",
        "Falling back to Pyodide",
        "Using Python server backend",
    ]


def test_server_killed_after_a_run(
    new_tab: Callable[..., Tab], tmp_path: Path, browser: Browser
) -> None:
    home, root, port = tmp_path / "home", tmp_path / "scripts", free_port()
    home.mkdir()
    root.mkdir()
    with running_server(home, root, port=port) as server:
        tab = new_tab(port)
        tab.server = server
        server.write("helper.py", "def twice(x): return 2 * x\n")
        tab.open("killed.py", "import helper, sys\nname = helper.twice(21), sys.platform\nname\n")
        run_all(tab)
        expect(tab.output(3)).to_have_text("(42, 'linux')")
        tab.page.keyboard.type("# not saved\n")
        wait_until_prepared(tab)
    expect(tab.notice("connection")).to_contain_text("This browser can run the script too")
    # One banner says it all.
    expect(tab.page.locator("[data-notice]")).to_have_count(1)
    expect(tab.output(4)).to_have_text("(42, 'linux')")
    tab.notice("connection").get_by_role("button", name="Run in this browser").click()
    expect(tab.notice("place")).to_contain_text("from an empty namespace")
    assert "# not saved" in tab.text()
    expect(tab.output(4)).to_have_text("(42, 'linux')")
    run_all(tab)
    expect(tab.output(4)).to_have_text("(42, 'emscripten')")
    expect(tab.status).to_contain_text("Python 3.14")
    with running_server(home, root, port=port):
        tab.reconnect()
        expect(tab.notice("place")).to_contain_text("The server answers again")
        expect(place(tab)).to_have_text("In this browser")
        tab.notice("place").get_by_role("button", name="Back to the server").click()
        expect(place(tab)).to_have_text("On the server")
        tab.wait_for_state("idle")
        expect(tab.output(4)).to_have_text("(42, 'emscripten')")
        # Going back has run nothing: the new server's kernel does not know the name.
        tab.page.locator(".cm-content").focus()
        tab.page.keyboard.press("Control+End")
        tab.page.keyboard.type("'name' in globals()")
        tab.page.keyboard.press("Control+Enter")
        expect(tab.output(5)).to_have_text("False")
        tab.page.context.close()
    forget_network(tab)


def test_no_statement_stays_queued_when_the_place_changes(
    new_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    home, root, port = tmp_path / "home", tmp_path / "scripts", free_port()
    home.mkdir()
    root.mkdir()
    text = "6 * 7\nwhile True: __import__('time').sleep(0.1)\n'third'\n"
    with running_server(home, root, port=port) as server:
        tab = new_tab(port)
        tab.server = server
        tab.open("queued.py", text)
        wait_until_prepared(tab)
        run_all(tab)
        expect(tab.status).to_contain_text("Line 2")
    expect(tab.notice("connection")).to_be_visible()
    tab.go_to_line(3)
    tab.page.keyboard.press("Control+Enter")
    expect(tab.status).to_contain_text("1 to send")
    tab.notice("connection").get_by_role("button", name="Run in this browser").click()
    expect(place(tab)).to_have_text("In this browser")
    marks = tab.page.locator(".rdit-gutter [title*=Queued], .rdit-gutter [title*=Running]")
    expect(marks).to_have_count(0)
    expect(tab.output(1)).to_have_text("42")
    with running_server(home, root, port=port):
        tab.reconnect()
        tab.notice("place").get_by_role("button", name="Back to the server").click()
        tab.wait_for_state("idle")
        expect(marks).to_have_count(0)
        # It was not sent behind the person's back.
        expect(tab.result(3)).to_have_count(0)
        tab.close(forgive=True)


def test_results_stay_when_the_server_comes_back_and_say_that_their_process_is_gone(
    new_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    home, root, port = tmp_path / "home", tmp_path / "scripts", free_port()
    home.mkdir()
    root.mkdir()
    with running_server(home, root, port=port) as server:
        tab = new_tab(port)
        tab.server = server
        tab.open("back.py", "6 * 7\n'second'\n")
        run_all(tab)
        expect(tab.output(2)).to_have_text("second")
    with running_server(home, root, port=port):
        tab.reconnect()
        expect(tab.notice("gone")).to_contain_text("a Python process that is gone")
        expect(tab.output(1)).to_have_text("42")
        expect(tab.page.locator(".rdit-result[data-gone]")).to_have_count(2)
        tab.go_to_line(1)
        tab.page.keyboard.press("Control+Enter")
        expect(tab.page.locator(".rdit-result[data-gone]")).to_have_count(1)
        expect(tab.notice("gone")).to_have_count(0)
        expect(tab.output(2)).to_have_text("second")
        tab.close(forgive=True)


def test_always_goes_on_in_the_browser_and_never_does_not_offer_it(wired: Tab, wire: Wire) -> None:
    wired.open("when.py", "2 + 2\n")
    place(wired).click()
    wired.page.get_by_label("When the server goes away").select_option("never")
    wired.page.get_by_role("button", name="Use it").click()
    wait_until_prepared(wired)
    wire.cut()
    expect(wired.notice("connection")).to_be_visible()
    expect(wired.notice("connection").get_by_role("button", name="Run in")).to_have_count(0)
    wire.mend()
    wired.reconnect()
    expect(wired.status).to_contain_text("Connected")
    place(wired).click()
    wired.page.get_by_label("When the server goes away").select_option("always")
    wired.page.get_by_role("button", name="Use it").click()
    wire.cut()
    expect(place(wired)).to_have_text("In this browser")
    run_all(wired)
    expect(wired.output(1)).to_have_text("4")


def test_kernel_refused_by_policy_is_said_and_the_browser_offered(
    new_tab: Callable[..., Tab], tmp_path: Path
) -> None:
    home, root = tmp_path / "home", tmp_path / "scripts"
    home.mkdir()
    root.mkdir()
    policy = "--ServerApp.authorizer_class=tests.e2e.pyodide.refuse.NoKernels"
    with running_server(home, root, policy) as server:
        tab = new_tab(server.port)
        tab.server = server
        server.write("refused.py", "2 + 2\n")
        tab.go("rdit/edit/refused.py")
        expect(tab.notice("refused")).to_contain_text("(403)")
        expect(tab.status).to_contain_text("Refused")
        expect(tab.status).to_contain_text("No kernel")
        expect(tab.page.locator("[data-notice]")).to_have_count(1)
        tab.notice("refused").get_by_role("button", name="Run in this browser").click()
        expect(place(tab)).to_have_text("In this browser")
        run_all(tab)
        expect(tab.output(1)).to_have_text("4")
        tab.page.context.close()
        forget_network(tab)


def test_administrator_turns_the_browser_off(new_tab: Callable[..., Tab], tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "scripts"
    home.mkdir()
    root.mkdir()
    with running_server(home, root, "--RditApp.browser_python=False") as server:
        tab = new_tab(server.port)
        tab.server = server
        server.write("off.py", "2 + 2\n")
        tab.go("rdit/edit/off.py?backend=pyodide")
        tab.wait_for_state("idle")
        expect(place(tab)).to_have_text("On the server")
        place(tab).click()
        expect(tab.page.get_by_role("radio", name="In this browser")).to_be_disabled()
        tab.page.context.close()


# -- another server


@pytest.fixture
def other(tmp_path: Path, server: Server) -> Iterator[Server]:
    """A server of another origin, which lets pages of the first ask it."""
    home, root = tmp_path / "home", tmp_path / "scripts"
    home.mkdir()
    root.mkdir()
    allowed = f"--ServerApp.allow_origin=http://127.0.0.1:{server.port}"
    with running_server(home, root, allowed) as other:
        yield other


def named(other: Server) -> str:
    return f"?python-server={urllib.parse.quote(other.url(f'rdit?token={TOKEN}'), safe='')}"


def test_other_server_is_asked_nothing_before_the_person_agrees(
    tab: Tab, server: Server, other: Server
) -> None:
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.page.on("websocket", lambda socket: asked.append(socket.url))
    server.write("foreign.py", "import os\nos.getcwd()\n")
    tab.go(f"rdit/edit/foreign.py{named(other)}")
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"Run code on 127.0.0.1:{other.port}?")
    assert [url for url in asked if f":{other.port}/" in url] == []
    dialog.get_by_role("button", name="Cancel").click()
    tab.wait_for_state("idle")
    expect(place(tab)).to_have_text("On the server")
    assert [url for url in asked if f":{other.port}/" in url] == []


def test_other_server_runs_the_code_once_the_person_agrees(
    tab: Tab, server: Server, other: Server
) -> None:
    server.write("foreign.py", "import os\nos.getcwd()\n")
    tab.go(f"rdit/edit/foreign.py{named(other)}")
    tab.page.get_by_role("dialog").get_by_role("button", name="Use 127.0.0.1").click()
    tab.wait_for_state("idle")
    run_all(tab)
    expect(tab.output(2)).to_have_text(f"'{other.root}'")
    assert TOKEN not in tab.page.url
    # The other server ends before the browser would.
    tab.close()
    for session in other.ask("GET", "rdit/sessions"):
        other.ask("DELETE", f"rdit/sessions/{session['id']}")
