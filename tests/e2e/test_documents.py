"""Several documents on one page: each can be closed, and leaves nothing behind."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Route, expect

from .conftest import ROOT, Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

# What is open on the page: listeners on window and document, timers, sockets.
COUNTED = """
  window.open_things = () => ({
    listeners: [...listeners.values()].sort(),
    intervals: intervals.size,
    timers: [...timers.values()].sort(),
    styles: document.querySelectorAll("style").length,
    sockets: sockets.filter(socket => socket.readyState < WebSocket.CLOSING).length,
  });
  const listeners = new Map();
  for (const [name, target] of [["window", window], ["document", document]]) {
    const { addEventListener, removeEventListener } = target;
    const key = (type, listener) => `${name} ${type} ${id(listener)}`;
    target.addEventListener = function (type, listener, options) {
      listeners.set(key(type, listener), `${name} ${type}`);
      options?.signal?.addEventListener("abort", () => listeners.delete(key(type, listener)));
      return addEventListener.call(target, type, listener, options);
    };
    target.removeEventListener = function (type, listener, options) {
      listeners.delete(key(type, listener));
      return removeEventListener.call(target, type, listener, options);
    };
  }
  const ids = new WeakMap();
  let last = 0;
  const id = listener => ids.get(listener) ?? (ids.set(listener, ++last), last);
  const intervals = new Set();
  const { setInterval, clearInterval, setTimeout, clearTimeout } = window;
  window.setInterval = (...given) => {
    const timer = setInterval(...given);
    intervals.add(timer);
    return timer;
  };
  window.clearInterval = timer => (intervals.delete(timer), clearInterval(timer));
  const timers = new Map();
  window.setTimeout = (act, ms, ...given) => {
    const timer = setTimeout((...all) => (timers.delete(timer), act(...all)), ms, ...given);
    timers.set(timer, `${ms} ${new Error().stack.split("\\n").slice(2, 4).join(" ")}`);
    return timer;
  };
  window.clearTimeout = timer => (timers.delete(timer), clearTimeout(timer));
  const sockets = [];
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      sockets.push(this);
    }
  };
"""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    config = ROOT / "tests/e2e/harness/documents.config.mjs"
    command = ["npx", "vite", "build", "--config", str(config), "--outDir", str(folder)]
    subprocess.run([*command, "--logLevel", "error"], cwd=ROOT, check=True)
    return folder


@pytest.fixture
def documents(new_tab: Callable[..., Tab], built: Path) -> Tab:
    """A page of the server with our entry in the place of its own."""
    tab = new_tab()
    tab.page.add_init_script(COUNTED)

    def give(route: Route) -> None:
        path = route.request.url.split("?")[0].split("/static/rdit/", 1)[1]
        here = built / path
        route.fulfill(path=here) if here.is_file() else route.continue_()

    tab.page.route("**/static/rdit/**/*.js*", give)
    tab.page.route("**/static/rdit/*.js*", give)
    for name in ("one.py", "two.py"):
        tab.server.write(name, f"name = '{name}'\nname\n")
    tab.go("rdit/edit/one.py")
    tab.page.wait_for_function("window.isReady")
    return tab


def root(tab: Tab, path: str) -> Any:
    return tab.page.locator(f'.rdit-page[data-path="{path}"]')


def open_document(tab: Tab, name: str, path: str) -> None:
    tab.page.evaluate("async ([name, path]) => { window[name] = await open_(path); }", [name, path])
    expect(root(tab, path)).to_have_attribute("data-state", "idle")


def result(tab: Tab, path: str) -> Any:
    return root(tab, path).locator('.rdit-result[data-line-start="2"] .rdit-output')


def test_a_closed_document_leaves_no_listener_timer_or_connection(documents: Tab) -> None:
    page = documents.page
    before = page.evaluate("open_things()")
    open_document(documents, "first", "one.py")
    during = page.evaluate("open_things()")
    # Otherwise nothing here could fail.
    assert during["sockets"] == 1
    assert during["intervals"] > before["intervals"]
    assert len(during["listeners"]) > len(before["listeners"])
    root(documents, "one.py").locator('button[data-command="rdit:run-all"]').click()
    expect(result(documents, "one.py")).to_have_text("'one.py'")
    page.keyboard.type("# typed")
    page.evaluate("first.dispose()")
    page.wait_for_function(
        """before => {
          const now = open_things();
          const same = name => JSON.stringify(now[name]) === JSON.stringify(before[name]);
          return ["listeners", "intervals", "timers", "sockets"].every(same)
            || ((window.left = now), false);
        }""",
        arg=before,
    )
    expect(root(documents, "one.py")).to_be_empty()
    # The same script again, and what was not saved is offered.
    root(documents, "one.py").evaluate("root => root.remove()")
    open_document(documents, "second", "one.py")
    expect(documents.notice("draft")).to_be_visible()
    expect(result(documents, "one.py")).to_have_text("'one.py'")


def test_two_documents_on_one_page_have_a_session_each(documents: Tab) -> None:
    page = documents.page
    open_document(documents, "first", "one.py")
    open_document(documents, "second", "two.py")
    for path in ("one.py", "two.py"):
        root(documents, path).locator(".cm-content").focus()
        page.keyboard.press("Control+Shift+Enter")
        expect(result(documents, path)).to_have_text(f"'{path}'")
    assert page.evaluate("open_things().sockets") == 2
    # A key outside of the editors is for the document that has it.
    root(documents, "two.py").locator('button[data-command="rdit:layout"]').focus()
    page.keyboard.press("Control+Shift+Enter")
    expect(root(documents, "two.py")).to_have_attribute("data-state", "idle")
    # One ends; the other goes on.
    page.evaluate("first.dispose()")
    root(documents, "two.py").locator(".cm-content").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("3 * 4")
    page.keyboard.press("Control+Enter")
    line3 = root(documents, "two.py").locator('.rdit-result[data-line-start="3"] .rdit-output')
    expect(line3).to_have_text("12")


def test_a_closed_document_leaves_no_widgets(documents: Tab) -> None:
    page = documents.page
    documents.server.write("three.py", "import ipywidgets\nipywidgets.IntSlider()\n")
    open_document(documents, "first", "one.py")
    open_document(documents, "second", "three.py")
    before = page.evaluate("open_things()")
    root(documents, "three.py").locator('button[data-command="rdit:run-all"]').click()
    slider = root(documents, "three.py").locator(".rdit-widget[data-life=live]")
    expect(slider).to_be_visible()
    during = page.evaluate("open_things()")
    assert during["sockets"] == before["sockets"] + 1
    assert during["styles"] > before["styles"]
    page.evaluate("second.dispose()")
    page.wait_for_function(
        """before => {
          const now = open_things();
          return now.sockets === before.sockets - 1 && now.styles === before.styles;
        }""",
        arg=before,
    )
