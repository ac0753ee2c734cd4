"""What JupyterLab gives to editors, and what it lets users change: on scripts too."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from ..axe import findings
from ..conftest import Server
from .conftest import DOCUMENT, Lab
from .test_lab_from_nothing import complete

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


@pytest.fixture
def lab_with(new_lab: Callable[..., Lab], lab_server: Server) -> Iterator[Callable[..., Lab]]:
    """A JupyterLab whose user has set this."""

    def put(values: dict[str, Any]) -> None:
        raw = {"raw": json.dumps(values)}
        lab_server.send("PUT", "lab/api/settings/rdit:plugin", raw)

    def make(name: str, text: str, **values: Any) -> Lab:
        put(values)
        return new_lab().open(name, text, workspace=name.partition(".")[0])

    yield make
    put({})


def test_settings_choose_layout_height_and_cuts(lab_with: Callable[..., Lab]) -> None:
    text = "print('x\\n' * 100)\nprint('y' * 5000)\n"
    lab = lab_with("settings.py", text, layout="below", resultLines=5, maxText=1000)
    expect(lab.document).to_have_attribute("data-layout", "below")
    lab.press("Control+Shift+Enter")
    expect(lab.result(2)).to_contain_text("yyyy")
    code = lab.document.locator(".cm-line").first.bounding_box()
    result = lab.output(1).first.bounding_box()
    assert code is not None
    assert result is not None
    assert result["y"] >= code["y"] + code["height"] - 1
    line = code["height"]
    assert 3 * line < lab.output(1).locator(".rdit-scroll").bounding_box()["height"] < 7 * line
    shown = lab.result(2).inner_text()
    assert 1000 <= shown.count("y") < 5000
    lab.button("layout").click()
    expect(lab.document).to_have_attribute("data-layout", "beside")


@pytest.mark.parametrize(
    ("habit", "advance", "stay", "whole", "named"),
    [
        ("vscode", "Shift+Enter", "Control+Enter", "Control+F5", "Shift-Enter"),
        ("rstudio", "Control+Enter", "Alt+Enter", "Control+Alt+r", "Ctrl-Enter"),
        ("spyder", "F9", "", "F5", "F9"),
    ],
)
def test_keys_follow_the_habit_that_is_set(
    lab_with: Callable[..., Lab], habit: str, advance: str, stay: str, whole: str, named: str
) -> None:
    lab = lab_with(f"keys_{habit}.py", "1 + 1\n2 + 2\n3 + 3\n4 + 4\n", keys=habit)
    hint = lab.document.locator(".rdit-hint")
    expect(hint).to_have_text(f"{named} runs the statement under the cursor")
    lab.press(advance, advance)
    expect(lab.output(1)).to_have_text("2")
    expect(lab.output(2)).to_have_text("4")
    if stay:
        lab.press(stay, stay)
        expect(lab.output(3)).to_have_text("6")
    expect(lab.result(4)).to_have_count(0)
    lab.press(whole)
    expect(lab.output(4)).to_have_text("8")


def test_run_all_on_save_and_from_a_clear_namespace(lab_with: Callable[..., Lab]) -> None:
    text = "'seen' in globals()\nseen = 1\n"
    lab = lab_with("save.py", text, runOnSave=True, resetBeforeRunAll=True)
    lab.press("Control+End")
    lab.page.keyboard.type("# a\n")
    lab.press("Control+s")
    expect(lab.output(1)).to_have_text("False")
    lab.press("Control+Home", "Control+Shift+Enter")
    lab.wait_for_state("idle")
    expect(lab.output(1)).to_have_text("False")


def test_saving_formats_if_the_user_wants_so(lab_with: Callable[..., Lab]) -> None:
    lab = lab_with("format_save.py", "x=1\n", formatOnSave=True)
    file = lab.server.root / "format_save.py"
    # Saved, and what was formatted too: JupyterLab takes no further save meanwhile.
    with lab.executing("docmanager:save", times=2):
        lab.press("Control+s")
    assert file.read_text() == "x = 1\n"
    expect(lab.document.locator(".cm-line").first).to_have_text("x = 1")
    # What does not parse is saved as it is.
    lab.press("Control+End")
    lab.page.keyboard.type("y= = 1")
    lab.press("Control+s")
    wait_for(lambda: file.read_text() == "x = 1\ny= = 1", "it is saved")


def test_a_save_beside_that_of_what_was_formatted_is_no_conflict(
    lab_with: Callable[..., Lab],
) -> None:
    lab = lab_with("format_twice.py", "x=1\n", formatOnSave=True)
    # The answer to the second save is held back, when the file has been written.
    lab.page.evaluate(
        """() => {
          const { contents } = jupyterapp.serviceManager;
          const { get, save } = contents;
          let saves = 0;
          contents.save = (...all) => (saves++, save.apply(contents, all));
          contents.get = async (path, options) => {
            const file = await get.call(contents, path, options);
            const isHeld = saves === 2 && path === "format_twice.py" && !window.letGo;
            if (isHeld) await new Promise(done => (window.letGo = done));
            return file;
          };
        }"""
    )
    lab.press("Control+s")
    lab.page.wait_for_function("!!window.letGo")
    with lab.executing("docmanager:save"):
        lab.press("Control+s")
    lab.page.evaluate("void letGo()")
    expect(lab.page.locator(".lm-TabBar-tab.jp-mod-dirty")).to_have_count(0)
    expect(lab.page.locator(".jp-Dialog")).to_have_count(0)
    assert (lab.server.root / "format_twice.py").read_text() == "x = 1\n"


def test_python_files_open_with_rdit_where_the_setting_says_so(
    lab: Lab, lab_with: Callable[..., Lab]
) -> None:
    lab.open("default.py", "5 * 5\n")
    lab.close_all()
    lab.execute("docmanager:open", path="default.py")
    lab.page.wait_for_selector(".jp-FileEditor:not(.rdit-FileEditor)")
    other = lab_with("other.py", "1\n", openByDefault=True)
    other.close_all()
    other.execute("docmanager:open", path="default.py")
    other.wait_open("default.py")


def test_launcher_palette_and_file_browser_lead_to_rdit(lab: Lab) -> None:
    # In a folder of its own: a long list would show only a part.
    lab.open("listed/first.py", "1\n")
    lab.execute("filebrowser:go-to-path", path="listed")
    row = lab.page.locator(".jp-DirListing-item", has_text="first.py")
    expect(row).to_be_visible()
    # With its folder: JupyterLab may still be on its way back to the one it showed last.
    lab.execute("launcher:create", cwd="listed")
    lab.page.locator(".jp-LauncherCard:visible", has_text="rdit Script").click()
    lab.wait_open("listed/untitled.py")
    assert (lab.server.root / "listed/untitled.py").exists()
    lab.close_all()
    row.click(button="right")
    lab.page.locator(".lm-Menu-itemLabel", has_text="Open with rdit").click()
    lab.wait_open("listed/first.py")
    lab.press("Control+Shift+c")
    lab.page.locator(".lm-CommandPalette-input").fill("run all statements")
    items = lab.page.locator(".lm-CommandPalette-itemLabel", has_text="Run All Statements")
    expect(items.first).to_be_visible()
    lab.press("Escape", "Escape")


def test_completion_and_hover_come_from_the_kernel_while_it_is_busy(lab: Lab) -> None:
    text = (
        "import time\nmy_long_name = {'a': 1}\n\ndef greet(who):\n    'Say hello.'\n\n"
        "time.sleep(600)\n\n"
    )
    lab.open("busy.py", text)
    lab.press("Control+Shift+Enter")
    lab.wait_running()
    lab.press("Control+End", "ArrowUp")
    complete(lab, "my_lon", "my_long_name")
    assert lab.text().split("\n")[7] == "my_long_name"
    lab.document.locator(".cm-line", has_text="def greet").get_by_text("greet").hover()
    card = lab.page.locator(".rdit-card")
    expect(card).to_contain_text("greet(who)")
    expect(card).to_contain_text("Say hello.")
    expect(card.locator(".rdit-card-text")).to_have_css("white-space", "pre-wrap")
    assert card.bounding_box()["width"] < 800
    # What was asked beside the run made the kernel say that it is idle.
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Busy")
    lab.execute("rdit:interrupt")
    lab.wait_for_state("idle")


def test_names_are_looked_up_listed_and_renamed(lab: Lab) -> None:
    lab.server.write("barn.py", "\n\ndef fill(hay):\n    return hay\n")
    lab.open(
        "names.py", "from barn import fill\n\ndef twice(n):\n    return n\n\ntwice(n=fill(2))\n"
    )
    lab.press("Control+End", "ArrowUp", "Home", "F2")
    box = lab.page.locator(".rdit-rename input")
    expect(box).to_have_value("twice")
    box.fill("for")
    lab.page.keyboard.press("Enter")
    expect(lab.page.locator(".rdit-rename-said")).to_contain_text("“for” is a word of Python")
    box.fill("double")
    lab.page.keyboard.press("Enter")
    expect(box).to_have_count(0)
    assert [line for line in lab.text().split("\n") if "double" in line] == [
        "def double(n):",
        "double(n=fill(2))",
    ]
    lab.press("Shift+F12")
    panel = lab.page.locator('[data-panel="references"]')
    expect(panel).to_contain_text("double: 2 places in 2 lines")
    lab.page.keyboard.press("Escape")
    lab.press("F12")
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 3")
    # A call that is being typed.
    lab.press("Control+End")
    lab.page.keyboard.type("double(")
    expect(lab.page.locator(".rdit-signature strong")).to_have_text("n")
    lab.press("Escape")
    lab.document.locator(".cm-line", has_text="import fill").get_by_text("fill").click(
        modifiers=["Control"]
    )
    lab.wait_open("barn.py")
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 3")


def test_variables_are_listed_beside_the_script(lab: Lab) -> None:
    lab.open("vars.py", "import math\ncount = 3\nnames = ['a', 'b']\n\ndef f(): ...\n")
    lab.execute("rdit:variables")
    panel = lab.page.locator('[data-panel="variables"]')
    expect(panel.get_by_role("textbox", name="Filter by name or type")).to_be_focused()
    expect(panel.get_by_role("status")).to_have_text("No variables yet: run a statement.")
    lab.focus()
    lab.press("Control+Shift+Enter")
    rows = panel.locator(".rdit-variables-row[data-name]:not([hidden])")
    expect(rows).to_have_count(2)
    values = panel.locator('[data-column="value"][role="gridcell"]')
    expect(values).to_have_text(["3", "['a', 'b']"])
    rows.last.locator('[data-column="name"]').click()
    expect(values).to_have_text(["3", "['a', 'b']", "'a'", "'b'"])
    # It stays opened after a run, and is of the script in front.
    lab.focus()
    lab.press("Control+Shift+Enter")
    rows.nth(1).locator('[data-column="line"]').click()
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 3")
    expect(rows).to_have_count(4)
    # What is selected, or the name at the cursor, is watched; the other script has its own.
    lab.focus()
    lab.press("Control+Home", "ArrowDown", "Control+Shift+ArrowRight")
    # It finds the script of the panel first: the expressions stand in the order in which they come.
    with lab.executing("rdit:watch"):
        lab.execute("rdit:watch")
    field = panel.get_by_role("textbox", name="Watch an expression")
    field.fill("names + [count]")
    field.press("Enter")
    watched = panel.locator("[data-expression] .rdit-watch-value")
    expect(watched).to_have_text(["3", "['a', 'b', 3]"])
    lab.open("other.py", "1\n")
    expect(rows).to_have_count(0)
    expect(watched).to_have_count(0)
    lab.open("vars.py")
    expect(watched).to_have_text(["3", "['a', 'b', 3]"])
    lab.execute("application:toggle-right-area")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_what_is_ours(lab: Lab, theme: str) -> None:
    lab.open("seen.py", "count = 3\nprint(count)\ncount\nopen(str())\n1 / 0\n")
    lab.change_theme(theme)
    lab.execute("rdit:variables")
    expect(lab.page.locator("#rdit-variables")).to_be_visible()
    lab.focus()
    lab.press("Control+Shift+Enter")
    expect(lab.output(4)).to_contain_text("FileNotFoundError")
    expect(lab.page.locator("#rdit-variables [data-name=count]")).to_have_count(1)
    lab.press("Control+End", "ArrowUp")
    lab.page.keyboard.type("2 + ")
    ours = [
        f"{DOCUMENT} .cm-editor",
        f'{DOCUMENT} [data-command^="rdit:"]',
        "#rdit-variables",
    ]
    for one in ours:
        expect(lab.page.locator(one)).not_to_have_count(0)
    assert findings(lab.page, ours) == []
    editor = lab.document.get_by_role("textbox", name="seen.py, Python script")
    expect(editor).to_be_focused()
    name = f"{theme}.py"
    lab.page.evaluate("name => jupyterapp.shell.currentWidget.context.rename(name)", name)
    expect(lab.document.get_by_role("textbox", name=f"{name}, Python script")).to_be_visible()
    lab.execute("application:toggle-right-area")
    lab.change_theme("JupyterLab Light")


def test_the_command_of_the_layout_says_what_it_will_do(lab: Lab) -> None:
    lab.open("layout.py", "1\n")
    button = lab.button("layout")
    beside = "Results Beside the Code, with Room between Its Lines"
    names = {"beside": beside, "spaced": "Results Below the Code", "below": "Results in the Margin"}
    for layout, next_one in names.items():
        expect(lab.document).to_have_attribute("data-layout", layout)
        expect(button).to_have_attribute("title", next_one)
        button.click()
    expect(button).to_have_attribute("title", beside)
    # A toggle's state, which JupyterLab writes on an element that may not have one.
    expect(lab.document.locator('[data-command^="rdit:"][aria-pressed]')).to_have_count(0)


def test_results_in_the_margin_follow_the_cursor_and_the_wheel(lab: Lab) -> None:
    lab.open("margin.py", "print('line\\n' * 9)\n" * 6)
    lab.press("Control+Shift+Enter")
    expect(lab.output(6)).to_contain_text("line")
    lab.press("Control+Home", "ArrowDown", "ArrowDown")
    expect(lab.document.locator(".rdit-spacer")).to_have_count(0)
    off = """number => {
        const top = dom => dom.getBoundingClientRect().top;
        const within = document.querySelector(".rdit-Document:not(.lm-mod-hidden)");
        const result = within.querySelector(`.rdit-result[data-line-start="${number}"]`);
        return top(result) - top(within.querySelectorAll(".cm-line")[number - 1]);
    }"""
    lab.page.wait_for_function(f"Math.abs(({off})(3)) <= 1")
    box = lab.result(3).bounding_box()
    assert box is not None
    lab.page.mouse.move(box["x"] - 12, box["y"] + 10)
    lab.page.mouse.wheel(0, 100)
    lab.page.wait_for_function(f"({off})(3) < -20")


def test_the_table_of_contents_has_headings_sections_and_definitions(lab: Lab) -> None:
    text = (
        '"""\n# The title\n"""\n# %% Load\nx = 1\n\n\ndef read(path):\n    pass\n\n\n'
        "class Reader:\n    def close(self):\n        pass\n"
    )
    lab.open("toc.py", text)
    lab.execute("toc:show-panel")
    entries = lab.page.locator(".jp-TableOfContents .jp-tocItem-content")
    expect(entries).to_have_text(["The title", "Load", "read()", "class Reader", "close()"])
    entries.nth(2).click()
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 8, Col 1")
    lab.execute("filebrowser:activate")


def test_running_lists_scripts_and_shuts_them_down_and_a_console_attaches(lab: Lab) -> None:
    lab.open("run.py", "shared = 'from the script'\nlen(shared)\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("15")
    lab.execute("running:show-panel")
    # The kernel is listed too; our section comes last.
    row = lab.page.locator(".jp-RunningSessions-item", has_text="run.py").last
    expect(row).to_contain_text("Python 3")
    lab.execute("rdit:create-console")
    expect(lab.page.locator(".jp-CodeConsole-banner")).to_contain_text("IPython")
    prompt = lab.page.locator(".jp-CodeConsole-promptCell .cm-content")
    prompt.click()
    prompt.press_sequentially("shared")
    prompt.press("Shift+Enter")
    expect(lab.page.locator(".jp-CodeConsole .jp-OutputArea-output")).to_contain_text(
        "'from the script'"
    )
    row.hover()
    row.locator(".jp-RunningSessions-itemShutdown").click()
    wait_for(lambda: lab.server.ask("GET", "rdit/sessions") == [], "the session is gone")
    lab.execute("filebrowser:activate")


def test_exports_hold_the_results(lab: Lab) -> None:
    lab.open("export.py", '"""\n# Title\n"""\n\nx = 20\nprint("hello")\nx + 1\n')
    lab.press("Control+Shift+Enter")
    expect(lab.output(7)).to_have_text("21")

    def exported(label: str) -> str:
        with lab.page.expect_download() as download:
            lab.menu("File", "Save and Export Script As", label)
        return Path(download.value.path()).read_text()

    notebook = json.loads(exported("Export as Notebook"))
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    assert cells == [
        ("markdown", "# Title"),
        ("code", "x = 20"),
        ("code", 'print("hello")'),
        ("code", "x + 1"),
    ]
    assert notebook["cells"][2]["outputs"][0]["text"] in ("hello\n", ["hello\n"])
    assert notebook["cells"][3]["outputs"][0]["data"]["text/plain"] in ("21", ["21"])
    assert 'data-lines="6-6"' in exported("Export as HTML")
    assert "# Title\n" in exported("Export as Markdown")


def test_where_stale_is_not_to_be_marked_nothing_tells_it(lab_with: Callable[..., Lab]) -> None:
    lab = lab_with("unmarked.py", "xs = [1]\nlen(xs)\n", markStale=False)
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("1")
    lab.press("Control+Home", "End", "ArrowLeft")
    lab.page.keyboard.type(", 2")
    lab.press("Control+End", "ArrowLeft")
    lab.page.keyboard.type(" + 0")
    expect(lab.document.locator(".cm-line").nth(1)).to_have_text("len(xs) + 0")
    expect(lab.result(2)).to_have_attribute("aria-label", "Result of line 2")
    with lab.page.expect_download() as download:
        lab.menu("File", "Save and Export Script As", "Export as HTML")
    html = Path(download.value.path()).read_text().partition("<main>")[2]
    assert 'data-lines="2-2">' in html
    expect(lab.document.locator('[data-stale], [data-status="stale"]')).to_have_count(0)
    expect(lab.document.locator(".rdit-stale-count")).to_have_count(0)
    # What is stale is known to the command.
    lab.execute("rdit:run-stale")
    expect(lab.output(2)).to_have_text("2")


def test_a_notebook_opens_as_a_script(lab: Lab) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Notes"},
        {
            **{"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []},
            "source": "%matplotlib inline\nx = 1\nx",
        },
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    lab.open("first.py", "1\n")
    lab.server.write("book.ipynb", json.dumps(notebook))
    lab.execute("rdit:open-notebook-as-script", path="book.ipynb")
    lab.page.locator(".lm-TabBar-tabLabel", has_text="book.py").wait_for()
    assert (lab.server.root / "book.py").read_text() == (
        '# %% [markdown]\n"""\n# Notes\n"""\n\n# %%\n# %matplotlib inline\nx = 1\nx\n'
    )


def test_a_mime_type_of_another_extension_is_rendered_by_it(lab: Lab) -> None:
    text = (
        "class Greeting:\n"
        "    def _repr_mimebundle_(self, **_):\n"
        "        return {'application/vnd.rdit-test.greeting+json': {'to': 'Ada'},\n"
        "                'text/plain': 'a greeting', 'text/html': '<script>1</script>'}\n\n\n"
        "Greeting()\n"
    )
    lab.open("mime.py", text)
    lab.press("Control+Shift+Enter")
    expect(lab.result(7).locator(".test-greeting")).to_have_text("Hello, Ada!")


def test_formulas_are_typeset_by_jupyterlab(lab: Lab) -> None:
    lab.open("formula.py", "from IPython.display import Math\nMath('x^2')\nr'the $y^2$ of'\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(2).locator("mjx-container")).to_have_count(1)
    expect(lab.output(3).locator("mjx-container")).to_have_count(1)


def test_widgets_of_ipywidgets_are_live(lab: Lab) -> None:
    pytest.importorskip("ipywidgets")
    text = (
        "import ipywidgets\nslider = ipywidgets.IntSlider(value=3, description='n')\nslider\n"
        "slider.value\nbutton = ipywidgets.Button(description='More')\n"
        "button.on_click(lambda _: setattr(slider, 'value', slider.value + 10))\nbutton\n"
    )
    lab.open("widgets.py", text)
    lab.press("Control+Shift+Enter")
    readout = lab.result(3).locator(".widget-readout")
    expect(readout).to_have_text("3")
    expect(lab.output(4)).to_have_text("3")
    lab.result(7).locator("button", has_text="More").click()
    expect(readout).to_have_text("13")
    lab.focus()
    lab.press("Control+Home", "ArrowDown", "ArrowDown", "ArrowDown", "Shift+Enter")
    expect(lab.output(4)).to_have_text("13")


def test_search_and_line_numbers_are_those_of_jupyterlab(lab: Lab) -> None:
    lab.open("find.py", "needle = 1\nother = 2\nneedle\n")
    lab.press("Control+f")
    lab.page.locator(".jp-DocumentSearch-input").fill("needle")
    expect(lab.page.locator(".jp-DocumentSearch-index-counter")).to_have_text("1/2")
    lab.press("Escape")
    expect(lab.document.locator(".cm-lineNumbers")).to_be_visible()
    lab.focus()
    lab.execute("viewmenu:line-numbering")
    expect(lab.document.locator(".cm-lineNumbers")).to_be_hidden()


def test_opening_twice_shows_the_tab_that_is_there(lab: Lab) -> None:
    lab.open("once.py", "1\n")
    lab.execute("docmanager:open", path="once.py", factory="rdit")
    expect(lab.page.locator(DOCUMENT)).to_have_count(1)


def test_results_fold_open_large_and_are_read_without_the_code(
    lab_with: Callable[..., Lab],
) -> None:
    text = "print('\\n'.join(map(str, range(99))))\n1 / 0\n"
    lab = lab_with("fold.py", text)
    expect(lab.document.locator(".rdit-hint")).to_contain_text("Shift-Enter runs the statement")
    lab.press("Control+Shift+Enter")
    expect(lab.result(2)).to_contain_text("ZeroDivisionError")
    expect(lab.document.locator(".rdit-hint")).to_be_hidden()
    lab.press("Control+Home", "Control+Alt+ArrowLeft")
    expect(lab.result(1)).to_have_attribute("data-folded", "true")
    execute = "id => jupyterapp.commands.execute(id)"
    lab.page.evaluate(execute, "rdit:unfold-all")
    expect(lab.result(1)).not_to_have_attribute("data-folded", "true")
    lab.result(1).get_by_role("button", name="Open large").last.click()
    dialog = lab.page.get_by_role("dialog", name="Result of line 1")
    expect(dialog).to_contain_text("98")
    # A key there is not JupyterLab's.
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    lab.page.evaluate(execute, "rdit:fold-all")
    expect(lab.result(2).locator(".rdit-gist")).to_have_text("ZeroDivisionError: division by zero")
    lab.page.evaluate(execute, "rdit:reading-view")
    reading = lab.document.get_by_role("region", name="Results without the code")
    expect(reading).to_contain_text("ZeroDivisionError")
    expect(lab.document.locator(".cm-content")).to_be_hidden()
    lab.page.keyboard.press("Escape")
    expect(lab.document.locator(".cm-content")).to_be_visible()


def test_results_are_folded_from_the_start_where_the_setting_says_so(
    lab_with: Callable[..., Lab],
) -> None:
    lab = lab_with("folded.py", "print('one')\n", foldResults=True)
    lab.press("Shift+Enter")
    expect(lab.result(1).locator(".rdit-gist")).to_have_text("one")


def test_widgets_of_anywidget_are_those_of_jupyterlab(lab: Lab) -> None:
    text = (
        "import anywidget, traitlets\nclass Shown(anywidget.AnyWidget):\n"
        "    _esm = 'export default { render({ model, el }) {"
        " const show = () => { el.textContent = `n is ${model.get(`n`)}`; };"
        " model.on(`change:n`, show); show(); } }'\n"
        "    n = traitlets.Int(1).tag(sync=True)\nshown = Shown()\nshown\nshown.n = 2\n"
    )
    lab.open("anywidgets.py", text)
    lab.press("Control+Shift+Enter")
    expect(lab.result(6).get_by_text("n is 2")).to_be_visible()
    # In its own way: the kernel's code runs in its page.
    assert lab.result(6).locator("iframe").count() == 0
