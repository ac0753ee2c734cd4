"""Running statements in the page: what one sees, and what one can do while they run."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.processes import ROOT
from tests.support.waiting import wait_for

from .conftest import Gate, Hold, Tab, frames
from .test_palette import open_palette

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def test_shift_enter_shows_the_value_beside_its_statement_and_goes_to_the_next(tab: Tab) -> None:
    tab.open("value.py", "2 + 2\n\n3 * 3\n")
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(1)).to_have_text("4")
    expect(tab.status).to_contain_text("Ln 3, Col 1")
    code = tab.page.locator(".cm-line").first.bounding_box()
    result = tab.result(1).bounding_box()
    assert code is not None
    assert result is not None
    assert abs(code["y"] - result["y"]) < code["height"]
    assert result["x"] > code["x"]
    expect(tab.result(3)).to_have_count(0)


def test_values_fill_the_column_of_results(tab: Tab) -> None:
    script = "import shutil\nlist(range(50))\nprint(shutil.get_terminal_size().columns)\n"
    tab.open("fill.py", script)
    tab.command("run-all").click()
    expect(tab.output(3)).to_be_visible()
    wide = int(tab.output(3).inner_text())
    numbers = tab.output(2)
    assert numbers.inner_text().count("\n") == -(-50 * 4 // wide) - 1
    # All of it is in view: no line is longer than the column.
    assert numbers.locator("pre").evaluate("pre => pre.scrollWidth <= pre.clientWidth")
    tab.page.set_viewport_size({"width": 1000, "height": 700})
    tab.command("run-all").click()
    expect(tab.output(3)).not_to_have_text(str(wide))
    expect(tab.output(3)).to_have_text(re.compile("[0-9]+"))


def test_restart_and_run_all_asks_and_runs_as_in_a_new_process(tab: Tab) -> None:
    tab.open("again.py", "runs = globals().get('runs', 0) + 1\nruns\n")
    keyboard = tab.page.keyboard

    def restart_and_run_all() -> None:
        open_palette(tab)
        keyboard.type("restart kernel and run all")
        keyboard.press("Enter")
        expect(tab.page.get_by_role("dialog")).to_be_visible()

    for count in "12":
        tab.command("run-all").click()
        expect(tab.output(2)).to_have_text(count)
    restart_and_run_all()
    keyboard.press("Escape")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
    tab.command("run-all").click()
    expect(tab.output(2)).to_have_text("3")
    restart_and_run_all()
    tab.page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    expect(tab.output(2)).to_have_text("1")
    tab.wait_for_state("idle")
    expect(tab.page.locator(".cm-content")).to_be_focused()


def test_a_key_that_is_pressed_twice_asks_once_though_the_question_comes_late(tab: Tab) -> None:
    hold = Hold(tab.page, "**/dialogs-*.js")
    tab.open("twice.py", "1\n")
    tab.command("restart").click()
    hold.wait()
    tab.command("restart").click()
    hold.release()
    dialog = tab.page.locator("dialog")
    expect(dialog).to_be_visible()
    frames(tab.page)
    expect(dialog).to_have_count(1)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    # And again the next time.
    tab.command("restart").click()
    expect(dialog).to_be_visible()


def test_the_first_chunk_alone_edits_runs_shows_and_saves(tab: Tab) -> None:
    # What it imports at its start is of it.
    own = json.loads((ROOT / "rdit_ext/static/first_chunks.json").read_text())
    others = re.compile(rf"/static/rdit/(?!{'|'.join(map(re.escape, own)) or '$'})chunks/")
    tab.page.route(others, lambda route: route.abort())
    tab.page.add_init_script(
        """window.said = new Set();
        new MutationObserver(() => {
            for (const toast of document.querySelectorAll('.rdit-toast'))
                said.add(toast.textContent);
        }).observe(document, {childList: true, subtree: true});"""
    )
    tab.open("alone.py", "def f():\n    return 40\n\n\nf() + 2\n")
    tab.page.keyboard.press("Shift+Enter")
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(5)).to_have_text("42")
    # What there is not is said.
    for part in ("the width of the results", "the hints in the margin"):
        tab.page.wait_for_function("part => [...said].some(text => text.includes(part))", arg=part)
    tab.page.keyboard.type("# typed")
    tab.page.keyboard.press("Control+s")
    wait_for(lambda: (tab.server.root / "alone.py").read_text().endswith("# typed"), "it is saved")
    expect(tab.status).to_contain_text("Saved")
    tab.close(forgive=True)


def test_run_all_fills_every_result_and_stops_at_an_error_that_links_to_its_line(tab: Tab) -> None:
    script = "1 + 1\n\n\ndef divide(x):\n    return 1 / x\n\n\ndivide(0)\nprint('never')\n"
    tab.open("error.py", script)
    tab.command("run-all").click()
    expect(tab.output(1)).to_have_text("2")
    error = tab.result(8)
    expect(error).to_have_attribute("data-status", "error")
    expect(error).to_contain_text("ZeroDivisionError")
    expect(tab.page.get_by_text("never", exact=True)).to_have_count(0)
    error.get_by_text(re.compile("line 5")).first.click()
    expect(tab.status).to_contain_text("Ln 5,")


def test_what_does_not_parse_elsewhere_is_marked_until_it_is_mended(tab: Tab) -> None:
    tab.open("broken.py", "1 + 1\nif:\n2 + 2\n")
    # In pieces, where the editor underlines a part of the line as well.
    broken = tab.page.locator(".rdit-broken-line")
    line = tab.page.locator(".cm-line", has=broken)
    # The live region is emptied a moment later.
    tab.page.evaluate(
        "window.announced = []; const region = document.querySelector('.cm-announced');"
        "new MutationObserver(() => window.announced.push(region.textContent))"
        ".observe(region, {childList: true, subtree: true, characterData: true})"
    )
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(1)).to_have_text("2")
    expect(line).to_have_text("if:")
    expect(broken.first).to_have_attribute("title", "SyntaxError: invalid syntax")
    announced = (
        "window.announced.some(text => text.includes('Line 2: SyntaxError: invalid syntax'))"
    )
    tab.page.wait_for_function(announced)
    tab.go_to_line(3)
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(3)).to_have_text("4")
    expect(tab.output(1)).to_have_text("2")
    expect(line).to_have_text("if:")
    tab.go_to_line(2)
    tab.page.keyboard.press("Shift+End")
    tab.page.keyboard.type("3 + 3")
    expect(broken).to_have_count(0)
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(2)).to_have_text("6")
    expect(broken).to_have_count(0)


def test_stop_ends_an_endless_loop_and_the_next_run_works(tab: Tab) -> None:
    tab.open("endless.py", "x = 6\nwhile True:\n    pass\nx * 7\n")
    tab.command("run-all").click()
    expect(tab.status).to_contain_text(re.compile("Lines 2.3 ·"))
    expect(tab.command("interrupt")).to_be_enabled()
    tab.command("interrupt").click()
    tab.wait_for_state("idle")
    expect(tab.result(2)).to_contain_text("KeyboardInterrupt")
    expect(tab.command("interrupt")).to_be_disabled()
    tab.go_to_line(4)
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(4)).to_have_text("42")


def test_what_does_not_stop_is_offered_to_be_stopped_by_force(tab: Tab) -> None:
    # A call into C that no signal ends: it waits for itself.
    tab.open(
        "stubborn.py",
        "import ctypes\nlibc = ctypes.CDLL(None)\nlock = ctypes.create_string_buffer(64)\n"
        "libc.pthread_mutex_lock(lock)\nlibc.pthread_mutex_lock(lock)\n",
    )
    tab.command("run-all").click()
    expect(tab.status).to_contain_text("Line 5 ·")
    tab.page.keyboard.press("Control+.")
    banner = tab.notice("stop")
    expect(banner).to_contain_text("has not stopped")
    banner.get_by_role("button", name="Restart kernel").click()
    tab.wait_for_state("idle")
    expect(banner).to_have_count(0)
    expect(tab.result(5)).not_to_have_attribute("data-status", "running")


def test_typing_goes_on_while_a_statement_runs(tab: Tab, gate: Gate) -> None:
    tab.open("typing.py", f"import time\n{gate.wait}\n'last'\n")
    tab.command("run-all").click()
    tab.wait_for_state("busy")
    tab.go_to_line(1)
    tab.page.keyboard.type("# a\n# b\n")
    gate.open()
    expect(tab.result(5)).to_contain_text("last")
    assert tab.text().startswith("# a\n# b\nimport time\n")


def test_runs_wait_for_one_another(tab: Tab, gate: Gate) -> None:
    tab.open("queue.py", f"a = 20\n{gate.wait}\na + 1\na + 2\n")
    for _ in range(4):
        tab.page.keyboard.press("Shift+Enter")
    expect(tab.status).to_contain_text("waiting")
    gate.open()
    expect(tab.output(3)).to_have_text("21")
    expect(tab.output(4)).to_have_text("22")


def test_results_are_there_again_after_a_reload(tab: Tab) -> None:
    tab.open("reload.py", "['kept']\nprint('also')\n")
    tab.command("run-all").click()
    expect(tab.output(2)).to_have_text("also")
    tab.page.reload()
    expect(tab.output(1)).to_have_text("['kept']")
    expect(tab.output(2)).to_have_text("also")


def test_a_second_tab_sees_the_same_as_it_comes(new_tab: Callable[..., Tab]) -> None:
    one, two = new_tab(), new_tab()
    one.open("shared.py", "import time\nfor n in range(3):\n    print(n)\n    time.sleep(0.3)\nn\n")
    two.open("shared.py")
    two.command("run-all").click()
    for tab in (one, two):
        expect(tab.output(2)).to_have_text(re.compile(r"^0\s1\s2\s*$"), use_inner_text=True)
        expect(tab.output(5)).to_have_text("2")
    one.go_to_line(5)
    one.page.keyboard.type("n + 40  # ")
    one.page.keyboard.press("Shift+Enter")
    expect(one.output(5)).to_have_text("42")


def test_a_killed_kernel_is_said_at_its_statement_and_the_next_run_works(tab: Tab) -> None:
    tab.open("killed.py", "import os, time\nos.getpid()\ntime.sleep(600)\n1 + 1\n")
    for _ in range(2):
        tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(2)).to_have_text(re.compile(r"^\d+$"))
    pid = int(tab.output(2).inner_text())
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.status).to_contain_text("Line 3 ·")
    os.kill(pid, signal.SIGKILL)
    expect(tab.notice("kernel")).to_contain_text("died in line 3")
    expect(tab.result(3)).to_contain_text("KernelDied")
    expect(tab.result(3)).to_have_attribute("data-status", "error")
    tab.go_to_line(4)
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(4)).to_have_text("2")
    expect(tab.notice("kernel")).to_have_count(0)


def test_clear_namespace_asks_and_then_forgets_the_names(tab: Tab) -> None:
    tab.open("reset.py", "x = 10\nx\n")
    tab.command("run-all").click()
    expect(tab.output(2)).to_have_text("10")
    tab.command("reset").click()
    dialog = tab.page.locator("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    tab.command("reset").click()
    dialog.get_by_role("button", name="Clear").click()
    tab.wait_for_state("idle")
    expect(tab.page.locator(".rdit-toast")).to_contain_text("namespace")
    tab.go_to_line(2)
    tab.page.keyboard.press("Control+Enter")
    expect(tab.result(2)).to_contain_text("NameError")


def test_restart_gives_another_process(tab: Tab) -> None:
    tab.open("restart.py", "import os\nos.getpid()\n")
    tab.command("run-all").click()
    expect(tab.output(2)).to_have_text(re.compile(r"^\d+$"))
    before = tab.output(2).inner_text()
    tab.command("restart").click()
    tab.page.locator("dialog").get_by_role("button", name="Restart").click()
    expect(tab.page.locator("dialog")).to_have_count(0)
    # A run waits for the restart that was asked for before it.
    tab.command("run-all").click()
    expect(tab.output(2)).not_to_have_text(before)
    expect(tab.output(2)).to_have_text(re.compile(r"^\d+$"))


def test_input_is_asked_for_where_the_statement_waits(tab: Tab) -> None:
    tab.open("asks.py", "name = input('Who? ')\nname.upper()\n")
    tab.command("run-all").click()
    expect(tab.status).to_contain_text("waits for input")
    box = tab.result(1).locator("input")
    box.fill("ada")
    box.press("Enter")
    expect(tab.result(1)).to_contain_text("Who? ada")
    expect(tab.output(2)).to_have_text("'ADA'")


def test_a_breakpoint_is_answered_without_a_mouse(tab: Tab) -> None:
    tab.open("debugged.py", "def f(a):\n    breakpoint()\n    return a + 1\nf(41)\n'last'\n")
    tab.command("run-all").click()
    for command in ("p a * 2", "u", "n"):
        box = tab.page.locator(".rdit-result input")
        expect(box).to_be_focused()
        tab.page.keyboard.type(command)
        box = box.element_handle()
        tab.page.keyboard.press("Enter")
        box.wait_for_element_state("hidden")
    # A step beyond the end of the statement leads to the next.
    expect(tab.output(4).last).to_have_text("42")
    expect(tab.result(5).locator("input")).to_be_focused()
    tab.page.keyboard.type("c\n")
    expect(tab.output(5).last).to_have_text("last")
    assert tab.text().startswith("def f(a):\n")


def test_the_page_says_that_a_kernel_starts(tab: Tab) -> None:
    tab.server.write("starts.py", "1\n")
    said: list[str] = []
    tab.page.expose_function("say", lambda text: said.append(text))
    tab.page.add_init_script(
        """new MutationObserver(() => {
            const text = document.querySelector(".rdit-status-kernel")?.textContent;
            if (text) window.say(text);
        }).observe(document, {subtree: true, childList: true, characterData: true});"""
    )
    tab.open("starts.py")
    # What the page says comes in only while Playwright is asked for something.
    wait_for(
        lambda: bool(tab.page.evaluate("true")) and "Python 3 · idle" in said, "the kernel is idle"
    )
    assert "Starting Python 3…" in said
    assert said.index("Starting Python 3…") < said.index("Python 3 · idle")


def test_white_and_black_can_be_read_on_every_colour(tab: Tab) -> None:
    tab.open(
        "colours.py", "print('\\x1b[44;97mlight\\x1b[0m \\x1b[43;30mdark\\x1b[0m \\x1b[41mplain')\n"
    )
    tab.page.keyboard.press("Shift+Enter")
    for text, colour in (("light", 255), ("dark", 0), ("plain", 255)):
        span = tab.output(1).get_by_text(text)
        expect(span).to_have_css("color", f"rgb({colour}, {colour}, {colour})")
        expect(span).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_a_tall_output_shows_its_end_while_it_grows(tab: Tab, gate: Gate) -> None:
    tab.open(
        "grows.py",
        "for n in range(60):\n    print('line', n)\n\n\n"
        "for n in range(60):\n    print('step', n, flush=True)\n    if n == 39:\n"
        f"        {gate.wait}\n",
    )
    from_end = "n => n.scrollHeight - n.clientHeight - n.scrollTop"

    def is_at_end() -> bool:
        return bool(tab.output(5).locator(".rdit-scroll").evaluate(from_end) < 3)

    tab.command("run-all").click()
    expect(tab.output(5)).to_contain_text("step 39")
    wait_for(is_at_end, "its end is in view")
    gate.open()
    expect(tab.result(5)).to_have_attribute("data-status", "ok")
    expect(tab.output(5)).to_contain_text("step 59")
    wait_for(is_at_end, "its end is in view")


def test_the_tip_of_a_button_goes_when_it_is_pressed(tab: Tab) -> None:
    tab.open("tip.py", "2 + 2\n")
    button = tab.command("run")
    shows = "button => getComputedStyle(button, '::after').visibility"
    button.hover()
    wait_for(lambda: button.evaluate(shows) == "visible", "the tip is there")
    button.click()
    expect(tab.output(1)).to_have_text("4")
    assert button.evaluate(shows) == "hidden"
    tab.page.locator(".cm-content").hover()
    button.hover()
    wait_for(lambda: button.evaluate(shows) == "visible", "the tip is there again")


def test_the_keyboard_alone_is_enough(tab: Tab) -> None:
    tab.go("rdit")
    tab.wait_for_state("ready")
    keyboard = tab.page.keyboard
    tab.page.get_by_role("button", name="New script").focus()
    keyboard.press("Enter")
    expect(tab.page.locator("dialog input")).to_be_focused()
    keyboard.type("keys")
    keyboard.press("Enter")
    tab.page.wait_for_url("**/rdit/edit/keys.py")
    expect(tab.page.locator(".cm-content")).to_be_focused()
    keyboard.type("words = 'typed'.split()\nwords")
    keyboard.press("Control+Shift+Enter")
    expect(tab.output(2)).to_have_text("['typed']")
    keyboard.press("Control+s")
    wait_for(
        lambda: (tab.server.root / "keys.py").read_text() == "words = 'typed'.split()\nwords",
        "the script is saved",
    )
    keyboard.press("Control+Shift+H")
    expect(tab.page.locator("dialog")).to_contain_text("Keys")
    keyboard.press("Escape")
    expect(tab.page.locator("dialog")).to_have_count(0)
    expect(tab.page.locator(".cm-content")).to_be_focused()
