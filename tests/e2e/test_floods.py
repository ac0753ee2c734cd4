"""Floods of output on the page: it stays alive, shows the end of each, and keeps no more of many
than of one."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import CDPSession, expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SETUP = "import numpy, pandas; from IPython.display import HTML, display; count = 0"
# A statement a line, each more than is sent of it; and the end of what it shows.
FLOODS = {
    "for n in range(100_000): print('line', n)": "line 99999",
    "type('L', (), {'__repr__': lambda _: ('x' * 99 + '\\n') * 10**6 + 'the end'})()": "the end",
    "for n in range(10_000): display(HTML(f'<b>display {n}</b>'))": "display 9999",
    "pandas.DataFrame(numpy.zeros((1000, 10_000)))": "10,000 columns",
    # Its numbers go on where the run before ended, so that what that one left is no growth.
    'while True: count += 1; print(f"\\x1b[1;3{count % 8}mline {count}\\x1b[0m of many")': "",
}
# One flood that stays has 54,000 nodes, or is some megabytes of text. What is there by chance when
# one looks, as a timer and its closure, or the last lines of a flood (6500 nodes), is less.
NODES = 10_000
HEAP = 8_000_000


# Whether the last text of this kind in a result is where one sees it, though there is more than has
# room. A value is shown from its beginning: there it is at the end to which one can scroll.
IN_VIEW = """([line, end]) => {
    const result = document.querySelector(`.rdit-result[data-line-start="${line}"]`);
    if (!result) return false;
    const texts = document.createTreeWalker(result, NodeFilter.SHOW_TEXT);
    let last = null;
    while (texts.nextNode()) if (texts.currentNode.data.includes(end)) last = texts.currentNode;
    if (!last) return false;
    if (last.parentElement.closest('[data-type="result"] pre.rdit-text'))
        last.parentElement.closest('.rdit-scroll').scrollTop = 1e6;
    const range = document.createRange();
    const start = last.data.lastIndexOf(end);
    range.setStart(last, start);
    range.setEnd(last, start + end.length);
    const { left, top, width, height } = range.getBoundingClientRect();
    return result.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


class Memory:
    """How many nodes and bytes the page holds, those that are not shown too."""

    def __init__(self, client: CDPSession) -> None:
        self._client = client
        client.send("Performance.enable")
        client.send("HeapProfiler.enable")

    def look(self) -> tuple[int, int]:
        self._client.send("HeapProfiler.collectGarbage")
        metrics = self._client.send("Performance.getMetrics")["metrics"]
        values = {each["name"]: each["value"] for each in metrics}
        return int(values["Nodes"]), int(values["JSHeapUsedSize"])


def last_number(tab: Tab, line: int) -> int:
    """The last whole line that the endless loop shows."""
    shown = re.findall(r"line (\d+) of many\n", tab.result(line).text_content() or "")
    return int(shown[-1]) if shown else 0


def grows(tab: Tab, line: int) -> None:
    """Wait until more is shown than now."""
    before = last_number(tab, line)
    tab.page.wait_for_function(
        """([line, before]) => {
            const text = document.querySelector(
                `.rdit-result[data-line-start="${line}"]`)?.textContent ?? '';
            const shown = [...text.slice(-3000).matchAll(/line (\\d+) of many\\n/g)];
            return shown.length && Number(shown.at(-1)[1]) > before;
        }""",
        arg=[line, before],
    )


def test_the_page_shows_the_end_of_floods_and_keeps_no_more_of_two_than_of_one(tab: Tab) -> None:
    tab.open("floods.py", "\n".join([SETUP, *FLOODS, "# typed:"]))
    memory = Memory(tab.page.context.new_cdp_session(tab.page))
    endless = len(FLOODS) + 1
    tab.go_to_line(1)
    tab.page.keyboard.press("Shift+Enter")
    held = []
    for _ in range(2):
        for line, end in enumerate(FLOODS.values(), 2):
            tab.go_to_line(line)
            tab.page.keyboard.press("Control+Enter")
            tab.wait_for_state("busy")
            if end:
                tab.wait_for_state("idle")
                tab.page.wait_for_function(IN_VIEW, arg=[line, end])
        grows(tab, endless)
        # From here on nothing is added: of what comes the end replaces what was the end.
        expect(tab.result(endless)).to_contain_text("left out")
        nodes, heap = memory.look()
        for _ in range(2):
            grows(tab, endless)
        more_nodes, more_heap = memory.look()
        assert more_nodes <= nodes + NODES
        assert more_heap <= heap + HEAP
        tab.page.keyboard.press("Control+End")
        tab.page.keyboard.type("x")
        assert re.search(r"# typed:x+$", tab.text())
        tab.command("interrupt").click()
        tab.wait_for_state("idle")
        expect(tab.result(endless)).to_contain_text("KeyboardInterrupt")
        written = last_number(tab, endless)
        assert written > 20_000
        held.append(memory.look())
    (nodes, heap), (nodes_of_two, heap_of_two) = held
    assert nodes_of_two <= nodes + NODES
    assert heap_of_two <= heap + HEAP
