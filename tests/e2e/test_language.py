"""What the editor knows of the script: completion, signature help, cards, definition, references,
rename; from the kernel when there is one, from the text always."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import WebSocketRoute, expect

from .conftest import Gate, Tab, frames

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def popup(tab: Tab) -> Any:
    return tab.page.locator(".cm-tooltip-autocomplete")


def option(tab: Tab, label: str) -> Any:
    return (
        popup(tab).locator("li").filter(has=tab.page.locator(".cm-completionLabel", has_text=label))
    )


def selected(tab: Tab) -> Any:
    return popup(tab).locator("li[aria-selected] .cm-completionLabel")


def ready(tab: Tab) -> Tab:
    """With the chunk for writing there: its keys answer."""
    tab.page.wait_for_selector(".cm-content[aria-autocomplete]")
    return tab


def type_at_end(tab: Tab, text: str) -> None:
    tab.page.locator(".cm-content").focus()
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.type(text)


def test_a_script_is_typed_with_completions_of_text_and_kernel(tab: Tab) -> None:
    ready(tab.open("typed.py", ""))
    keys = tab.page.keyboard
    keys.type("import math\ncircumference = 1\ncircu")
    expect(selected(tab)).to_have_text("circumference")
    keys.press("Enter")
    # Nothing has run: jedi reads the import.
    keys.type(" + math.fact")
    expect(selected(tab)).to_have_text("factorial")
    keys.press("Tab")
    assert tab.text() == "import math\ncircumference = 1\ncircumference + math.factorial"
    expect(popup(tab)).to_have_count(0)
    keys.type("(3)\n")
    tab.command("run-all").click()
    expect(tab.output(3)).to_have_text("7")


def test_keys_columns_and_attributes_come_from_the_kernel(tab: Tab) -> None:
    ready(tab.open("live.py", "prices = {'apple': 1, 'apricot': 2}\nprices\n"))
    tab.command("run-all").click()
    expect(tab.output(2)).to_contain_text("apple")
    keys = tab.page.keyboard
    type_at_end(tab, 'prices["a')
    expect(option(tab, "apricot")).to_be_visible()
    keys.type("pr")
    expect(selected(tab)).to_contain_text("apricot")
    keys.press("Enter")
    assert tab.text().endswith('prices["apricot"]')
    keys.press("Control+End")
    keys.type("\nprices.upd")
    expect(selected(tab)).to_have_text("update")
    # Its card: signature first.
    card = tab.page.locator(".cm-completionInfo")
    expect(card).to_contain_text("update(")
    keys.press("Escape")
    expect(popup(tab)).to_have_count(0)
    # Closed for the rest of the word.
    keys.type("a")
    expect(option(tab, "update")).to_have_count(0)


def test_completions_come_while_a_long_statement_runs(tab: Tab, gate: Gate) -> None:
    text = f"orchard = {{'pear': 1}}\norchard\n{gate.wait}\n"
    ready(tab.open("busy.py", text))
    tab.command("run-all").click()
    expect(tab.output(2)).to_contain_text("pear")
    type_at_end(tab, "orchard.ke")
    expect(selected(tab)).to_have_text("keys")
    gate.open()


def test_what_a_run_binds_is_offered_when_it_has_though_nothing_more_is_typed(
    tab: Tab, gate: Gate
) -> None:
    # What jedi does not see.
    text = f"{gate.wait}\norchard = eval(\"{{'pear': 1}}\")\n"
    ready(tab.open("awaited.py", text))
    tab.command("run-all").click()
    tab.wait_for_state("busy")
    type_at_end(tab, "orchard.ke")
    gate.open()
    expect(selected(tab)).to_have_text("keys")


def test_before_there_is_a_kernel_the_text_alone_completes(tab: Tab, server: Any) -> None:
    ready(tab.open("cold.py", "def harvest(tons, /, *, early=False):\n    '''Bring it in.'''\n\n"))
    server.end_sessions()
    tab.wait_for_state("dead")
    before = len(server.ask("GET", "api/kernels"))
    type_at_end(tab, "harv")
    expect(selected(tab)).to_have_text("harvest")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.type("(")
    help = tab.page.locator(".rdit-signature")
    expect(help.locator("strong")).to_have_text("tons")
    expect(help).to_contain_text("Bring it in.")
    tab.page.keyboard.type("1, ea")
    expect(selected(tab)).to_have_text("early=")
    # Those of other tests may be ending.
    assert len(server.ask("GET", "api/kernels")) <= before


def test_there_is_no_popup_where_nothing_is_completed(tab: Tab) -> None:
    ready(tab.open("quiet.py", "import os\nprint('x')\n"))
    keys = tab.page.keyboard
    for text in ("# import o", "'some text o", "12", "def pri", "print"):
        type_at_end(tab, text)
        # What comes, comes before the next answer of the kernel.
        expect(popup(tab)).to_have_count(0)
        keys.press("Home")
        keys.press("Shift+End")
        keys.press("Delete")
    # On request in a string too: files.
    type_at_end(tab, "open('qui")
    keys.press("Control+Space")
    expect(option(tab, "quiet.py")).to_be_visible()


def test_a_word_typed_before_a_word_is_not_completed_by_itself(tab: Tab) -> None:
    ready(tab.open("before.py", "kept = 1\nkeptsake = 2\n"))
    tab.command("run-all").click()
    tab.wait_for_state("idle")
    keys = tab.page.keyboard
    keys.press("Control+Home")
    keys.type("kept")
    # What comes, comes before the next answer of the kernel.
    expect(popup(tab)).to_have_count(0)
    # On request, and then not the name that both words form.
    keys.press("Control+Space")
    expect(selected(tab)).to_have_text("keptsake")
    expect(option(tab, "keptkept")).to_have_count(0)
    keys.press("Escape")
    expect(popup(tab)).to_have_count(0)
    keys.press("Enter")
    assert tab.text() == "kept\nkept = 1\nkeptsake = 2\n"


def test_completions_come_by_themselves_only_if_the_user_wants_so(tab: Tab) -> None:
    ready(tab.open("wanted.py", "harvest = 1\n"))
    keys = tab.page.keyboard
    keys.press("Control+,")
    panel = tab.page.locator('[data-panel="settings"]')
    panel.locator('[data-setting="completeWhileTyping"] input').uncheck()
    keys.press("Escape")
    expect(panel).to_have_count(0)
    type_at_end(tab, "harv")
    expect(popup(tab)).to_have_count(0)
    keys.press("Control+Space")
    expect(selected(tab)).to_have_text("harvest")
    keys.press("Escape")
    keys.press("Control+,")
    panel.locator('[data-setting="completeWhileTyping"] input').check()
    keys.press("Escape")
    expect(panel).to_have_count(0)
    type_at_end(tab, "\nharv")
    expect(selected(tab)).to_have_text("harvest")


def test_tab_indents_where_there_is_no_name(tab: Tab) -> None:
    ready(tab.open("tab.py", "if 1:\n"))
    type_at_end(tab, "")
    tab.page.keyboard.press("Tab")
    tab.page.keyboard.type("x = 1")
    assert tab.text() == "if 1:\n    x = 1"


def test_a_late_answer_leaves_the_selection(tab: Tab, gate: Gate) -> None:
    """The kernel's completer waits until the test has seen what the text gives."""
    text = (
        "from IPython import get_ipython\n"
        "kernel = get_ipython().kernel\n"
        "def slow(code, cursor, kept=kernel.do_complete):\n"
        f"    {gate.wait}\n"
        "    found = ['applause', 'apple']\n"
        "    return dict(matches=found, cursor_start=cursor - 3, cursor_end=cursor)\n"
        "kernel.do_complete = slow\n"
        "apple_pie = apple_tart = 1\n"
        "apple_pie\n"
    )
    ready(tab.open("late.py", text))
    tab.command("run-all").click()
    expect(tab.output(9)).to_have_text("1")
    type_at_end(tab, "app")
    expect(option(tab, "apple_tart")).to_be_visible()
    tab.page.keyboard.press("ArrowDown")
    expect(selected(tab)).to_have_text("apple_tart")
    gate.open()
    expect(option(tab, "applause")).to_be_visible()
    expect(selected(tab)).to_have_text("apple_tart")
    expect(popup(tab).locator(".cm-completionLabel", has_text="apple_pie")).to_have_count(1)


@pytest.mark.parametrize("end", ["dismissed", "dismissed before it is shown", "accepted"])
def test_a_late_answer_opens_nothing_that_was_closed(tab: Tab, gate: Gate, end: str) -> None:
    sockets: list[Any] = []
    tab.page.on("websocket", lambda socket: sockets.append(socket))
    text = (
        "from IPython import get_ipython\n"
        "kernel = get_ipython().kernel\n"
        "def slow(code, cursor, kept=kernel.do_complete):\n"
        f"    {gate.wait}\n"
        "    found = [code[cursor - 3 : cursor] + 'lause']\n"
        "    return dict(matches=found, cursor_start=cursor - 3, cursor_end=cursor)\n"
        "kernel.do_complete = slow\n"
        "apple_pie = 1\n"
        "apple_pie\n"
    )
    ready(tab.open(f"closed_{end.count(' ')}_{end[0]}.py", text))
    tab.command("run-all").click()
    expect(tab.output(9)).to_have_text("1")
    tab.wait_for_state("idle")
    keys = tab.page.keyboard
    # Of the second one the text knows nothing that begins so.
    typed = "zzz" if end == "dismissed before it is shown" else "app"
    (socket,) = [each for each in sockets if "/rdit/" in each.url]
    type_at_end(tab, typed)
    if typed == "app":
        expect(selected(tab)).to_have_text("apple_pie")
        # Asked for once more, it stays as it is, and Enter takes it.
        keys.press("Control+Space")
    else:
        asks = re.compile(r'"complete".*\bzzz\b')
        with socket.expect_event("framesent", lambda frame: asks.search(str(frame))):
            keys.press("Control+Space")
    keys.press("Enter" if end == "accepted" else "Escape")
    expect(popup(tab)).to_have_count(0)
    with socket.expect_event("framereceived", lambda frame: "lause" in str(frame)):
        gate.open()
    # What an answer opens, it opens before the second frame.
    frames(tab.page)
    assert popup(tab).count() == 0
    assert tab.text() == text + ("apple_pie" if end == "accepted" else typed)


class Held:
    """What the page asks of names, which is answered when `release` is called."""

    def __init__(self, tab: Tab) -> None:
        self._page = tab.page
        self._sends: list[Any] = []
        self._ids: set[str] = set()
        tab.page.route_web_socket(re.compile("/rdit/"), self._route)

    def _route(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()

        def ask(message: str | bytes) -> None:
            asked = json.loads(message)
            if asked["type"] != "query" or asked["method"] != "describe":
                return server.send(message)
            self._ids.add(asked["id"])
            self._sends.append(lambda: server.send(message))

        def answer(message: str | bytes) -> None:
            page.send(message)
            self._ids -= {event.get("id") for event in json.loads(message)}

        page.on_message(ask)
        server.on_message(answer)

    def wait(self) -> None:
        """Until something is asked."""
        while not self._sends:
            self._page.wait_for_timeout(10)

    def release(self) -> None:
        """Until all is answered, and what the answers do is done."""
        for send in self._sends:
            send()
        while self._ids:
            self._page.wait_for_timeout(10)
        frames(self._page)


@pytest.mark.parametrize("end", ["dismissed", "left"])
def test_a_late_signature_is_not_shown_where_it_is_not_wanted(tab: Tab, end: str) -> None:
    held = Held(tab)
    ready(tab.open(f"late_{end}.py", "import json\njson\n"))
    tab.command("run-all").click()
    expect(tab.output(2)).to_contain_text("module")
    type_at_end(tab, "json.dumps")
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.type("(")
    held.wait()
    tab.page.keyboard.press("Escape" if end == "dismissed" else "Control+f")
    if end == "left":
        expect(tab.page.locator(".cm-search [name=search]")).to_be_focused()
    held.release()
    assert tab.page.locator(".rdit-signature").count() == 0


def test_a_late_definition_moves_nobody_who_has_gone_on(tab: Tab) -> None:
    held = Held(tab)
    ready(tab.open("late_definition.py", "import json\njson.dumps\n"))
    tab.command("run-all").click()
    expect(tab.output(2)).to_contain_text("function")
    tab.go_to_line(2)
    tab.page.keyboard.press("End")
    tab.page.keyboard.press("F12")
    held.wait()
    tab.page.keyboard.press("ArrowUp")
    held.release()
    assert tab.page.locator(".rdit-toast").count() == 0


def test_signature_help_waits_for_the_parser(tab: Tab) -> None:
    tab.open("late.py", "def spread(values, by=1):\n    return values\n\n\n")
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.type("spread")
    tab.page.keyboard.press("Escape")
    # A clock by which the time that a key waits is over with a few looks at it; the parser has only
    # so much time in half a minute.
    tab.page.evaluate("""() => {
        const now = (window.usual = Date.now.bind(Date));
        let more = 0;
        Date.now = () => now() + (more += 15);
    }""")
    tab.page.keyboard.type("(")
    tab.page.evaluate("Date.now = window.usual")
    expect(tab.page.locator(".rdit-signature")).to_contain_text("values")


def test_signature_help_marks_the_parameter(tab: Tab) -> None:
    ready(tab.open("call.py", "import json\njson\n"))
    tab.command("run-all").click()
    expect(tab.output(2)).to_contain_text("module")
    help = tab.page.locator(".rdit-signature")
    type_at_end(tab, "json.dumps(")
    expect(help.locator("strong").first).to_have_text("obj")
    tab.page.keyboard.type("1, indent=")
    expect(help.locator("strong").first).to_contain_text("indent")
    tab.page.keyboard.press("Escape")
    expect(help).to_have_count(0)
    tab.page.keyboard.press("Control+Shift+Space")
    expect(help).to_be_visible()
    tab.page.keyboard.press("ArrowUp")
    expect(help).to_have_count(0)


def test_a_card_tells_value_type_and_size(tab: Tab) -> None:
    ready(tab.open("card.py", "numbers = [1, 2, 3]\ndef twice(x: int):\n    '''Double.'''\n1\n"))
    card = tab.page.locator(".cm-tooltip-hover .rdit-card")
    tab.page.locator(".cm-line", has_text="def twice").get_by_text("twice").hover()
    # From the text, before it has run.
    expect(card).to_contain_text("twice(x: int)")
    tab.page.mouse.move(600, 700)
    tab.command("run-all").click()
    expect(tab.output(4)).to_have_text("1")
    tab.page.get_by_text("numbers", exact=True).first.hover()
    expect(card).to_contain_text("numbers: list length 3")
    expect(card).to_contain_text("[1, 2, 3]")


def test_definition_goes_there_in_this_file_and_in_others(tab: Tab) -> None:
    tab.server.write("farm_tools.py", "\n\ndef plough(field):\n    return field\n")
    text = (
        "from farm_tools import plough\nimport json\n\ndef local():\n    pass\n\n"
        "local()\nplough(json.dumps(1))\n"
    )
    ready(tab.open("definition.py", text))
    keys = tab.page.keyboard
    tab.go_to_line(7)
    keys.press("F12")
    expect(tab.status).to_contain_text("Ln 4")
    # A library's cannot be opened: it is said where it is.
    tab.page.locator(".cm-line", has_text="plough(json").get_by_text("dumps").click(
        modifiers=["Control"]
    )
    expect(tab.page.locator(".rdit-toast")).to_contain_text("json/__init__.py, line")
    # Without a kernel's answer for it, from the file beside.
    tab.go_to_line(8)
    with tab.page.context.expect_page() as opened:
        keys.press("F12")
    assert opened.value.url.endswith("/rdit/edit/farm_tools.py#L3")
    opened.value.close()


def test_a_held_key_makes_the_name_a_link(tab: Tab) -> None:
    ready(tab.open("link.py", "answer = 42\nprint(answer)\n"))
    name = tab.page.locator(".cm-line", has_text="print").get_by_text("answer")
    name.hover()
    tab.page.locator(".cm-content").focus()
    tab.page.keyboard.down("Control")
    link = tab.page.locator(".rdit-definition-link")
    expect(link).to_have_text("answer")
    tab.page.keyboard.up("Control")
    expect(link).to_have_count(0)
    # A panel takes the focus, and with it the keyup.
    tab.page.keyboard.press("Control+f")
    expect(tab.page.locator(".cm-search [name=search]")).to_be_focused()
    expect(link).to_have_count(0)
    tab.page.keyboard.press("Escape")
    name.click(modifiers=["Control"])
    expect(tab.status).to_contain_text("Ln 1")


def test_references_are_listed_and_lead_to_their_lines(tab: Tab) -> None:
    text = "total = 0\nfor n in range(3):\n    total += n\nprint(total, 'total')  # total\n"
    ready(tab.open("references.py", text))
    tab.go_to_line(1)
    tab.page.keyboard.press("Shift+F12")
    panel = tab.page.locator('[data-panel="references"]')
    expect(panel).to_contain_text("total: 3 places in 3 lines")
    expect(tab.page.locator(".rdit-reference")).to_have_count(3)
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    expect(tab.status).to_contain_text("Ln 3")
    tab.page.keyboard.press("Shift+F12")
    tab.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(tab.page.locator(".cm-content")).to_be_focused()


def test_a_rename_changes_each_place_of_the_name_in_one_step(tab: Tab) -> None:
    text = "total = 0\ndef add(total, n): return total + n\ntotal = add(total, n=1)\n'total'\n"
    ready(tab.open("rename.py", text))
    keys = tab.page.keyboard
    tab.go_to_line(1)
    keys.press("F2")
    box = tab.page.locator(".rdit-rename input")
    expect(box).to_be_focused()
    expect(box).to_have_value("total")
    keys.type("2nd")
    keys.press("Enter")
    said = tab.page.locator(".rdit-rename-said")
    expect(said).to_contain_text("“2nd” is not a name")
    box.fill("add")
    keys.press("Enter")
    expect(said).to_contain_text("“add” is a name already")
    box.fill("sum_of_all")
    keys.press("Enter")
    expect(box).to_have_count(0)
    assert tab.text().rstrip() == (
        "sum_of_all = 0\ndef add(total, n): return total + n\n"
        "sum_of_all = add(sum_of_all, n=1)\n'total'"
    )
    keys.press("Control+z")
    assert tab.text().rstrip() == text.rstrip()
    # What cannot be renamed is said.
    tab.go_to_line(4)
    keys.press("F2")
    expect(tab.page.locator(".rdit-toast")).to_contain_text("There is no name at the cursor")
