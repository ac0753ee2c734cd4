"""Nothing on a page keeps people out: axe-core finds nothing serious, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .axe import findings
from .conftest import Tab, Wire

pytestmark = pytest.mark.browser

SCRIPT = '''"""
# A title in a script

and [a link](https://example.invalid).
"""
import sys
from IPython.display import HTML, JSON, display

for code in ("0", "2", "1;31", *range(30, 38), *range(90, 98), "44;97", "43;30", "41", "7;32"):
    print(f"\\x1b[{code}m{code}\\x1b[0m", end=" ")
print("err", file=sys.stderr)
display({"application/x-unknown": "x", "text/plain": "Unknown()"}, raw=True)
wide = "".join(f"<td>{n} of very many columns</td>" for n in range(40))
HTML(f"<table><thead><tr><th>a</th></tr></thead><tr>{wide}</tr></table>")
print("\\n".join(map(str, range(100))))
HTML("<style>b { font-style: italic }</style><b>styled</b>")
HTML("<p>in a frame</p><script></script>")
display({"image/svg+xml": "<svg width='40' height='30'/>"}, raw=True)
x = 1


def broken():
    return 1 / 0


broken()
'''


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.server.write("listed.py", "1\n")
    tab.go("rdit")
    tab.wait_for_state("ready")
    assert findings(tab.page) == []
    assert tab.page.locator("h1").count() == 1
    tab.page.get_by_role("button", name="New script").click()
    expect(tab.page.locator("dialog")).to_be_visible()
    assert findings(tab.page, ["dialog"]) == []


@pytest.mark.parametrize("layout", ["beside", "below"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_editor_with_results(new_tab: Callable[..., Tab], scheme: str, layout: str) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.page.set_viewport_size({"width": 1200 if layout == "beside" else 640, "height": 2400})
    tab.open("accessible.py", SCRIPT)
    tab.command("run-all").click()
    expect(tab.page.locator(".rdit-error-head")).to_be_visible()
    expect(tab.page.locator(".rdit-unshown")).to_be_visible()
    expect(tab.page.locator(".rdit-output iframe")).to_be_visible()
    expect(tab.page.locator(".rdit-show-all")).to_be_visible()
    expect(tab.page.locator(f".cm-editor.rdit-{layout}")).to_be_visible()
    # A folded result, and one that is large.
    tab.page.locator(".rdit-tool-fold").first.click()
    expect(tab.page.locator(".rdit-gist")).to_be_visible()
    tab.page.locator(".rdit-more").get_by_role("button", name="Open large").first.click()
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    assert findings(tab.page, ["dialog"]) == []
    tab.page.keyboard.press("Escape")
    # Something edited, and something running with its clock.
    tab.page.locator(".cm-line", has_text="x = 1").click()
    tab.page.keyboard.press("End")
    tab.page.keyboard.type("  # edited")
    assert findings(tab.page) == []
    expect(tab.page.locator("h1:not(.rdit-output *)")).to_have_text("accessible.py")


def test_a_file_that_is_not_there(tab: Tab) -> None:
    tab.go("rdit/edit/nowhere.py")
    expect(tab.page.get_by_role("button", name="Create it")).to_be_visible()
    assert findings(tab.page) == []
    expect(tab.page.locator("h1")).to_have_text("nowhere.py")
    tab.close(forgive=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["rdit/edit/", "rdit/edit/nowhere/a.py"])
def test_where_nothing_can_be_edited(
    new_tab: Callable[..., Tab], address: str, scheme: str
) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.go(address)
    expect(tab.page.get_by_role("link", name="All scripts")).to_be_visible()
    assert findings(tab.page) == []
    expect(tab.page.locator("h1")).to_have_text("Nothing to edit here")
    tab.close(forgive=True)


DIALOGS: dict[str, Callable[[Tab], Any]] = {
    "help": lambda tab: tab.page.keyboard.press("Control+Shift+H"),
    "palette": lambda tab: tab.page.keyboard.press("F1"),
    "settings": lambda tab: tab.page.keyboard.press("Control+,"),
    "restart": lambda tab: tab.command("restart").click(),
    "reset": lambda tab: tab.command("reset").click(),
    "place": lambda tab: tab.status.get_by_title("Where Python runs").click(),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_dialog(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.open("dialogs.py", "x = 1\n")
    tab.page.locator(".cm-content").focus()
    found = {}
    for name, open_dialog in DIALOGS.items():
        open_dialog(tab)
        expect(tab.page.locator("dialog")).to_be_visible()
        found[name] = findings(tab.page, ["dialog"])
        tab.page.keyboard.press("Escape")
        expect(tab.page.locator("dialog")).to_have_count(0)
    assert found == {name: [] for name in DIALOGS}


@pytest.mark.kernel
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_helps_in_writing(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.open(
        "helped.py", "import os\n\n\ndef spread(values):\n    return nothing\n\n\nspread([1])\n"
    )
    page, press = tab.page, tab.page.keyboard.press
    found = {}

    def look(selector: str) -> None:
        expect(page.locator(selector).first).to_be_visible()
        found[selector] = findings(page, [selector])

    page.locator(".cm-lintRange-error", has_text="nothing").hover()
    look(".cm-tooltip:has(.cm-tooltip-lint)")
    page.mouse.move(0, 0)
    page.locator(".cm-content").focus()
    press("Control+Shift+M")
    look("[data-panel=problems]")
    press("Escape")
    tab.go_to_line(8)
    for key, selector in {
        "F2": ".rdit-rename",
        "Shift+F12": "[data-panel=references]",
        "Control+h": ".cm-search",
        "Control+g": ".cm-gotoLine, .cm-dialog",
        "Control+Shift+O": "[data-panel=outline]",
    }.items():
        press(key)
        look(selector)
        press("Escape")
        expect(page.locator(selector)).to_have_count(0)
    press("Control+End")
    page.keyboard.type("spre")
    look(".cm-tooltip-autocomplete")
    press("Escape")
    page.keyboard.type("ad(")
    look(".rdit-signature")
    assert found == {selector: [] for selector in found}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_comparison_with_the_file_on_disk(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.open("compared.py", "1\n")
    tab.page.keyboard.type("# mine\n")
    tab.server.write("compared.py", "1\n# theirs\n")
    tab.page.keyboard.press("Control+s")
    tab.notice("file").get_by_role("button", name="Compare").click()
    expect(tab.page.locator("dialog")).to_contain_text("# theirs")
    assert findings(tab.page, ["dialog"]) == []
    tab.page.keyboard.press("Escape")
    assert findings(tab.page) == []


@pytest.mark.kernel
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_kernel_that_asks_and_one_that_has_died(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.open("dying.py", "import os\nname = input('Who? ')\nos.kill(os.getpid(), 9)\nname\n")
    tab.command("run-all").click()
    box = tab.result(2).locator("input")
    expect(box).to_be_visible()
    assert findings(tab.page) == []
    box.fill("ada")
    box.press("Enter")
    expect(tab.notice("kernel")).to_be_visible()
    expect(tab.result(3)).to_contain_text("KernelDied")
    assert findings(tab.page) == []


@pytest.mark.kernel
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_dimmed_can_be_read(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    script = """\
import sys
print("a warning", file=sys.stderr)
[1, 2]
def f():
    return 1 / 0
f()
"""
    tab.open("dimmed.py", script)
    tab.command("run-all").click()
    expect(tab.result(6)).to_contain_text("ZeroDivisionError")
    dim = "all => all.forEach(result => (result.dataset.gone = ''))"
    tab.page.locator(".rdit-result").evaluate_all(dim)
    assert findings(tab.page) == []


@pytest.mark.kernel
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_server_out_of_reach(new_tab: Callable[..., Tab], wire: Wire, scheme: str) -> None:
    tab = new_tab(wire.port, color_scheme=scheme)
    tab.open("away.py", "1 + 1\n")
    wire.cut()
    expect(tab.status).to_contain_text("Offline")
    tab.command("run-all").click()
    expect(tab.status).to_contain_text("1 to send")
    expect(tab.notice("connection")).to_be_visible()
    assert findings(tab.page) == []
    tab.close(forgive=True)


def test_axe_finds_what_is_wrong(tab: Tab) -> None:
    tab.go("rdit")
    tab.wait_for_state("ready")
    wrong = "<p style='color:#eee'>pale</p><img src='data:,'>"
    tab.page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", wrong)
    assert {finding.partition(":")[0] for finding in findings(tab.page)} >= {
        "color-contrast",
        "image-alt",
    }
    tab.close(forgive=True)
