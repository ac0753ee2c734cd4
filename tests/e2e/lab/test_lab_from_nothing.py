"""The same analysis as on the page, written from nothing in JupyterLab, with its completer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from tests.support.waiting import PATIENCE, wait_for

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from ..test_from_nothing import RAIN, WRITTEN, expect_plain_python
from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def command(lab: Lab, name: str) -> None:
    """Runs a command from JupyterLab's palette."""
    palette = lab.page.locator("#modal-command-palette")
    lab.press("Control+Shift+c")
    expect(palette.locator("input")).to_be_focused()
    lab.page.keyboard.type(name)
    item = palette.locator(".lm-CommandPalette-item.lm-mod-active")
    expect(item).to_contain_text(name)
    lab.press("Enter")
    expect(palette).to_be_hidden()


def complete(lab: Lab, typed: str, wanted: str) -> None:
    """Tab inserts the only completion, or lists several: then takes the first."""
    # What the completer needs, JupyterLab gives a little later.
    lab.document.locator(".jp-mod-completer-enabled").wait_for()
    before = lab.text().count(wanted)
    lab.page.keyboard.type(typed)
    completer = lab.page.locator(".jp-Completer:not(.lm-mod-hidden)")
    chosen = completer.locator(".jp-Completer-item.jp-mod-active .jp-Completer-match")

    def is_written() -> bool:
        return lab.text().count(wanted) > before

    def is_there() -> Any:
        return is_written() or chosen.all_text_contents() == [wanted]

    # JupyterLab gives up a question that takes longer than a second, and waits for the next Tab.
    for _ in range(5):
        lab.press("Tab")
        with suppress(AssertionError):
            wait_for(is_there, f"{typed} is completed to {wanted}", seconds=PATIENCE / 5)
            break
    assert is_there()
    if completer.count():
        lab.press("Enter")
        expect(completer).to_have_count(0)
    wait_for(is_written, f"{wanted} is in the text")


def found(lab: Lab) -> Any:
    return lab.document.locator(".cm-lintRange")


def test_an_analysis_is_written_from_nothing_with_the_keyboard_alone(lab: Lab) -> None:
    lab.server.write("rain.csv", RAIN)
    lab.go("lab/workspaces/nothing?reset")
    lab.page.wait_for_selector(".jp-Launcher")
    lab.is_started = True
    command(lab, "New rdit Script")
    lab.wait_open()
    keys = lab.page.keyboard

    keys.type("import pandas as pd")
    lab.press("Shift+Enter", "Enter")
    expect(lab.document.locator(".rdit-mark-ok")).to_have_count(1)
    complete(lab, "rain = pd.read_cs", "read_csv")
    keys.type("(")
    help = lab.page.locator(".rdit-signature strong").first
    expect(help).to_contain_text("filepath_or_buffer")
    keys.type('"./rain.csv")')
    lab.press("Shift+Enter")
    complete(lab, 'rain["city"].uniq', "unique")
    keys.type("()")
    lab.press("Shift+Enter")
    expect(lab.output(4)).to_contain_text("Rome")

    lab.press("Enter")
    keys.type('def describe(amounts, unit="mm"):\n"""The middle of some amounts."""\n')
    keys.type("if len(amounts) > 1:\nmiddle = amounts.mean()\n")
    keys.type("else:\nmiddle = amounts.iloc[0]\n")
    lab.press("Backspace")
    keys.type('return f"{middle:.1f} {unit}"')
    lab.press("Shift+Enter")
    keys.type('for city, group in rain.groupby("city"):\nprint(city, descrbe(group["rain"]))')
    expect(found(lab)).to_have_text("descrbe")
    lab.press("Alt+F8")
    keys.type("describe")
    expect(found(lab)).to_have_count(0)
    lab.press("Shift+Enter")
    expect(lab.output(13)).to_have_text("Oslo 801.5 mm\nRome 756.0 mm\n")

    keys.type('total=rain["rain"].summ()')
    lab.press("Shift+Enter")
    expect(lab.result(15)).to_contain_text("AttributeError")
    # F8 goes to statements that have ended with an error, and the text of one comes before its end.
    errors = lab.document.locator('.rdit-result[data-status="error"]')
    expect(errors).to_have_count(1)
    lab.press("F8")
    expect(lab.result(15)).to_be_focused()
    lab.press("Escape", "End", "ArrowLeft", "ArrowLeft", "Backspace", "Shift+Enter")
    expect(errors).to_have_count(0)
    keys.type('print("all:", total, "mm")\n')
    keys.type('rain.pivot(index="year", columns="city", values="rain").plot()\n')

    lab.press("Shift+Alt+f")
    expect(lab.document.locator(".cm-line", has_text="total = rain")).to_be_visible()
    lab.press("Control+Home", *["ArrowDown"] * 6, *["ArrowRight"] * 5, "F2")
    box = lab.page.locator(".rdit-rename input")
    expect(box).to_be_focused()
    keys.type("in_words")
    lab.press("Enter")
    expect(box).to_have_count(0)
    assert lab.text() == WRITTEN

    command(lab, "Restart Kernel and Run All Statements")
    dialog = lab.page.locator(".jp-Dialog")
    expect(dialog.locator(".jp-mod-accept")).to_be_focused()
    lab.press("Enter")
    expect(dialog).to_have_count(0)
    expect(lab.result(20).locator("img")).to_be_visible()
    expect_results(lab)
    lab.wait_for_state("idle")
    lab.press("Control+End", "ArrowUp", "Control+Alt+ArrowLeft")
    folded = lab.document.locator('.rdit-result[data-line-start="20"][data-folded]')
    expect(folded).to_be_visible()

    path = lab.document.get_attribute("data-path")
    assert path is not None
    script = lab.server.root / path
    lab.press("Control+s")
    wait_for(lambda: script.read_text() == WRITTEN, "it is saved")
    lab.go(f"lab/workspaces/nothing-again/tree/{path}?factory=rdit")
    lab.wait_open(path)
    expect_results(lab)
    expect(folded).to_be_visible()
    assert lab.text() == WRITTEN
    expect_plain_python(script)


def expect_results(lab: Lab) -> None:
    expect(lab.output(4)).to_contain_text("Rome")
    expect(lab.output(16)).to_have_text("Oslo 801.5 mm\nRome 756.0 mm\n")
    expect(lab.output(19)).to_have_text("all: 3115 mm\n")
    expect(lab.document.locator('.rdit-result[data-stale="true"]')).to_have_count(0)
