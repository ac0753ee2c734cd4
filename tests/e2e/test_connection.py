"""What a page does when its connection fails: nothing is lost, nothing comes twice, all is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import Server, Tab, Wire

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


# What the browser logs of each attempt that fails, and the page of a chunk that was on its way.
NETWORK = re.compile("WebSocket connection|net::ERR|Failed to load resource|could not be loaded")


@pytest.fixture
def wired(new_tab: Callable[..., Tab], wire: Wire) -> Iterator[Tab]:
    tab = new_tab(wire.port)
    yield tab
    tab.page.context.close()
    tab.complaints[:] = [said for said in tab.complaints if not NETWORK.search(said)]


def test_output_of_a_cut_connection_comes_later_in_order_and_once(
    wired: Tab, wire: Wire, server: Server
) -> None:
    go, gone = server.root / "go", server.root / "gone"
    wired.open(
        "cut.py",
        f"import os, time\nfor n in range(20):\n    print(n, flush=True)\n"
        f"    while n == 5 and not os.path.exists({str(go)!r}): time.sleep(0.02)\n"
        f"open({str(gone)!r}, 'w').close()\n",
    )
    wired.command("run-all").click()
    expect(wired.output(2)).to_contain_text("5")
    wire.cut()
    expect(wired.status).to_contain_text("Offline")
    go.touch()
    wait_for(gone.exists, "the script ends while nobody sees it")
    expect(wired.notice("connection")).to_be_visible()
    wire.mend()
    wired.reconnect()
    expect(wired.status).to_contain_text("Connected")
    wired.wait_for_state("idle")
    lines = "".join(rf"{n}\s" for n in range(20))
    expect(wired.output(2)).to_have_text(re.compile(f"^{lines}$"), use_inner_text=True)
    expect(wired.notice("connection")).to_have_count(0)


def test_a_run_asked_for_without_a_connection_is_held_and_then_runs_once(
    wired: Tab, wire: Wire, server: Server
) -> None:
    ran = server.root / "ran"
    wired.open("held.py", f"print('x', file=open({str(ran)!r}, 'a'))\nlen('held')\n")
    wire.cut()
    expect(wired.status).to_contain_text("Offline")
    wired.command("run-all").click()
    expect(wired.status).to_contain_text("1 to send")
    wire.mend()
    expect(wired.output(2)).to_have_text("4")
    assert ran.read_text() == "x\n"


def test_a_cut_while_idle_leaves_the_results_in_place(wired: Tab, wire: Wire) -> None:
    wired.open("idle.py", "[1, 2]\n")
    wired.page.keyboard.press("Shift+Enter")
    expect(wired.output(1)).to_have_text("[1, 2]")
    wire.cut()
    expect(wired.status).to_contain_text("Offline")
    expect(wired.status).to_contain_text("Python 3 · out of reach")
    expect(wired.output(1)).to_have_text("[1, 2]")
    wire.mend()
    expect(wired.status).to_contain_text("Connected")
    expect(wired.status).to_contain_text("Python 3 · idle")
    expect(wired.output(1)).to_have_text("[1, 2]")


def test_an_expired_login_asks_to_sign_in_and_keeps_the_text(wired: Tab, wire: Wire) -> None:
    wired.open("login.py", "1\n")
    wired.page.keyboard.type("# not saved ")
    wired.page.context.clear_cookies()
    wire.cut()
    expect(wired.status).to_contain_text("Offline")
    wire.mend()
    banner = wired.notice("connection")
    expect(banner).to_contain_text("no longer signed in")
    expect(banner.get_by_role("link", name="Sign in again")).to_be_visible()
    assert wired.text().startswith("# not saved 1")
    # What it asks about the text that was typed may be refused as well, and then is logged.
    wired.close()
    refused = "'_xsrf' argument missing"
    wired.complaints[:] = [said for said in wired.complaints if refused not in said]
