"""The page as a folder of files on any web server: no Jupyter, and Python in the browser."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Browser, Page, expect

from rdit_ext.documents.convert import export
from rdit_ext.protocol import ExportedResult, Result, Stdout
from tests.support.processes import ROOT
from tests.support.waiting import PATIENCE

from .axe import findings
from .pyodide.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def built() -> Path:
    subprocess.run(["npm", "run", "build:site"], cwd=ROOT, check=True, capture_output=True)
    return ROOT / "dist/site"


@pytest.fixture(params=[False, True], ids=["plain", "isolated"], scope="module")
def any_site(request: Any, built: Path) -> Iterator[Site]:
    site = Site(built, isolated=request.param)
    yield site
    site.close()


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[Site]:
    site = Site(built)
    yield site
    site.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Pages of one person's browser; at the end it must not have complained."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    context.set_default_timeout(PATIENCE * 1000)
    complaints: list[str] = []

    def open_page(url: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(url)
        return page

    yield open_page
    context.close()
    # The gallery has a picture that is none.
    assert [said for said in complaints if "ERR_INVALID_URL" not in said] == []


def output(page: Page, line: int) -> Any:
    return page.locator(f'.rdit-result[data-line-start="{line}"] .rdit-output')


def new_script(page: Page, name: str, text: str) -> None:
    page.locator('[data-command="rdit:new"]').click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create").click()
    page.wait_for_selector(".cm-content")
    page.locator(".cm-content").focus()
    page.keyboard.insert_text(text)


def command(page: Page, name: str) -> Any:
    return page.locator(f'button[data-command="rdit:{name}"]')


def test_two_and_two_is_four_and_files_persist(
    any_site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(any_site.url)
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    new_script(page, "sum.py", "2 + 2\n")
    command(page, "save").click()
    expect(page.locator(".rdit-statusbar")).to_contain_text("Saved")
    command(page, "run-all").click()
    expect(output(page, 1)).to_have_text("4")
    assert "Falling back to Pyodide" in said
    expect(page.locator('[data-command="rdit:place"]')).to_have_attribute(
        "title", re.compile("no server")
    )
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("2 + 2")
    command(page, "run-all").click()
    expect(output(page, 1)).to_have_text("4")
    page.goto(any_site.url)
    expect(page.get_by_role("link", name=re.compile("^sum.py"))).not_to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, open_page: Callable[..., Page], scheme: Any) -> None:
    page = open_page(site.url)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_selector('.rdit-page[data-state="ready"]')
    assert findings(page) == []
    expect(page.locator("h1")).to_have_count(1)
    new_script(page, "seen.py", "2 + 2\n1 / 0\n")
    command(page, "run-all").click()
    expect(output(page, 1)).to_have_text("4")
    expect(output(page, 2)).to_contain_text("ZeroDivisionError")
    assert findings(page) == []
    expect(page.locator("h1")).to_have_text("seen.py")
    page.locator('[data-command="rdit:place"]').click()
    expect(page.locator("dialog")).to_be_visible()
    assert findings(page, ["dialog"]) == []


def test_busy_loop_is_stopped(any_site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(any_site.url)
    new_script(page, "loop.py", "name = 1\nwhile True: pass\n")
    command(page, "run-all").click()
    expect(page.locator(".rdit-statusbar")).to_contain_text("Line 2")
    command(page, "interrupt").click()
    if not page.evaluate("crossOriginIsolated"):
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("all names are lost")
        dialog.get_by_role("button", name="Stop").click()
        expect(output(page, 2)).to_contain_text("all names are gone")
    expect(output(page, 2)).to_contain_text("KeyboardInterrupt")
    page.wait_for_selector('.rdit-page[data-state="idle"]')
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("'name' in globals()")
    page.keyboard.press("Control+Enter")
    expect(output(page, 3)).to_have_text(str(page.evaluate("crossOriginIsolated")))


def test_nothing_is_loaded_of_python_before_a_run(
    site: Site, open_page: Callable[..., Page]
) -> None:
    site.asked.clear()
    page = open_page(f"{site.url}?path=tour.py")
    page.wait_for_selector('.rdit-page[data-state="idle"]')
    page.wait_for_load_state("networkidle")
    assert [path for path in site.asked if "/pyodide/" in path] == []


def test_python_is_loaded_once_and_then_kept_by_the_browser(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(site.url)
    new_script(page, "kept.py", "1 + 1\n")
    command(page, "save").click()
    expect(page.locator(".rdit-statusbar")).to_contain_text("Saved")
    command(page, "run-all").click()
    expect(output(page, 1)).to_have_text("2")
    site.asked.clear()
    page.reload()
    command(page, "run-all").click()
    expect(output(page, 1)).to_have_text("2")
    python = [path for path in site.asked if "/ruff/" not in path]
    assert [path for path in python if re.search(r"\.(gz|zip|whl)$", path)] == []


def test_typing_waits_for_nothing_that_is_unpacked(
    site: Site, open_page: Callable[..., Page]
) -> None:
    # Gone from the page alone, not from its workers.
    page = open_page(site.url)
    page.add_init_script("delete window.DecompressionStream")
    page.reload()
    new_script(page, "unpacked.py", "print(f'nothing in it')\n")
    expect(page.locator(".cm-lintRange")).to_have_count(1)
    command(page, "run-all").click()
    expect(output(page, 1)).to_have_text("nothing in it")


def test_examples_run(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{site.url}?folder=nile")
    page.get_by_role("link", name=re.compile("^nile.py")).click()
    expect(page.locator(".cm-content")).to_contain_text("import")
    page.keyboard.press("Control+Home")
    page.keyboard.insert_text("len(open('nile.csv').read()) > 100\n")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+Enter")
    expect(output(page, 1)).to_have_text("True")


def test_the_gallery_of_results_runs_to_its_end(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site.url)
    page.get_by_role("link", name=re.compile("^gallery.py")).click()
    expect(page.locator(".cm-content")).to_contain_text("gallery")
    last = len((ROOT / "examples/gallery.py").read_text().splitlines())
    command(page, "run-all").click()
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+End")
    # Its last statement fails, on purpose; any other that did would have ended the run.
    expect(output(page, last)).to_contain_text("ZeroDivisionError")


def test_sibling_module_and_written_file(site: Site, open_page: Callable[..., Page]) -> None:
    page = open_page(site.url)
    new_script(page, "helper.py", "def twice(x):\n    return 2 * x")
    command(page, "save").click()
    expect(page.locator(".rdit-statusbar")).to_contain_text("Saved")
    page.goto(site.url)
    new_script(
        page, "main.py", "import helper\nhelper.twice(21)\nopen('out.py', 'w').write('7 * 6')\n"
    )
    command(page, "run-all").click()
    expect(output(page, 2)).to_have_text("42")
    expect(output(page, 3)).to_have_text("5")
    page.wait_for_selector('.rdit-page[data-state="idle"]')
    page.goto(f"{site.url}?path=out.py")
    expect(page.locator(".cm-content")).to_have_text("7 * 6")


def test_shared_address_shows_the_script_and_runs_nothing(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(site.url)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    new_script(page, "gift.py", "'ünïcode'\n6 * 7\n")
    command(page, "share").click()
    expect(page.locator(".rdit-toast")).to_contain_text("copied")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{site.url}#script=")
    # The one who shared it goes on writing: that is kept at once, and is another text by now.
    page.locator(".cm-content").focus()
    page.keyboard.insert_text("# mine\n")
    expect(page.locator(".rdit-status-file")).to_have_text("Saved")
    site.asked.clear()
    other = open_page(address)
    expect(other.locator(".cm-content")).to_contain_text("6 * 7")
    expect(other.locator('[data-notice="shared"]')).to_contain_text("Read it before you run it")
    other.wait_for_selector('.rdit-page[data-state="idle"]')
    assert other.locator(".rdit-result").count() == 0
    assert [path for path in site.asked if "/pyodide/" in path or "script=" in path] == []
    # It takes no other script's name, survives a reload, and is kept once it is saved.
    there = re.compile(re.escape(f"{site.url}?path=gift-2.py#script="))
    expect(other).to_have_url(there)
    other.reload()
    expect(other.locator(".cm-content")).to_contain_text("6 * 7")
    expect(other.locator('[data-notice="shared"]')).to_be_visible()
    expect(other).to_have_url(there)
    command(other, "run-all").click()
    expect(output(other, 2)).to_have_text("42")
    command(other, "save").click()
    expect(other.locator(".rdit-statusbar")).to_contain_text("Saved")
    expect(other).to_have_url(f"{site.url}?path=gift-2.py")
    other.reload()
    expect(other.locator(".cm-content")).to_contain_text("ünïcode")
    expect(other.locator('[data-notice="shared"]')).to_have_count(0)


@pytest.mark.parametrize("typed", ["sales", "sales.py"])
def test_a_new_script_has_one_ending_however_it_is_typed(
    site: Site, open_page: Callable[..., Page], typed: str
) -> None:
    page = open_page(site.url)
    command(page, "new").click()
    # The name before the ending is selected: what is typed takes its place.
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_selector(".cm-content")
    expect(page).to_have_url(f"{site.url}?path=sales.py")


def test_files_come_from_disk_and_go_to_disk(
    site: Site, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    (tmp_path / "given.py").write_text("open('data.csv').read()\n")
    (tmp_path / "data.csv").write_text("1,2")
    page = open_page(site.url)
    with page.expect_file_chooser() as chooser:
        command(page, "open").click()
    chooser.value.set_files([tmp_path / "given.py", tmp_path / "data.csv"])
    expect(page.locator(".cm-content")).to_contain_text("data.csv")
    command(page, "run-all").click()
    expect(output(page, 1)).to_have_text("'1,2'")
    with page.expect_download() as download:
        command(page, "download").click()
    assert download.value.suggested_filename == "given.py"
    assert Path(download.value.path()).read_text() == "open('data.csv').read()\n"


def test_file_is_deleted_when_the_person_says_so(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(site.url)
    new_script(page, "unwanted.py", "1\n")
    command(page, "save").click()
    expect(page.locator(".rdit-statusbar")).to_contain_text("Saved")
    page.goto(site.url)
    row = page.locator("li", has_text="unwanted.py").last
    row.hover()
    row.get_by_role("button", name="Delete unwanted.py").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("li", has_text="unwanted.py")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("^tour.py"))).not_to_have_count(0)


def test_completions_come_from_the_text_and_from_python_in_the_browser(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(site.url)
    orchard = "import json\norchard = {'pear': 1}\norchard\n"
    new_script(page, "orchard.py", orchard)
    page.wait_for_selector(".cm-content[aria-autocomplete]")
    chosen = page.locator(".cm-tooltip-autocomplete li[aria-selected] .cm-completionLabel")
    # Python has not been loaded.
    page.keyboard.type("orch")
    expect(chosen).to_have_text("orchard")
    page.keyboard.press("Tab")
    command(page, "run-all").click()
    expect(output(page, 3)).to_contain_text("pear")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(".it")
    expect(chosen).to_have_text("items")
    page.keyboard.press("Escape")
    page.keyboard.type('\norchard["p')
    expect(chosen).to_have_text("pear")
    page.keyboard.press("Enter")
    page.keyboard.type("\njson.dumps(")
    expect(page.locator(".rdit-signature strong")).to_have_text("obj")
    # While it computes the text still answers.
    page.keyboard.type(")\nwhile True: pass\n")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector('.rdit-page[data-state="busy"]')
    page.keyboard.press("Control+End")
    page.keyboard.type("orc")
    expect(chosen).to_have_text("orchard")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-line").last).to_have_text("orchard")


def test_markdown_and_notebook_are_made_as_a_server_makes_them_while_the_script_runs(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(site.url)
    script = '"""# Title"""\nx = 20\nprint("hello")\nx + 1\nimport time\ntime.sleep(600)\n'
    new_script(page, "taken.py", script)
    command(page, "run-all").click()
    expect(output(page, 4)).to_have_text("21")

    def exported(named: str) -> tuple[str, str]:
        page.keyboard.press("F1")
        expect(page.get_by_role("combobox", name="Command")).to_be_focused()
        page.keyboard.type(named)
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        return download.value.suggested_filename, Path(download.value.path()).read_text("utf-8")

    plain = {"data": {"text/plain": "21"}, "metadata": {}}
    results = [
        ExportedResult(3, 3, [Stdout("hello\n")]),
        ExportedResult(4, 4, [Result("21\n", **plain)]),
    ]
    for name, format, named in (
        ("taken.md", "markdown", "export as markdown"),
        ("taken.ipynb", "notebook", "export as notebook"),
    ):
        assert exported(named) == (name, export(script, results, format, "taken"))
