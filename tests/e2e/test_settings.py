"""The dialog of settings: each acts at once, and is kept for the user on the server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.waiting import wait_for

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def dialog(tab: Tab) -> Any:
    return tab.page.locator('[data-panel="settings"]')


def setting(tab: Tab, name: str) -> Any:
    return dialog(tab).locator(f'[data-setting="{name}"]')


def control(tab: Tab, name: str) -> Any:
    return setting(tab, name).locator("select, input")


def close(tab: Tab) -> None:
    """The dialog that is open: what is pressed next is for the code."""
    tab.page.keyboard.press("Escape")
    expect(tab.page.locator("dialog")).to_have_count(0)
    expect(tab.page.locator(".cm-content")).to_be_focused()


def kept(tab: Tab) -> dict[str, Any]:
    file = tab.server.settings_file
    return dict(json.loads(file.read_text())) if file.exists() else {}


def wait_for_kept(tab: Tab, **settings: Any) -> None:
    wait_for(lambda: kept(tab) == settings, f"the server has {settings}")


def style(tab: Tab, name: str) -> str:
    code = tab.page.locator(".cm-content")
    return str(code.evaluate(f"code => getComputedStyle(code).{name}"))


@pytest.fixture
def opened(tab: Tab) -> Tab:
    """The dialog, over a script."""
    tab.open("settings.py", "print('x' * 3000)\nfor n in range(3): print(n)\n")
    tab.page.keyboard.press("Control+,")
    expect(dialog(tab)).to_be_visible()
    return tab


def test_theme_and_font_act_at_once_and_on_the_next_page(opened: Tab) -> None:
    tab = opened
    ground = "document.body && getComputedStyle(document.body).backgroundColor"
    light = tab.page.evaluate(ground)
    control(tab, "theme").select_option("dark")
    wait_for(lambda: tab.page.evaluate(ground) != light, "the page is dark")
    dark = tab.page.evaluate(ground)
    tab.page.emulate_media(color_scheme="dark")
    control(tab, "theme").select_option("light")
    wait_for(lambda: tab.page.evaluate(ground) == light, "the page is light, and not the system")
    control(tab, "theme").select_option("system")
    wait_for(lambda: tab.page.evaluate(ground) == dark, "the page is as the system")
    height = tab.page.locator(".cm-line").first.bounding_box()
    control(tab, "fontSize").fill("20")
    wait_for(lambda: style(tab, "fontSize") == "20px", "the code is larger")
    control(tab, "fontFamily").fill('Odd "Font", serif')
    control(tab, "fontFamily").press("Enter")
    wait_for(lambda: style(tab, "fontFamily").startswith('"Odd Font", serif'), "its font is other")
    line = tab.page.locator(".cm-line").first.bounding_box()
    assert line is not None
    assert height is not None
    assert line["height"] > height["height"]
    control(tab, "theme").select_option("light")
    wait_for_kept(tab, theme="light", fontSize=20, fontFamily='Odd "Font", serif')
    tab.go("rdit")
    tab.wait_for_state("ready")
    assert tab.page.evaluate(ground) == light


def test_the_theme_is_there_before_the_page_has_run(opened: Tab) -> None:
    tab = opened
    control(tab, "theme").select_option("dark")
    wait_for_kept(tab, theme="dark")
    tab.page.route("**/page.js*", lambda route: route.abort())
    tab.page.reload(wait_until="domcontentloaded")
    shown = tab.page.evaluate("getComputedStyle(document.documentElement).colorScheme")
    assert shown == "dark"
    tab.close(forgive=True)


def test_a_change_is_marked_and_can_be_undone(opened: Tab) -> None:
    tab = opened
    reset = setting(tab, "wrap").get_by_role("button", name="Reset: Wrap")
    expect(reset).to_be_hidden()
    control(tab, "wrap").check()
    expect(tab.page.locator(".cm-content")).to_have_class(re.compile("lineWrapping"))
    expect(setting(tab, "wrap")).to_have_attribute("data-modified", "")
    wait_for_kept(tab, wrap=True)
    reset.click()
    expect(control(tab, "wrap")).not_to_be_checked()
    expect(reset).to_be_hidden()
    wait_for_kept(tab)


def test_a_number_out_of_range_is_said_and_not_taken(opened: Tab) -> None:
    tab = opened
    control(tab, "fontSize").fill("200")
    expect(setting(tab, "fontSize").get_by_role("alert")).to_have_text(
        "A whole number from 8 to 40."
    )
    control(tab, "fontSize").fill("14")
    expect(setting(tab, "fontSize").get_by_role("alert")).to_be_empty()
    wait_for_kept(tab, fontSize=14)


def test_settings_are_found_by_their_words(opened: Tab) -> None:
    tab = opened
    find = dialog(tab).get_by_role("searchbox")
    expect(find).to_be_focused()
    tab.page.keyboard.type("rstudio")
    expect(dialog(tab).locator("[data-setting]:visible")).to_have_count(1)
    expect(setting(tab, "keys")).to_be_visible()
    find.fill("no such setting")
    expect(dialog(tab).locator("[data-setting]:visible")).to_have_count(0)
    expect(dialog(tab)).to_contain_text("There is no such setting.")
    # The first empties the field, as the browser does with all for searching.
    tab.page.keyboard.press("Escape")
    expect(find).to_have_value("")
    expect(setting(tab, "theme")).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(dialog(tab)).to_have_count(0)
    expect(tab.page.locator(".cm-content")).to_be_focused()


def test_caps_cut_what_a_statement_writes(opened: Tab) -> None:
    tab = opened
    control(tab, "maxText").fill("1000")
    close(tab)
    tab.page.keyboard.press("Control+Enter")
    expect(tab.result(1)).to_contain_text("left out")
    assert 1000 <= tab.result(1).inner_text().count("x") < 3000


def test_another_browser_of_the_user_has_them_too(opened: Tab, new_tab: Callable[..., Tab]) -> None:
    control(opened, "layout").select_option("below")
    wait_for_kept(opened, layout="below")
    other = new_tab().open("settings.py")
    expect(other.page.locator(".rdit-page")).to_have_attribute("data-layout", "below")
    # Each changes another one, and neither undoes the other's.
    other.page.keyboard.press("Control+,")
    control(other, "theme").select_option("dark")
    control(opened, "wrap").check()
    wait_for_kept(opened, layout="below", theme="dark", wrap=True)


def test_a_second_tab_of_the_browser_follows_at_once(opened: Tab) -> None:
    second = opened.page.context.new_page()
    second.goto(opened.page.url)
    second.wait_for_selector(".cm-content")
    control(opened, "theme").select_option("dark")
    expect(second.locator("html")).to_have_attribute("data-rdit-theme", "dark")
    second.close()


def test_a_server_that_cannot_keep_them_is_said(opened: Tab) -> None:
    tab = opened
    tab.server.settings_file.parent.mkdir(exist_ok=True)
    tab.server.settings_file.write_text("no JSON")
    control(tab, "theme").select_option("dark")
    toast = tab.page.locator(".rdit-toast", has_text="kept in this browser only")
    expect(toast).to_contain_text("settings.json")
    expect(tab.page.locator("html")).to_have_attribute("data-rdit-theme", "dark")
    assert tab.server.settings_file.read_text() == "no JSON"
    tab.close(forgive=True)


# ---- keys


def row(tab: Tab, command: str) -> Any:
    return dialog(tab).locator(f'[data-command-keys="rdit:{command}"]')


def record(tab: Tab, command: str, *keys: str) -> None:
    row(tab, command).get_by_role("button", name="Add a key").click()
    for key in keys:
        tab.page.keyboard.press(key)


def test_a_key_is_recorded_shown_everywhere_and_acts(opened: Tab) -> None:
    tab = opened
    dialog(tab).get_by_role("tab", name="Keys").click()
    record(tab, "run-all", "Control+Alt+g")
    expect(dialog(tab).get_by_role("status").first).to_contain_text("Ctrl+Alt+G runs Run All")
    wait_for(
        lambda: kept(tab) == {"key:rdit:run-all": ["Mod-Shift-Enter", "Mod-Alt-g"]}, "it is kept"
    )
    row(tab, "run-all").get_by_role("button", name="Remove Ctrl+Shift+Enter").click()
    close(tab)
    expect(tab.command("run-all")).to_have_attribute("data-tip", re.compile(r"Ctrl\+Alt\+G$"))
    tab.page.keyboard.press("Control+Shift+H")
    expect(tab.page.locator("dialog")).to_contain_text("CtrlAltG")
    close(tab)
    tab.page.keyboard.press("Control+Alt+g")
    expect(tab.output(2)).to_contain_text("2")


def test_a_key_of_two_commands_is_said_and_one_can_be_taken_back(opened: Tab) -> None:
    tab = opened
    dialog(tab).get_by_role("tab", name="Keys").click()
    record(tab, "run-to-here", "Control+Enter")
    expect(row(tab, "run-to-here")).to_contain_text("Ctrl+Enter is also for: Run Statement")
    expect(row(tab, "run-and-stay")).to_contain_text("is also for: Run from the Top")
    row(tab, "run-to-here").get_by_role("button", name="Reset").click()
    expect(row(tab, "run-and-stay")).not_to_contain_text("is also for")
    wait_for_kept(tab)


def test_what_is_needed_to_write_is_no_key_and_escape_lets_it_be(opened: Tab) -> None:
    tab = opened
    dialog(tab).get_by_role("tab", name="Keys").click()
    record(tab, "run", "x")
    expect(dialog(tab).get_by_role("status").first).to_contain_text("X is for writing")
    record(tab, "run", "Escape")
    expect(dialog(tab)).to_be_visible()
    record(tab, "run", "Shift+Enter")
    expect(dialog(tab).get_by_role("status").first).to_contain_text("has Shift+Enter already")
    assert kept(tab) == {}


def test_keys_are_found_by_their_name(opened: Tab) -> None:
    tab = opened
    dialog(tab).get_by_role("tab", name="Keys").click()
    dialog(tab).get_by_role("searchbox").fill("ctrl+s")
    expect(row(tab, "save")).to_be_visible()
    expect(row(tab, "run")).to_be_hidden()
