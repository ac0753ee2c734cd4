"""An analysis that is written from nothing with the keyboard alone, as a person would write it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.processes import clean_environment

from .conftest import Tab
from .test_diagnostics import found
from .test_language import popup, selected

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

RAIN = "city,year,rain\nOslo,2023,763\nOslo,2024,840\nRome,2023,799\nRome,2024,713\n"
WRITTEN = '''import pandas as pd

rain = pd.read_csv("./rain.csv")
rain["city"].unique()


def in_words(amounts, unit="mm"):
    """The middle of some amounts."""
    if len(amounts) > 1:
        middle = amounts.mean()
    else:
        middle = amounts.iloc[0]
    return f"{middle:.1f} {unit}"


for city, group in rain.groupby("city"):
    print(city, in_words(group["rain"]))
total = rain["rain"].sum()
print("all:", total, "mm")
rain.pivot(index="year", columns="city", values="rain").plot()
'''
PRINTED = "Oslo 801.5 mm\nRome 756.0 mm\nall: 3115 mm\n"


class Person:
    """Has a keyboard, and looks."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.type = tab.page.keyboard.type

    def press(self, *keys: str) -> None:
        for key in keys:
            self.tab.page.keyboard.press(key)

    def choose(self, typed: str, wanted: str) -> None:
        """Takes what the popup has selected, once that is this."""
        self.type(typed)
        expect(selected(self.tab)).to_have_text(wanted)
        self.press("Enter")
        expect(popup(self.tab)).to_have_count(0)

    def command(self, name: str) -> None:
        self.press("F1")
        expect(self.tab.page.get_by_role("combobox", name="Command")).to_be_focused()
        self.type(name)
        self.press("Enter")
        expect(self.tab.page.locator('[data-panel="palette"]')).to_have_count(0)

    def line(self, number: int) -> None:
        """The line that the cursor is in."""
        expect(self.tab.status).to_contain_text(f"Ln {number},")

    def go_to(self, line: str) -> None:
        self.press("Control+g")
        expect(self.tab.page.locator(".cm-panel input:focus")).to_be_visible()
        self.type(line)
        self.press("Enter")
        self.line(int(line.partition(":")[0]))


def begin(tab: Tab) -> Person:
    """An empty script, made on the start page of its folder."""
    person = Person(tab)
    tab.server.write("weather/rain.csv", RAIN)
    # The server is that of all tests, and a test may be repeated.
    (tab.server.root / "weather/rainfall.py").unlink(missing_ok=True)
    tab.go("rdit?folder=weather")
    tab.wait_for_state("ready")
    new = tab.page.locator('[data-command="rdit:new"]')
    for _ in range(10):
        person.press("Tab")
        if new.evaluate("button => button === document.activeElement"):
            break
    expect(new).to_be_focused()
    person.press("Enter")
    expect(tab.page.get_by_role("dialog").locator("input")).to_be_focused()
    person.press("Control+a")
    person.type("rainfall")
    person.press("Enter")
    # The last of what helps in writing to show itself.
    tab.page.wait_for_selector(".cm-content.rdit-writing")
    expect(tab.page.locator(".cm-content")).to_be_focused()
    return person


def read_the_data(person: Person) -> None:
    tab = person.tab
    person.type("import pandas as pd")
    person.press("Shift+Enter", "Enter")
    person.line(3)
    # pandas takes its time; that one need not wait for it is a test of its own.
    expect(tab.page.locator(".rdit-mark-ok")).to_have_count(1)
    person.type("rain = pd.")
    person.choose("read_cs", "read_csv")
    person.type("(")
    expect(tab.page.locator(".rdit-signature strong").first).to_contain_text("filepath_or_buffer")
    person.choose('"./ra', "./rain.csv")
    person.type('")')
    person.press("Shift+Enter")
    person.choose('rain["ci', "city")
    person.type(".")
    person.choose("uniq", "unique")
    person.type("()")
    person.press("Shift+Enter")
    expect(tab.output(4)).to_contain_text("Rome")
    assert tab.text().startswith(
        'import pandas as pd\n\nrain = pd.read_csv("./rain.csv")\nrain["city"].unique()\n'
    )


def write_a_function(person: Person) -> None:
    """What it knows of itself comes from the text: none of it has run."""
    person.press("Enter")
    person.type('def describe(amounts, unit="mm"):\n"""The middle of some amounts."""\n')
    person.type("if len(")
    person.choose("amo", "amounts")
    person.type(") > 1:\nmiddle = ")
    person.choose("amo", "amounts")
    person.type(".mean()\nelse:\n")
    person.choose("mi", "middle")
    person.type(" = amounts.iloc[0]\n")
    person.press("Backspace")
    person.type('return f"{middle:.1f} {unit}"')
    person.press("Shift+Enter")
    person.line(13)


def loop_over_it(person: Person) -> None:
    tab = person.tab
    person.type("for city, group in rain.")
    person.choose("groupb", "groupby")
    person.type('("city"):\nprint(city, descrbe(group["rain"]))')
    expect(found(tab, "error")).to_have_text("descrbe")
    person.press("Alt+F8")
    person.type("describe")
    expect(found(tab)).to_have_text([])
    person.press("Shift+Enter")
    expect(tab.output(13)).to_have_text("Oslo 801.5 mm\nRome 756.0 mm\n")
    person.line(15)


def repair_an_error(person: Person) -> None:
    tab = person.tab
    person.type('total=rain["rain"].summ()')
    person.press("Shift+Enter")
    expect(tab.result(15)).to_contain_text("AttributeError")
    expect(tab.page.locator('.rdit-result[data-status="error"]')).to_have_count(1)
    person.press("F8")
    person.line(15)
    expect(tab.result(15)).to_be_focused()
    person.press("Escape", "End", "ArrowLeft", "ArrowLeft", "Backspace", "Shift+Enter")
    expect(tab.page.locator('.rdit-result[data-status="error"]')).to_have_count(0)
    person.line(16)


def finish(person: Person) -> None:
    tab = person.tab
    person.type('print("all:", ')
    person.choose("tot", "total")
    person.type(', "mm")\nrain.')
    person.choose("pivo", "pivot")
    person.type('(index="year", columns="city", values="rain").plot()\n')
    person.press("Shift+Alt+f")
    expect(tab.page.locator(".cm-line", has_text="total = rain")).to_be_visible()
    person.go_to("7:6")
    person.press("F2")
    expect(tab.page.locator(".rdit-rename input")).to_be_focused()
    person.type("in_words")
    person.press("Enter")
    expect(tab.page.locator(".rdit-rename input")).to_have_count(0)
    assert tab.text() == WRITTEN


def expect_results(tab: Tab) -> None:
    expect(tab.output(4)).to_contain_text("Rome")
    expect(tab.output(16)).to_have_text("Oslo 801.5 mm\nRome 756.0 mm\n")
    expect(tab.output(19)).to_have_text("all: 3115 mm\n")
    expect(tab.page.locator('.rdit-result[data-stale="true"]')).to_have_count(0)


def test_an_analysis_is_written_from_nothing_with_the_keyboard_alone(tab: Tab) -> None:
    person = begin(tab)
    read_the_data(person)
    write_a_function(person)
    loop_over_it(person)
    repair_an_error(person)
    finish(person)
    person.command("restart kernel and run all")
    restart = tab.page.get_by_role("dialog").get_by_role("button", name="Restart")
    expect(restart).to_be_visible()
    # The other one has the focus.
    person.press("Tab")
    expect(restart).to_be_focused()
    person.press("Enter")
    expect(tab.result(20).locator("img")).to_be_visible()
    expect_results(tab)
    tab.wait_for_state("idle")
    person.go_to("20")
    person.press("Control+Alt+ArrowLeft")
    folded = tab.page.locator('.rdit-result[data-line-start="20"][data-folded]')
    expect(folded).to_be_visible()
    person.press("Control+s")
    expect(tab.status).to_contain_text("Saved")
    tab.page.reload()
    tab.wait_for_state("idle")
    expect_results(tab)
    expect(folded).to_be_visible()
    assert tab.text() == WRITTEN
    expect_plain_python(tab.server.root / "weather/rainfall.py")


def expect_plain_python(script: Path) -> None:
    """The file is what was written, and says under `python` what it said here."""
    assert script.read_text() == WRITTEN
    ran = subprocess.run(
        [sys.executable, script.name],
        cwd=script.parent,
        env={**clean_environment(), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, PRINTED), ran.stderr
