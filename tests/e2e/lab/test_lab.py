"""Scripts in JupyterLab: running, editing, undo, saving, reloading, and JupyterLab's own menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import DOCUMENT, Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def test_a_script_opens_by_its_address_and_its_value_stands_beside_it(lab: Lab) -> None:
    lab.open("value.py", "2 + 2\n\n3 * 3\n")
    lab.press("Shift+Enter")
    expect(lab.output(1)).to_have_text("4")
    expect(lab.result(3)).to_have_count(0)
    lab.press("Shift+Enter")
    expect(lab.output(3)).to_have_text("9")
    code = lab.document.locator(".cm-line").first.bounding_box()
    result = lab.output(1).bounding_box()
    assert code is not None
    assert result is not None
    assert abs(code["y"] - result["y"]) < code["height"] / 2
    assert result["x"] > code["x"]


def test_undo_brings_the_results_back(lab: Lab) -> None:
    lab.open("undo.py", "1 + 1\n2 + 2\n3 + 3\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(3)).to_have_text("6")
    lab.press("Control+a", "Delete")
    expect(lab.document.locator(".rdit-result")).to_have_count(0)
    lab.press("Control+z")
    for line, value in ((1, "2"), (2, "4"), (3, "6")):
        expect(lab.output(line)).to_have_text(value)
    expect(lab.document.locator(".rdit-result[data-stale]")).to_have_count(0)


def test_an_edit_marks_the_result_and_keeps_it_on_its_statement(lab: Lab) -> None:
    lab.open("edit.py", "1 + 1\n2 + 2\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("4")
    lab.press("Control+Home", "Enter", "Control+End", "ArrowUp", "End")
    lab.page.keyboard.type(" * 5")
    expect(lab.output(2)).to_have_text("2")
    expect(lab.result(3)).to_have_attribute("data-stale", "true")
    expect(lab.result(2)).not_to_have_attribute("data-stale", "true")


def test_save_writes_the_file_and_a_reload_restores_tab_and_results(
    new_lab: Callable[..., Lab],
) -> None:
    lab = new_lab()
    # A workspace of its own: other browsers keep their layouts too.
    lab.open("kept.py", "6 * 7\n", workspace="kept")
    lab.press("Shift+Enter", "Control+End")
    expect(lab.output(1)).to_have_text("42")
    lab.page.keyboard.type("print('added')\n")
    expect(lab.page.locator(".jp-mod-dirty")).not_to_have_count(0)
    lab.press("Control+s")
    expect(lab.page.locator(".jp-mod-dirty")).to_have_count(0)
    assert (lab.server.root / "kept.py").read_text() == "6 * 7\nprint('added')\n"
    wait_for(lambda: lab.kept_scripts("kept") == ["rdit:kept.py"], "the layout is kept")
    lab.go("lab/workspaces/kept")
    lab.wait_open()
    expect(lab.page.locator(".jp-FileEditor")).to_have_count(1)
    expect(lab.output(1)).to_have_text("42")
    expect(lab.document.locator(".rdit-result[data-stale]")).to_have_count(0)


def test_a_reload_opens_no_second_editor_beside_the_script(new_lab: Callable[..., Lab]) -> None:
    lab = new_lab()
    lab.open("again.py", "1\n", workspace="again")
    wait_for(lambda: lab.kept_scripts("again") == ["rdit:again.py"], "the layout is kept")
    lab.page.reload()
    lab.wait_open("again.py")
    expect(lab.page.locator("#jp-main-dock-panel .lm-TabBar-tab")).to_have_count(1)
    expect(lab.page.locator(".jp-FileEditor")).to_have_count(1)
    # Nor is a name or a tab restored that is no more.
    lab.page.evaluate("jupyterapp.serviceManager.contents.rename('again.py', 'renamed.py')")
    wait_for(lambda: lab.kept_scripts("again") == ["rdit:renamed.py"], "the new name is kept")
    lab.close_all()
    wait_for(lambda: lab.kept_scripts("again") == [], "nothing is kept")


def test_the_run_menu_runs_and_the_kernel_menu_restarts(lab: Lab) -> None:
    lab.open("menus.py", "x = 5\nx * 2\n'x' in globals()\n")
    lab.menu("Run", "Run All")
    expect(lab.output(2)).to_have_text("10")
    expect(lab.output(3)).to_have_text("True")
    with lab.executing("rdit:restart"):
        lab.menu("Kernel", "Restart Kernel…")
        lab.accept()
    lab.wait_for_state("idle")
    # What else a new kernel may have to say, to stderr, is not asked here.
    value = lab.result(3).locator('[data-type="result"]')
    lab.press("Control+End", "ArrowUp")
    lab.menu("Run", "Run Statement and Advance")
    expect(value).to_have_text("False")
    lab.menu("Run", "Restart Kernel and Run All")
    lab.accept()
    expect(value).to_have_text("True")


def test_interrupt_from_the_menu_ends_an_endless_loop(lab: Lab) -> None:
    lab.open("endless.py", "while True:\n    pass\n")
    lab.press("Shift+Enter")
    lab.wait_running()
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Busy")
    lab.menu("Kernel", "Interrupt Kernel")
    lab.wait_for_state("idle")
    expect(lab.result(1)).to_contain_text("KeyboardInterrupt")


def test_another_kernel_is_chosen_with_the_dialog_and_one_is_shut_down(lab: Lab) -> None:
    lab.open("kernels.py", "import os\nos.environ.get('RDIT_KERNEL')\n")
    lab.menu("Kernel", "Change Kernel…")
    lab.page.locator(".jp-Dialog select").select_option(label="Other Python")
    lab.accept()
    expect(lab.kernel_name).to_contain_text("Other Python")
    lab.wait_for_state("idle")
    lab.focus()
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("'other'")
    lab.menu("Kernel", "Shut Down Kernel")
    lab.wait_for_state("dead")
    expect(lab.kernel_name).to_contain_text("No Kernel")
    # Whoever shuts a kernel down need not be told, and a restart starts it again, as a run does.
    expect(lab.page.locator(".Toastify__toast")).to_have_count(0)
    lab.button("restart").click()
    lab.wait_for_state("idle")
    lab.press("Control+Shift+Enter")
    expect(lab.kernel_name).to_contain_text("Other Python")
    expect(lab.output(2)).to_have_text("'other'")


def test_close_and_shut_down_ends_the_kernel(lab: Lab) -> None:
    lab.open("closed.py", "1\n")
    assert lab.server.ask("GET", "rdit/sessions") != []
    lab.menu("File", "Close and Shut Down")
    expect(lab.page.locator(".rdit-Document")).to_have_count(0)
    wait_for(lambda: lab.server.ask("GET", "rdit/sessions") == [], "its session is gone")


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
def test_results_stand_where_they_stood_when_another_tab_was_in_front(
    lab: Lab, layout: str
) -> None:
    lab.open("front.py", "for i in range(5): print(i)\n'x'\nfor i in range(8): print(i)\n7\n")
    for _ in range(["beside", "spaced", "below"].index(layout)):
        lab.button("layout").click()
    lab.press("Control+Shift+Enter")
    expect(lab.output(4)).to_have_text("7")
    lab.wait_for_state("idle")
    # Frames later: on a loaded machine several looks are of the same frame.
    places = """async nodes => {
      for (let n = 0; n < 3; n++) await new Promise(requestAnimationFrame);
      return nodes.map(n => n.getBoundingClientRect())
        .map(box => [box.y, box.height].map(Math.round));
    }"""
    results = lab.document.locator(".rdit-result")
    stood: list[Any] = []

    def stand_still() -> bool:
        stood.append(results.evaluate_all(places))
        return stood[-2:-1] == stood[-1:]

    wait_for(stand_still, "they stand")
    document = lab.page.evaluate("jupyterapp.shell.currentWidget.id")
    lab.execute("launcher:create")
    lab.page.wait_for_selector(".rdit-Document.lm-mod-hidden", state="attached")
    lab.page.wait_for_timeout(100)  # a frame in which what is hidden could be measured
    lab.page.evaluate("id => jupyterapp.shell.activateById(id)", document)
    wait_for(lambda: results.evaluate_all(places) == stood[-1], "they stand where they stood")


def test_a_toolbar_beside_the_current_tab_is_that_of_its_script(lab: Lab) -> None:
    lab.open("beside.py", "6 * 7\n")
    lab.page.evaluate(
        """async () => {
          const launcher = await jupyterapp.commands.execute("launcher:create");
          jupyterapp.shell.add(launcher, "main", { mode: "split-right" });
          jupyterapp.shell.activateById(launcher.id);
        }"""
    )
    lab.page.wait_for_function("!jupyterapp.shell.currentWidget.script")
    lab.button("run-all").click()
    expect(lab.output(1)).to_have_text("42")


def test_the_page_of_its_own_and_a_second_jupyterlab_see_the_same_results(
    lab: Lab, new_lab: Callable[..., Lab]
) -> None:
    lab.open("shared.py", "name = 'Ada'\nname\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("'Ada'")
    second = new_lab()
    second.open("shared.py")
    expect(second.output(2)).to_have_text("'Ada'")
    page = new_lab()
    page.go("rdit/edit/shared.py")
    there = page.page.locator('.rdit-result[data-line-start="2"] .rdit-output')
    expect(there).to_have_text("'Ada'")
    page.page.locator(".cm-content").focus()
    page.page.keyboard.press("Control+Home")
    page.page.keyboard.type("name = 'Grace'  # ")
    page.page.keyboard.press("Shift+Enter")
    page.page.keyboard.press("Shift+Enter")
    expect(there).to_have_text("'Grace'")
    expect(lab.output(2)).to_have_text("'Grace'")
    expect(second.output(2)).to_have_text("'Grace'")


def test_input_is_asked_for_and_answered_in_the_result(lab: Lab) -> None:
    lab.open("ask.py", "input('Name? ')\n")
    lab.press("Shift+Enter")
    field = lab.result(1).locator("input")
    field.fill("Ada")
    field.press("Enter")
    expect(lab.result(1)).to_contain_text("'Ada'")


def test_a_frame_of_a_traceback_leads_to_its_line_and_to_other_files(lab: Lab) -> None:
    lab.server.write("helper.py", "def fail():\n\n\n    raise ValueError('here')\n")
    lab.open("frames.py", "import helper\n\n\nhelper.fail()\n")
    lab.press("Control+Shift+Enter")
    expect(lab.result(4)).to_contain_text("ValueError")
    frames = lab.result(4).locator(".rdit-frame-link")
    frames.first.click()
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 4, Col")
    frames.last.click()
    expect(lab.page.locator(".lm-TabBar-tab.lm-mod-current", has_text="helper.py")).to_be_visible()
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text("Ln 4, Col")


def test_a_renamed_script_keeps_its_session(lab: Lab) -> None:
    lab.open("before.py", "kept = 1\nkept\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(2)).to_have_text("1")
    lab.page.evaluate("jupyterapp.serviceManager.contents.rename('before.py', 'after.py')")
    wait_for(
        lambda: [one["path"] for one in lab.server.ask("GET", "rdit/sessions")] == ["after.py"],
        "the session follows",
    )
    lab.focus()
    lab.press("Control+End", "ArrowUp", "Shift+Enter")
    expect(lab.output(2)).to_have_text("1")
    assert lab.page.locator(DOCUMENT).get_attribute("data-connection") == "open"


@pytest.mark.parametrize(
    ("theme", "is_light"),
    [
        ("JupyterLab Light", True),
        ("JupyterLab Dark", False),
        ("JupyterLab Dark High Contrast", False),
    ],
)
def test_results_take_the_colours_of_the_theme(lab: Lab, theme: str, is_light: bool) -> None:
    lab.open("theme.py", "print('hello')\n")
    lab.press("Control+Shift+Enter")
    expect(lab.output(1)).to_have_text("hello")
    lab.change_theme(theme)

    def colours() -> tuple[float, float]:
        lightness = """([selector, property]) => {
          const style = getComputedStyle(document.querySelector(selector));
          const [r, g, b] = style[property].match(/[\\d.]+/g).map(Number);
          return (0.3 * r + 0.6 * g + 0.1 * b) / 255; }"""
        return (
            lab.page.evaluate(lightness, [f"{DOCUMENT} .rdit-results", "backgroundColor"]),
            lab.page.evaluate(lightness, [f"{DOCUMENT} .rdit-result .rdit-output", "color"]),
        )

    wait_for(lambda: (colours()[0] > 0.5) == is_light, "the theme is there")
    back, fore = colours()
    assert abs(back - fore) > 0.6
    lab.change_theme("JupyterLab Light")
