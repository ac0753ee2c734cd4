"""Keys in JupyterLab, as Linux and as a Mac have them; and more than one tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import DOCUMENT, Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

LINUX = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
MAC = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


@pytest.fixture(scope="module", params=[(LINUX, "Control"), (MAC, "Meta")], ids=["Linux", "Mac"])
def shared_lab_of(
    request: pytest.FixtureRequest, new_shared_lab: Callable[..., Lab]
) -> tuple[Lab, str]:
    user_agent, accel = request.param
    lab = new_shared_lab(user_agent=user_agent)
    # A workspace of its own: else it begins with what the other had open.
    lab.open("first.py", "1\n", workspace=accel)
    return lab, accel


@pytest.fixture
def keys(shared_lab_of: tuple[Lab, str]) -> Iterator[tuple[Lab, str]]:
    lab, accel = shared_lab_of
    yield lab, accel
    lab.close_all()
    lab.server.end_sessions()
    complaints, lab.complaints = lab.complaints, []
    assert complaints == []


def expect_cursor(lab: Lab, line: int) -> None:
    expect(lab.page.locator(".jp-StatusBar-Widget")).to_contain_text(f"Ln {line},")


def test_every_key_does_what_the_notebook_and_others_taught(keys: tuple[Lab, str]) -> None:
    lab, accel = keys
    lab.open("keys.py", "1 + 1\n2 + 2\n3 + 3\n4 + 4\n")
    lab.press("Shift+Enter")
    expect(lab.output(1)).to_have_text("2")
    expect_cursor(lab, 2)
    lab.press(f"{accel}+Enter")
    expect(lab.output(2)).to_have_text("4")
    expect_cursor(lab, 2)
    lab.press("Alt+Enter")
    expect(lab.document.locator(".cm-line")).to_have_count(6)
    lab.page.keyboard.type("5 + 5")
    lab.press(f"{accel}+Alt+Enter")
    expect(lab.output(3)).to_have_text("10")
    expect(lab.result(4)).to_have_count(0)
    lab.press(f"{accel}+Shift+Enter")
    expect(lab.output(5)).to_have_text("8")
    assert lab.text() == "1 + 1\n2 + 2\n5 + 5\n3 + 3\n4 + 4\n"


def test_keys_lead_to_results_and_errors_and_back(keys: tuple[Lab, str]) -> None:
    lab, accel = keys
    lab.open("errors.py", "1 + 1\n\n\nraise ValueError('here')\n")
    lab.press(f"{accel}+Shift+Enter")
    # F8 goes to statements that have ended with an error.
    expect(lab.result(4)).to_have_attribute("data-status", "error")
    lab.press(f"{accel}+Home" if accel == "Control" else f"{accel}+ArrowUp")
    lab.press(f"{accel}+Alt+ArrowRight")
    expect(lab.result(1)).to_be_focused()
    # Keys in a result do not run code.
    lab.press("Shift+Enter", "Escape")
    expect(lab.document.locator(".cm-content")).to_be_focused()
    expect_cursor(lab, 1)
    lab.press("F8")
    expect(lab.result(4)).to_be_focused()
    lab.press("Escape")


def test_a_key_interrupts(keys: tuple[Lab, str]) -> None:
    lab, accel = keys
    lab.open("endless.py", "while True:\n    pass\n")
    lab.press("Shift+Enter")
    lab.wait_running()
    lab.press(f"{accel}+.")
    lab.wait_for_state("idle")
    expect(lab.result(1)).to_contain_text("KeyboardInterrupt")


def test_two_scripts_in_two_tabs_have_a_namespace_each(keys: tuple[Lab, str]) -> None:
    lab, accel = keys
    lab.server.write("two.py", "name = 'two'\nname\n")
    lab.open("one.py", "name = 'one'\nname\n")
    lab.press(f"{accel}+Shift+Enter")
    expect(lab.output(2)).to_have_text("'one'")
    lab.execute("docmanager:open", path="two.py", factory="rdit", options={"mode": "split-right"})
    lab.page.wait_for_selector(f'{DOCUMENT}[data-path="two.py"][data-state="idle"]')
    tabs = lab.page.locator(DOCUMENT)
    expect(tabs).to_have_count(2)
    second = lab.page.locator(f'{DOCUMENT}[data-path="two.py"]')
    second.locator(".cm-content").click()
    lab.press(f"{accel}+Shift+Enter")
    expect(second.locator('.rdit-result[data-line-start="2"] .rdit-output')).to_have_text("'two'")
    first = lab.page.locator(f'{DOCUMENT}[data-path="one.py"]')
    first.locator(".cm-line").nth(1).click()
    lab.press("Shift+Enter")
    expect(first.locator('.rdit-result[data-line-start="2"] .rdit-output')).to_have_text("'one'")


def test_a_second_view_of_a_script_shows_the_same_results(keys: tuple[Lab, str]) -> None:
    lab, accel = keys
    lab.open("views.py", "6 * 7\n")
    lab.execute("docmanager:clone")
    views = lab.page.locator(DOCUMENT)
    expect(views).to_have_count(2)
    expect(views.nth(1)).to_have_attribute("data-state", "idle")
    views.nth(0).locator(".cm-content").click()
    lab.press(f"{accel}+Shift+Enter")
    for view in (views.nth(0), views.nth(1)):
        expect(view.locator('.rdit-result[data-line-start="1"] .rdit-output')).to_have_text("42")
