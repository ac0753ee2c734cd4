"""A language server, by jupyter-lsp: ty, as it is installed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("jupyter_lsp")
pytest.importorskip("ty")
from playwright.sync_api import expect

from rdit_ext.documents.language_servers import ty_spec
from tests.support.waiting import wait_for

from .conftest import Server, Tab, running_server

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

EXTENSIONS = ("rdit_ext", "jupyter_lsp")
# What the status bar says of it, for what it says for a moment.
RECORD = """() => {
    const item = document.querySelector(".rdit-status-language-server");
    window.said = [];
    const note = () => said.push(`${item.textContent} ${item.title}`);
    new MutationObserver(note).observe(item, { childList: true, attributes: true });
}"""
SCRIPT = """\
from helper import double

class Thing:
    def __init__(self) -> None:
        self.weight = 1.5

def lift(thing: Thing) -> float:
    return thing.weight

count: int = "none"
double(2)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home, root = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("scripts")
    with serving(home, root, ty_spec(None)) as server:
        # Beside the script, and not at the root of the server.
        server.write("below/helper.py", "def double(number: int) -> int:\n    return 2 * number\n")
        yield server


def serving(home: Any, root: Any, servers: dict[str, Any]) -> Any:
    """A server with these language servers and no others."""
    config = {"LanguageServerManager": {"autodetect": False, "language_servers": servers}}
    (home / "config").mkdir()
    (home / "config/jupyter_server_config.json").write_text(json.dumps(config))
    return running_server(home, root, extensions=EXTENSIONS)


def found(tab: Tab, severity: str = "") -> Any:
    return tab.page.locator(f".cm-lintRange{severity and f'-{severity}'}")


def health(tab: Tab) -> Any:
    return tab.page.locator(".rdit-status-language-server")


def processes(server: Server) -> list[psutil.Process]:
    """The language servers that run."""
    found = []
    for each in psutil.Process(server.process.pid).children(recursive=True):
        # The kernels of the test before may be ending.
        with suppress(psutil.NoSuchProcess):
            if each.status() != psutil.STATUS_ZOMBIE and each.name() == "ty":
                found.append(each)
    return found


def test_what_the_types_say_joins_what_is_found_and_completed(tab: Tab) -> None:
    tab.open("below/typed.py", SCRIPT)
    expect(found(tab, "warning")).to_have_text('"none"')
    expect(health(tab)).to_have_text("ty")
    problems = tab.command("problems")
    expect(problems).to_have_text("1 problem")
    expect(problems).to_have_attribute("title", re.compile(r"ruff \S+ and ty"))
    found(tab).hover()
    expect(tab.page.locator(".cm-tooltip-lint")).to_contain_text("is not assignable to `int`")
    # Nothing has run, and the kernel knows of no parameters.
    tab.go_to_line(8)
    keys = tab.page.keyboard
    keys.press("End")
    keys.type(" + thing.wei")
    selected = tab.page.locator(".cm-tooltip-autocomplete li[aria-selected]")
    expect(selected).to_contain_text("weight")
    keys.press("Tab")
    assert "return thing.weight + thing.weight" in tab.text()
    # The words of ruff and the server for one fault are one.
    keys.press("End")
    keys.type(" + nothing")
    expect(found(tab, "error")).to_have_text("nothing")
    expect(problems).to_have_text("2 problems")


def test_the_pointer_and_f12_know_what_only_types_tell(tab: Tab) -> None:
    tab.open("below/told.py", SCRIPT)
    expect(health(tab)).to_have_text("ty")
    tab.page.locator(".cm-line", has_text="return thing.weight").get_by_text("weight").hover()
    expect(tab.page.locator(".rdit-card")).to_contain_text("float")
    tab.go_to_line(8)
    tab.page.keyboard.press("End")
    tab.page.keyboard.press("F12")
    expect(tab.page.locator(".rdit-status-cursor")).to_contain_text("Ln 5,")


def test_pages_share_one_server_that_starts_again_when_it_is_killed(
    new_tab: Callable[..., Tab], server: Server
) -> None:
    first = new_tab().open("below/first.py", SCRIPT)
    expect(found(first, "warning")).to_have_text('"none"')
    second = new_tab().open("below/second.py", "size: str = 3\n")
    expect(found(second, "warning")).to_have_text("3")
    [process] = processes(server)
    second.close()
    first.page.evaluate(RECORD)
    process.kill()
    first.page.locator(".cm-content").focus()
    first.page.keyboard.press("Control+End")
    first.page.keyboard.type("other: bytes = 2\n")
    expect(found(first, "warning")).to_have_text(['"none"', "2"])
    said = first.page.evaluate("said")
    assert "ty · waiting Language server. It does not answer. Connecting again." in said
    assert len(processes(server)) == 1
    # Nobody needs it any more.
    first.close()
    wait_for(lambda: not processes(server), "the end of the language server")


def test_one_of_two_tabs_with_a_script_has_the_server_for_it(tab: Tab) -> None:
    tab.open("below/twice.py", SCRIPT)
    expect(health(tab)).to_have_text("ty")
    other = Tab(tab.page.context.new_page(), tab.server, tab.port).open("below/twice.py")
    expect(health(other)).to_have_text("ty · waiting")
    expect(health(other)).to_have_attribute("title", re.compile("open in another tab"))
    tab.page.close()
    expect(health(other)).to_have_text("ty")
    expect(found(other, "warning")).to_have_text('"none"')


def test_without_a_language_server_one_question_is_all(
    tmp_path_factory: pytest.TempPathFactory, new_tab: Callable[..., Tab]
) -> None:
    home, root = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("scripts")
    with serving(home, root, {}) as bare:
        tab = new_tab(bare.port)
        tab.server = bare
        asked: list[str] = []
        tab.page.on("request", lambda request: asked.append(request.url))
        tab.open("bare.py", "count: int = 'none'\nprint(nothing)\ncount.\n")
        expect(found(tab, "error").first).to_be_visible()
        tab.page.keyboard.press("Control+End")
        tab.page.keyboard.type("cou")
        expect(tab.page.locator(".cm-tooltip-autocomplete")).to_contain_text("count")
        expect(health(tab)).to_have_count(0)
        assert [url for url in asked if "/lsp/" in url] == [bare.url("lsp/status")]
        assert not [url for url in asked if "page_server" in url]
        tab.close()
