"""Scripts as files: the start page, opening, saving, and files that others change."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import TOKEN, Hold, Server, Tab, frames

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def test_saving_writes_the_file_and_says_so(tab: Tab, server: Server) -> None:
    tab.open("save.py", "1\n")
    expect(tab.page).to_have_title("save.py - rdit")
    tab.page.keyboard.type("# one\n")
    expect(tab.page).to_have_title("• save.py - rdit")
    expect(tab.status).to_contain_text("Unsaved")
    tab.page.keyboard.press("Control+s")
    expect(tab.status).to_contain_text("Saved")
    expect(tab.page).to_have_title("save.py - rdit")
    assert (server.root / "save.py").read_text() == "# one\n1\n"
    tab.page.keyboard.type("# two\n")
    tab.command("save").click()
    expect(tab.status).to_contain_text("Saved")
    assert (server.root / "save.py").read_text() == "# one\n# two\n1\n"


def test_the_caret_is_where_it_was_after_a_reload(tab: Tab) -> None:
    tab.open("caret.py", "\n".join(f"x{n} = {n}" for n in range(200)))
    for key in ("Control+End", "ArrowUp", "ArrowUp", "Home"):
        tab.page.keyboard.press(key)
    expect(tab.status).to_contain_text("Ln 198, Col 1")
    tab.page.reload()
    expect(tab.status).to_contain_text("Ln 198, Col 1")
    expect(tab.page.locator(".cm-line", has_text="x197 = 197")).to_be_in_viewport()
    # An address that names a line goes there.
    tab.page.goto(f"{tab.page.url}#L3")
    tab.page.reload()
    expect(tab.status).to_contain_text("Ln 3, Col 1")


def test_a_file_changed_elsewhere_is_never_written_over_unasked(tab: Tab, server: Server) -> None:
    tab.open("both.py", "1\n")
    tab.page.keyboard.type("# mine\n")
    path = server.write("both.py", "1\n# theirs\n")
    tab.page.keyboard.press("Control+s")
    banner = tab.notice("file")
    expect(banner).to_contain_text("changed elsewhere")
    assert path.read_text() == "1\n# theirs\n"
    banner.get_by_role("button", name="Compare").click()
    dialog = tab.page.locator("dialog")
    expect(dialog).to_contain_text("# mine")
    expect(dialog).to_contain_text("# theirs")
    dialog.get_by_role("button", name="Close").click()
    tab.page.keyboard.press("Control+s")
    expect(banner).to_be_visible()
    assert path.read_text() == "1\n# theirs\n"
    banner.get_by_role("button", name="Keep mine").click()
    expect(banner).to_have_count(0)
    wait_for(lambda: path.read_text() == "# mine\n1\n", "mine is written")


def test_a_save_that_cannot_ask_about_the_other_version_says_so(tab: Tab, server: Server) -> None:
    tab.page.route("**/conflict-*.js", lambda route: route.abort())
    tab.open("unasked.py", "1\n")
    tab.page.keyboard.type("# mine\n")
    path = server.write("unasked.py", "1\n# theirs\n")
    tab.page.keyboard.press("Control+s")
    expect(tab.notice("file")).to_contain_text("Could not save unasked.py")
    assert path.read_text() == "1\n# theirs\n"
    tab.close(forgive=True)


def test_a_conflict_can_be_ended_by_taking_the_other_version(tab: Tab, server: Server) -> None:
    tab.open("theirs.py", "1\n")
    tab.page.keyboard.type("# mine\n")
    server.write("theirs.py", "1\n# theirs\n")
    tab.page.keyboard.press("Control+s")
    tab.notice("file").get_by_role("button", name="Reload").click()
    expect(tab.page.locator(".cm-content")).to_contain_text("# theirs")
    assert tab.text() == "1\n# theirs\n"
    expect(tab.status).to_contain_text("Saved")


def test_a_clean_page_takes_over_a_changed_file_and_keeps_its_results(
    tab: Tab, server: Server
) -> None:
    tab.open("clean.py", "10 + 1\n20 + 2\n30 + 3\n")
    tab.command("run-all").click()
    expect(tab.output(3)).to_have_text("33")
    server.write("clean.py", "# new\n10 + 1\n30 + 3\n")
    expect(tab.page.locator(".cm-content")).to_contain_text("# new")
    expect(tab.output(2)).to_have_text("11")
    expect(tab.output(3)).to_have_text("33")
    expect(tab.page.get_by_text("22", exact=True)).to_have_count(0)
    expect(tab.status).to_contain_text("Saved")


def test_a_page_that_has_saved_still_sees_what_others_do(tab: Tab, server: Server) -> None:
    tab.open("saved.py", "1\n")
    tab.page.keyboard.type("# mine\n")
    tab.page.keyboard.press("Control+s")
    expect(tab.status).to_contain_text("Saved")
    path = server.write("saved.py", "# mine\n1\n# theirs\n")
    expect(tab.page.locator(".cm-content")).to_contain_text("# theirs")
    path.unlink()
    expect(tab.notice("file")).to_contain_text("moved or deleted")
    tab.close(forgive=True)  # the 404 that says so


def test_byte_order_mark_and_line_ends_are_kept(tab: Tab, server: Server) -> None:
    tab.open("windows.py", "\ufeffa = 1\r\na + 1\r\n")
    tab.page.keyboard.type("# top\n")
    tab.command("run-all").click()
    expect(tab.output(3)).to_have_text("2")
    tab.page.keyboard.press("Control+s")
    expect(tab.status).to_contain_text("Saved")
    saved = (server.root / "windows.py").read_bytes()
    assert saved == b"\xef\xbb\xbf# top\r\na = 1\r\na + 1\r\n"


def test_a_missing_file_can_be_made(tab: Tab, server: Server) -> None:
    tab.go("rdit/edit/missing.py")
    expect(tab.page.get_by_role("heading", level=2)).to_have_text("missing.py does not exist")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator(".cm-content")).to_be_focused()
    assert (server.root / "missing.py").read_text() == ""
    assert tab.complaints == [
        "Failed to load resource: the server responded with a status of 404 (Not Found)"
    ]
    tab.close(forgive=True)


def test_a_file_that_vanished_is_said_and_saved_again(tab: Tab, server: Server) -> None:
    path = server.write("gone.py", "1\n")
    tab.open("gone.py")
    path.unlink()
    banner = tab.notice("file")
    expect(banner).to_contain_text("moved or deleted")
    expect(tab.status).to_contain_text("Unsaved")
    banner.get_by_role("button", name="Save it again").click()
    expect(banner).to_have_count(0)
    expect(tab.status).to_contain_text("Saved")
    assert path.read_text() == "1\n"
    tab.close(forgive=True)


def test_a_file_that_is_not_text_is_refused_with_the_reason(tab: Tab, server: Server) -> None:
    (server.root / "latin.py").write_bytes("# -*- coding: latin-1 -*-\n'é'\n".encode("latin-1"))
    tab.go("rdit/edit/latin.py")
    expect(tab.page.get_by_role("heading", level=2)).to_have_text("latin.py cannot be opened")
    expect(tab.page.locator("main")).to_contain_text("UTF-8")
    tab.close(forgive=True)


def test_leaving_with_unsaved_changes_is_asked_about(tab: Tab) -> None:
    tab.open("leave.py", "1\n")
    tab.page.keyboard.type("# unsaved\n")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    tab.page.on("dialog", stay)
    tab.page.goto("about:blank")
    assert asked == ["beforeunload"]


def test_a_large_script_opens_and_runs_at_its_end(tab: Tab) -> None:
    tab.open("large.py", "x = 1\n" * 30_000 + "x + 41\n")
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.result(30_001)).to_contain_text("NameError")
    tab.command("run-all").click()
    expect(tab.output(30_001)).to_have_text("42")


def test_the_start_page_lists_scripts_and_folders(tab: Tab, server: Server) -> None:
    for name in ("list/b2.py", "list/b10.py", "list/notes.txt", "list/data/in.py"):
        server.write(name, "1\n")
    tab.go("rdit?folder=list")
    tab.wait_for_state("ready")
    names = tab.page.locator(".rdit-row-name")
    expect(names).to_have_text(["data", "b2.py", "b10.py"])
    tab.page.get_by_label("Filter the list").fill("10")
    expect(names).to_have_text(["b10.py"])
    tab.page.keyboard.press("Escape")
    tab.page.get_by_role("link", name="data").click()
    expect(names).to_have_text(["in.py"])
    expect(tab.page.get_by_role("navigation")).to_contain_text("data")
    tab.page.get_by_role("link", name="in.py").click()
    tab.page.wait_for_url("**/rdit/edit/list/data/in.py")
    tab.page.get_by_role("link", name="All scripts").click()
    expect(tab.page.get_by_role("heading", name="Recent")).to_be_visible()
    expect(names.first).to_have_text("in.py")


def test_a_new_script_does_not_take_a_name_that_is_taken(tab: Tab, server: Server) -> None:
    server.write("new/taken.py", "precious\n")
    tab.go("rdit?folder=new")
    tab.page.get_by_role("button", name="New script").click()
    dialog = tab.page.locator("dialog")
    dialog.get_by_role("textbox").fill("taken")
    tab.page.keyboard.press("Enter")
    expect(dialog).to_contain_text("taken.py exists already.")
    dialog.get_by_role("textbox").fill("ok.py")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/rdit/edit/new/ok.py")
    assert (server.root / "new/taken.py").read_text() == "precious\n"


def test_a_new_script_has_the_name_that_was_checked(tab: Tab, server: Server) -> None:
    server.write("named/other.py", "1\n")
    tab.go("rdit?folder=named")
    tab.page.get_by_role("button", name="New script").click()
    tab.page.locator("dialog").get_by_role("textbox").fill("one")
    hold = Hold(tab.page, re.compile(r"/api/contents/named\b"))
    tab.page.keyboard.press("Enter")
    hold.wait()
    tab.page.keyboard.type("more")
    tab.page.keyboard.press("Enter")
    hold.release()
    tab.page.wait_for_url("**/rdit/edit/named/one.py")


def test_a_late_look_at_the_disk_takes_no_question_back(tab: Tab, server: Server) -> None:
    tab.open("looked.py", "1\n")
    tab.page.keyboard.type("# mine\n")
    hold = Hold(tab.page, re.compile(r"/api/contents/looked\.py"), is_old=True)
    tab.page.evaluate("dispatchEvent(new Event('focus'))")
    hold.wait()
    hold.stop()
    server.write("looked.py", "1\n# theirs\n")
    tab.page.keyboard.press("Control+s")
    banner = tab.notice("file")
    expect(banner).to_contain_text("changed elsewhere")
    with tab.page.expect_event("requestfinished", lambda made: "looked.py" in made.url):
        hold.release()
    frames(tab.page)
    assert banner.count() == 1


def test_no_token_stays_in_the_address(tab: Tab) -> None:
    tab.open("token.py", "1\n")
    assert TOKEN not in tab.page.evaluate("location.href + document.documentElement.outerHTML")
    tab.go("rdit?folder=")
    tab.wait_for_state("ready")
    assert TOKEN not in tab.page.evaluate("location.href + document.documentElement.outerHTML")


def test_a_read_only_file_says_so(tab: Tab) -> None:
    def lock(route: Any) -> None:
        # Of a file's own rights root would see nothing.
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "writable": False})

    tab.page.route(re.compile(r"/api/contents/locked\.py"), lock)
    tab.open("locked.py", "1\n")
    expect(tab.status).to_contain_text("Read-only")
    expect(tab.command("save")).to_be_disabled()
    tab.page.unroute_all(behavior="ignoreErrors")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_systems_colours(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme).open("colours.py", "1\n")
    ground = tab.page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", ground)[:3])) / 3
    assert (brightness > 128) == (scheme == "light")
