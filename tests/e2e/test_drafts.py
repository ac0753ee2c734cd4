"""Typed text is never lost: saving by itself, drafts, files that others changed or deleted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import Server, Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def turn_off(tab: Tab, setting: str) -> None:
    """In the dialog of saving; then the code has the focus again."""
    tab.page.locator(".rdit-status-file").click()
    tab.page.get_by_label(setting).uncheck()
    tab.page.get_by_role("button", name="Use it").click()
    expect(tab.page.locator(".cm-content")).to_be_focused()


def second_page(tab: Tab) -> Tab:
    """Another page in the same browser, with what that browser keeps."""
    return replace(tab, page=tab.page.context.new_page())


def test_the_page_saves_by_itself_after_a_pause(
    new_tab: Callable[..., Tab], server: Server
) -> None:
    tab = new_tab(saves=True)
    tab.open("pause.py", "1\n")
    tab.page.keyboard.type("# typed\n")
    wait_for(lambda: (server.root / "pause.py").read_text() == "# typed\n1\n", "it is saved")
    expect(tab.status).to_contain_text("Saved")


def test_what_is_run_is_saved_and_both_can_be_turned_off(
    new_tab: Callable[..., Tab], server: Server
) -> None:
    tab = new_tab(saves=True)
    tab.open("run.py", "1\n")
    path = server.root / "run.py"
    turn_off(tab, "Save by itself")
    tab.page.keyboard.type("2\n")
    tab.page.keyboard.press("Control+Enter")
    wait_for(lambda: path.read_text() == "2\n1\n", "it is saved")
    turn_off(tab, "Save when running")
    tab.page.keyboard.press("Control+Home")
    tab.page.keyboard.type("3\n")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Control+Enter")
    expect(tab.output(1)).to_have_text("3")
    expect(tab.status).to_contain_text("draft kept")
    assert path.read_text() == "2\n1\n"


def test_what_a_run_could_not_save_is_saved_when_the_server_answers(
    new_tab: Callable[..., Tab], server: Server
) -> None:
    tab = new_tab(saves=True)
    tab.open("later.py", "1\n")
    path = server.root / "later.py"
    turn_off(tab, "Save by itself")
    tab.page.route("**/api/contents/**", lambda route: route.abort())
    tab.page.keyboard.type("2\n")
    tab.page.keyboard.press("Control+Enter")
    expect(tab.status).to_contain_text("no server")
    tab.page.unroute("**/api/contents/**")
    wait_for(lambda: path.read_text() == "2\n1\n", "it is saved")
    tab.close(forgive=True)


def test_saving_by_itself_never_writes_over_a_change_made_elsewhere(
    new_tab: Callable[..., Tab], server: Server
) -> None:
    tab = new_tab(saves=True)
    tab.open("theirs.py", "1\n")
    path = server.root / "theirs.py"
    tab.page.route("**/api/contents/**", lambda route: route.abort())
    tab.page.keyboard.type("# mine\n")
    expect(tab.status).to_contain_text("no server")
    server.write("theirs.py", "1\n# theirs\n")
    tab.page.unroute("**/api/contents/**")
    tab.page.keyboard.type("# more\n")
    expect(tab.notice("file")).to_contain_text("changed elsewhere")
    expect(tab.status).to_contain_text("Unsaved")
    tab.page.keyboard.type("# and more\n")
    assert path.read_text() == "1\n# theirs\n"
    tab.close(forgive=True)


def test_text_of_a_page_that_is_no_more_is_offered_and_compared(tab: Tab, server: Server) -> None:
    tab.open("lost.py", "a = 1\n")
    tab.page.keyboard.type("# typed and not saved\n")
    expect(tab.status).to_contain_text("draft kept")
    tab.page.close()
    back = second_page(tab)
    back.open("lost.py")
    banner = back.notice("draft")
    expect(banner).to_contain_text("was not saved")
    assert back.text() == "a = 1\n"
    banner.get_by_role("button", name="Compare").click()
    dialog = back.page.get_by_role("dialog")
    expect(dialog).to_contain_text("# typed and not saved")
    dialog.get_by_role("button", name="Take the unsaved text").click()
    expect(banner).to_have_count(0)
    assert back.text() == "# typed and not saved\na = 1\n"
    back.page.keyboard.press("Control+s")
    expect(back.status).to_contain_text("Saved")
    assert (server.root / "lost.py").read_text() == "# typed and not saved\na = 1\n"
    back.open("lost.py")
    expect(back.notice("draft")).to_have_count(0)


def test_two_pages_on_one_script_keep_their_texts_apart(tab: Tab) -> None:
    tab.open("two.py", "1\n")
    tab.page.keyboard.type("# first\n")
    expect(tab.status).to_contain_text("draft kept")
    other = second_page(tab)
    other.open("two.py")
    other.page.keyboard.type("# second\n")
    expect(other.status).to_contain_text("draft kept")
    # A page that lives still has its text.
    expect(other.notice("draft")).to_have_count(0)
    other.page.close()
    tab.page.close()
    third = second_page(tab)
    third.open("two.py")
    third.notice("draft").get_by_role("button", name="Take it").click()
    assert third.text() == "# first\n1\n" or third.text() == "# second\n1\n"
    # The other one is there as well.
    third.notice("draft").get_by_role("button", name="Take it").click()
    expect(third.notice("draft")).to_have_count(0)


def test_a_file_that_was_deleted_is_not_written_anew_unasked(tab: Tab, server: Server) -> None:
    path = server.write("deleted.py", "1\n")
    tab.open("deleted.py")
    tab.page.keyboard.type("# mine\n")
    path.unlink()
    tab.page.keyboard.press("Control+s")
    banner = tab.notice("file")
    expect(banner).to_contain_text("moved or deleted")
    assert not path.exists()
    banner.get_by_role("button", name="Save it again").click()
    wait_for(path.exists, "it is written")
    assert path.read_text() == "# mine\n1\n"
    tab.close(forgive=True)


def test_a_large_comparison_opens_at_once(tab: Tab, server: Server) -> None:
    lines = [f"value_{n} = {n} * 2" for n in range(2000)]
    tab.open("long.py", "\n".join(lines) + "\n")
    tab.page.keyboard.type("# mine\n")
    for n in range(0, 2000, 10):
        lines[n] = f"changed_{n} = {n} + 1"
    server.write("long.py", "\n".join(lines) + "\n")
    tab.page.keyboard.press("Control+s")
    tab.notice("file").get_by_role("button", name="Compare").click()
    dialog = tab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("changed_0 = 0 + 1")
    # Line by line: what is the same on both sides is marked on neither.
    same = dialog.locator(".cm-mergeViewEditor .cm-line", has_text="value_5 = 5 * 2")
    expect(same).to_have_count(2)
    for side in range(2):
        expect(same.nth(side)).not_to_have_class(re.compile("cm-changedLine"))
    dialog.get_by_role("button", name="Keep mine").click()
    expect(dialog).to_have_count(0)
    expect(tab.status).to_contain_text("Saved")
