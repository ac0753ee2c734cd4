"""How much of a result is shown: its head, all of it, one line, or large over the page; and the
results without the code.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab
from .test_layout import assert_right
from .test_outputs import SHOW

pytestmark = pytest.mark.browser

TEXT = "{type: 'stdout', text: Array.from({length: 90}, (_, n) => `line ${n}`).join('\\n') + '\\n'}"
TABLE = "bundle({'text/html': table(60, 3)}, 'row\\n'.repeat(61))"
STYLED = "bundle({'text/html': '<style>td{color:red}</style>' + table(60, 3)}, 'x')"
SHORT = "{type: 'stdout', text: 'short\\n'}"
FIGURE = "bundle({'image/png': picture('image/png', 400, 600)}, '<Figure size 400x600>')"
ERROR = """{type: 'error', name: 'ValueError', message: 'not that', text: 'ValueError: not that\\n',
    frames: [], line: 1}"""


@pytest.fixture
def shown(open_page: Callable[..., Any]) -> Callable[..., Any]:
    def shown(lists: str, query: str = "", status: str = "ok", **options: Any) -> Any:
        page = open_page(f"lines=5&{query}", **options)
        page.evaluate(SHOW)
        page.evaluate(f"show({lists}, {status!r})")
        page.evaluate("rest()")
        return page

    return shown


def result(page: Any, line: int = 1) -> Any:
    return page.locator(f".rdit-result[data-line-start='{line}']")


def height(page: Any, line: int = 1) -> float:
    page.evaluate("rest()")
    return float(result(page, line).bounding_box()["height"])


def editor_height(page: Any) -> float:
    return float(page.locator(".cm-editor").bounding_box()["height"])


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (f"[{TEXT}]", re.compile(r"^Show all \d+ lines$")),
        (f"[{TEXT}, {TABLE}]", "Show all"),
    ],
)
def test_how_long_text_is_is_said_before_it_is_opened(
    shown: Callable[..., Any], what: str, said: Any
) -> None:
    page = shown(f"[{what}, [{SHORT}]]", "layout=spaced")
    expect(result(page).locator(".rdit-show-all")).to_have_text(said)


@pytest.mark.parametrize("layout", ["spaced", "below"])
@pytest.mark.parametrize(
    "what", [f"[{TEXT}]", f"[{TABLE}]", f"[{STYLED}]", f"[{SHORT}, {TABLE}]", f"[{TEXT}, {SHORT}]"]
)
def test_a_tall_result_shows_its_head_in_whole_lines_and_opens_in_place(
    shown: Callable[..., Any], what: str, layout: str
) -> None:
    page = shown(f"[{what}, [{SHORT}]]", f"layout={layout}")
    here = result(page)
    here.get_by_role("button", name="Show all").wait_for()
    head = height(page)
    assert 100 < head <= editor_height(page) / 4
    assert_right(page, "the head")
    cut_through = """dom => {
        const inner = dom.querySelector('.rdit-one .rdit-scroll, .rdit-body:not(.rdit-one)');
        const end = inner.getBoundingClientRect().top + inner.clientHeight;
        const hosts = [dom, ...dom.querySelectorAll('*')].map(node => node.shadowRoot);
        return [dom, ...hosts].flatMap(root => [...(root?.querySelectorAll('tr') ?? [])])
            .map(row => row.getBoundingClientRect())
            .filter(row => row.top < end - 1.5 && row.bottom > end + 1.5).length;
    }"""
    assert here.evaluate(cut_through) == 0
    here.get_by_role("button", name="Show all").click()
    assert height(page) > 900
    assert_right(page, "shown whole")
    here.get_by_role("button", name="Show less").click()
    assert height(page) == head
    assert_right(page, "the head again")
    expect(here.get_by_role("button", name="Show all")).to_be_visible()


def test_a_short_result_offers_nothing(shown: Callable[..., Any]) -> None:
    page = shown(f"[[{SHORT}]]")
    expect(page.locator(".rdit-more")).to_have_count(0)


def test_a_figure_is_seen_whole_at_a_smaller_size_and_opens_in_place(
    shown: Callable[..., Any],
) -> None:
    page = shown(f"[[{FIGURE}], [{SHORT}], [{SHORT}, {FIGURE}], [{FIGURE}, {FIGURE}]]")
    for line in (1, 5, 7):
        assert 150 < height(page, line) <= editor_height(page) * 0.4
    image = result(page).locator("img")
    box = image.bounding_box()
    assert abs(box["width"] / box["height"] - 400 / 600) < 0.01
    # A line of text beside it does not need to be scrolled to.
    expect(result(page, 5).locator(".rdit-more")).to_have_count(0)
    assert_right(page, "smaller")
    result(page).get_by_role("button", name="Show all").click()
    page.evaluate("rest()")
    assert image.bounding_box()["height"] == 600
    assert_right(page, "whole")


def test_the_user_may_set_how_high_a_result_is(shown: Callable[..., Any]) -> None:
    page = shown(f"[[{TEXT}]]")
    page.evaluate("setFolding(false, 40)")
    assert height(page) == 800
    page.evaluate("setFolding(false, 3)")
    assert height(page) == 60
    page.evaluate("setFolding(false, 100)")
    expect(page.locator(".rdit-more")).to_have_count(0)


def test_results_with_many_outputs_are_one_head_and_begin_at_their_error(
    shown: Callable[..., Any],
) -> None:
    page = shown(f"[[{TEXT}, {{type: 'stderr', text: 'oh\\n'}}, {ERROR}]]", status="error")
    assert height(page) <= editor_height(page) / 4
    expect(result(page).get_by_role("button", name="Show all")).to_have_count(1)
    body = page.locator(".rdit-body").bounding_box()
    head = page.locator(".rdit-error-head").bounding_box()
    assert body["y"] - 1 <= head["y"] <= body["y"] + body["height"] - 10


@pytest.mark.parametrize("layout", ["beside", "below"])
def test_a_result_folds_to_a_line_and_unfolds(shown: Callable[..., Any], layout: str) -> None:
    page = shown(f"[[{TEXT}], [{SHORT}, {FIGURE}], [{ERROR}]]", f"layout={layout}")
    heights = [height(page, line) for line in (1, 3)]
    for line, gist in (
        (1, "line 0 …"),
        (3, "2 outputs: short, Figure"),
        (5, "ValueError: not that"),
    ):
        result(page, line).hover()
        result(page, line).get_by_role("button", name="Fold result", exact=True).click()
        expect(result(page, line)).to_have_attribute("data-folded", "true")
        expect(result(page, line).locator(".rdit-gist")).to_have_text(gist)
        expect(result(page, line).locator(".rdit-body")).to_be_hidden()
        assert height(page, line) == 20
    assert_right(page, "folded", 3)
    red = result(page, 5).locator(".rdit-gist").evaluate("dom => getComputedStyle(dom).color")
    assert red != result(page, 1).locator(".rdit-gist").evaluate(
        "dom => getComputedStyle(dom).color"
    )
    result(page, 1).locator(".rdit-gist").click()
    # The focus stays at what was pressed.
    expect(result(page, 1).get_by_role("button", name="Fold result", exact=True)).to_be_focused()
    result(page, 3).get_by_role("button", name="Unfold result").click()
    assert [height(page, line) for line in (1, 3)] == heights
    assert_right(page, "unfolded", 3)


def test_keys_fold_a_result_from_the_code_and_from_itself(shown: Callable[..., Any]) -> None:
    page = shown(f"[[{SHORT}], [{TEXT}]]")
    page.evaluate("view.focus()")
    page.keyboard.press("Control+Home")
    page.keyboard.press("Control+Alt+ArrowLeft")
    expect(result(page, 1)).to_have_attribute("data-folded", "true")
    expect(result(page, 3)).not_to_have_attribute("data-folded", "true")
    page.keyboard.press("Control+Alt+ArrowLeft")
    expect(result(page, 1)).not_to_have_attribute("data-folded", "true")
    page.keyboard.press("Alt+PageDown")
    expect(result(page, 3)).to_be_focused()
    page.keyboard.press(" ")
    expect(result(page, 3)).to_have_attribute("data-folded", "true")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Result of line 3")
    expect(dialog).to_contain_text("line 89")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(result(page, 3)).to_be_focused()
    expect(result(page, 3).locator(".rdit-gist")).to_have_text("line 0 …")


def test_folds_stay_while_a_statement_runs_again_is_edited_and_out_of_view(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("lines=2000&results=400")
    page.evaluate("""() => { view.dispatch({selection: {anchor: 0}}); perform('toggleFold'); }""")
    line = page.locator(".rdit-result").first.get_attribute("data-line-start")
    here = page.locator(f".rdit-result[data-line-start='{line}']")
    expect(here).to_have_attribute("data-folded", "true")
    page.evaluate("() => { view.scrollDOM.scrollTop = 20000; }")
    page.evaluate("rest()")
    expect(here).to_have_count(0)
    page.evaluate("() => { view.scrollDOM.scrollTop = 0; }")
    expect(here).to_have_attribute("data-folded", "true")
    page.evaluate("apply(0, 400, 'again')")
    expect(here).to_have_attribute("data-folded", "true")
    page.evaluate("view.dispatch({changes: {from: 0, insert: '#'}, userEvent: 'input'})")
    expect(here).to_have_attribute("data-folded", "true")
    assert_right(page, "edited")


@pytest.mark.parametrize("layout", ["spaced", "below"])
def test_all_results_fold_and_unfold_also_those_out_of_view(
    open_page: Callable[..., Any], layout: str
) -> None:
    page = open_page(f"lines=10000&results=2000&layout={layout}")
    page.evaluate("perform('foldAll')")
    assert_right(page, "all folded", 2)
    folded = page.evaluate("view.contentHeight")
    page.evaluate("() => { view.scrollDOM.scrollTop = 60000; }")
    assert_right(page, "scrolled", 2)
    heights = "[...document.querySelectorAll('.rdit-result')].map(dom => dom.offsetHeight)"
    assert set(page.evaluate(heights)) == {20}
    page.evaluate("perform('unfoldAll')")
    assert_right(page, "all unfolded", 2)
    page.wait_for_function("folded => view.contentHeight > folded + 10_000", arg=folded)
    page.evaluate("setFolding(true, 0)")
    expect(page.locator(".rdit-result[data-folded]")).to_have_count(0)


def test_results_can_be_folded_from_the_start_and_a_question_is_not(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("lines=5")
    page.evaluate(SHOW)
    page.evaluate("setFolding(true, 0)")
    page.evaluate(f"show([[{TEXT}], [{SHORT}]], 'running')")
    expect(result(page, 1)).to_have_attribute("data-folded", "true")
    ask = "applyEvents([{type: 'input', run: 'shown', nodeIndex: 1, prompt: 'Name? '%s}])"
    page.evaluate(ask % "")
    expect(result(page, 3)).not_to_have_attribute("data-folded", "true")
    expect(result(page, 3).get_by_label("Name?")).to_be_visible()
    page.evaluate(ask % ", waiting: false")
    expect(result(page, 3)).to_have_attribute("data-folded", "true")


def test_open_large_moves_the_result_itself_and_gives_it_back(shown: Callable[..., Any]) -> None:
    html = "<div id=plot>0</div><script>plot.onclick = () => { plot.textContent = 1 }</script>"
    page = shown(f"[[bundle({{'text/html': {html!r}}})], [{FIGURE}], [{SHORT}, {TABLE}]]")
    frame = page.frame_locator(".rdit-sandbox")
    frame.locator("#plot").click()
    page.locator("iframe[data-loaded]").wait_for()
    page.evaluate(
        "document.querySelector('iframe').addEventListener('load', () => { window.loaded = true; })"
    )
    page.evaluate("view.focus()")
    page.evaluate("view.dispatch({selection: {anchor: 0}})")
    page.evaluate("perform('openLarge')")
    dialog = page.get_by_role("dialog", name="Result of line 1")
    expect(dialog.locator("iframe")).to_be_visible()
    expect(frame.locator("#plot")).to_have_text("1")
    assert dialog.bounding_box()["width"] > 1000
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()
    expect(result(page).locator("iframe")).to_be_visible()
    expect(frame.locator("#plot")).to_have_text("1")
    assert not page.evaluate("window.loaded ?? false")
    assert_right(page, "closed")
    # A figure takes all the room.
    result(page, 3).get_by_role("button", name="Open large").last.click()
    dialog = page.get_by_role("dialog", name="Result of line 3")
    page.wait_for_function("document.querySelector('dialog img')?.offsetHeight > 600")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    assert height(page, 3) <= editor_height(page) * 0.4
    # What runs again meanwhile is shown there, and what goes closes it.
    result(page, 5).get_by_role("button", name="Open large").last.click()
    dialog = page.get_by_role("dialog", name="Result of line 5")
    expect(dialog.locator("tr")).to_have_count(61)
    page.evaluate(
        """applyEvents([{type: 'output', run: 'shown', nodeIndex: 2,
            output: {type: 'stdout', text: 'and more'}}])"""
    )
    expect(dialog).to_contain_text("and more")
    page.evaluate("perform('clearResults')")
    expect(dialog).to_have_count(0)


def test_the_reading_view_has_the_results_without_the_code(shown: Callable[..., Any]) -> None:
    markdown = "bundle({'text/markdown': '# A title\\n\\nSome prose.'})"
    page = shown(f"[[{markdown}], [{TEXT}], [{FIGURE}], [{ERROR}]]")
    page.evaluate("perform('toggleReading')")
    reading = page.get_by_role("region", name="Results without the code")
    expect(reading).to_be_focused()
    expect(page.locator(".cm-content")).to_be_hidden()
    expect(reading.get_by_role("heading", name="A title")).to_be_visible()
    expect(reading).to_contain_text("line 89")
    expect(reading.get_by_role("button", name="Show all")).to_have_count(0)
    assert reading.locator("img").bounding_box()["height"] == 600
    assert reading.locator(".rdit-reading-column").bounding_box()["width"] <= 800
    # It follows what runs.
    page.evaluate(
        """applyEvents([{type: 'output', run: 'shown', nodeIndex: 1,
            output: {type: 'stdout', text: 'and more'}}])"""
    )
    expect(reading).to_contain_text("and more")
    page.keyboard.press("Escape")
    expect(reading).to_have_count(0)
    expect(page.locator(".cm-content")).to_be_focused()
    assert_right(page, "back", 2)
    page.evaluate("perform('toggleReading')")
    page.get_by_role("button", name="Back to the code").click()
    expect(page.locator(".cm-content")).to_be_visible()


ASK = """applyEvents([
    {type: 'plan', run: 'asks', statements: [{nodeIndex: 0, lineStart: 1, lineEnd: 1,
        isExpr: true, source: view.state.doc.line(1).text}]},
    {type: 'status', run: 'asks', nodeIndex: 0, status: 'running'},
    {type: 'output', run: 'asks', nodeIndex: 0, output: {type: 'stdout', text: 'before'}},
    {type: 'input', run: 'asks', nodeIndex: 0, prompt: 'Name? '},
])"""


def test_a_question_closes_the_large_view_that_it_would_stand_behind(
    shown: Callable[..., Any],
) -> None:
    page = shown(f"[[{TEXT}]]")
    result(page).get_by_role("button", name="Open large").last.click()
    dialog = page.get_by_role("dialog", name="Result of line 1")
    expect(dialog).to_be_visible()
    page.evaluate(ASK)
    expect(dialog).to_have_count(0)
    expect(result(page).locator("input")).to_be_focused()


def test_the_question_of_another_statement_closes_the_large_view_too(
    shown: Callable[..., Any],
) -> None:
    page = shown(f"[[{SHORT}], [{TEXT}]]")
    result(page, 3).get_by_role("button", name="Open large").last.click()
    expect(page.get_by_role("dialog", name="Result of line 3")).to_be_visible()
    page.evaluate(ASK)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(result(page).locator("input")).to_be_focused()


def test_the_reading_view_follows_what_goes_dies_and_asks(shown: Callable[..., Any]) -> None:
    frame = "bundle({'text/html': '<div>framed</div><script>1</script>'})"
    page = shown(f"[[{SHORT}], [{SHORT}], [{frame}]]")
    page.evaluate("perform('toggleReading')")
    reading = page.get_by_role("region", name="Results without the code")
    expect(reading.frame_locator(".rdit-sandbox").get_by_text("framed")).to_be_visible()
    reading.locator("iframe[data-loaded]").wait_for()
    page.evaluate(
        """document.querySelector('.rdit-reading-view iframe')
            .addEventListener('load', () => { window.loaded = true; })"""
    )
    page.evaluate(
        """() => {
            const [from, to] = [3, 4].map(line => view.state.doc.line(line).from);
            view.dispatch({changes: {from, to}});
        }"""
    )
    expect(reading.locator(".rdit-reading-item")).to_have_count(2)
    page.evaluate("rest()")
    assert not page.evaluate("window.loaded ?? false")
    page.evaluate(ASK)
    field = reading.locator("input")
    expect(field).to_be_focused()
    field.fill("me")
    field.press("Enter")
    expect(reading).to_be_focused()
    page.keyboard.press("Escape")
    expect(reading).to_have_count(0)


def test_in_print_the_reading_view_has_every_result(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=2000&results=300")
    page.evaluate("perform('toggleReading')")
    reading = page.locator(".rdit-reading-view")
    expect(reading.locator(".rdit-result").first).to_be_visible()
    assert reading.locator(".rdit-result").count() < 100
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(reading.locator(".rdit-result")).to_have_count(300)
    page.emulate_media(media="print")
    expect(page.locator(".cm-content")).to_be_hidden()
    expect(page.get_by_role("button", name="Back to the code")).to_be_hidden()


@pytest.mark.parametrize("layout", ["beside", "below"])
def test_the_margin_teaches_the_first_key_and_says_what_a_run_waits_for(
    open_page: Callable[..., Any], layout: str
) -> None:
    page = open_page(f"lines=5&layout={layout}")
    hint = page.locator(".rdit-hint")
    page.evaluate("say({teaches: 'Shift-Enter runs the statement'})")
    expect(hint).to_have_text("Shift-Enter runs the statement")
    expect(hint).to_be_visible()
    page.evaluate("say({waitsFor: 'Python is starting'})")
    expect(hint).to_have_text("Shift-Enter runs the statement")
    page.evaluate("view.focus()")
    page.keyboard.press("Shift+Enter")
    expect(hint).to_have_text("Python is starting")
    line = page.locator(".cm-line").first.bounding_box()
    assert abs(hint.bounding_box()["y"] - line["y"]) < 2
    page.evaluate("say({waitsFor: ''})")
    expect(hint).to_be_hidden()
    page.evaluate("apply(0, 1, requests[0].run)")
    expect(page.locator(".rdit-result").first).to_be_visible()
    expect(hint).to_be_hidden()


@pytest.mark.parametrize("layout", ["beside", "below"])
def test_what_a_run_waits_for_stands_on_no_result_and_on_no_code(
    open_page: Callable[..., Any], layout: str
) -> None:
    page = open_page(f"lines=5&layout={layout}")
    hint = page.locator(".rdit-hint")
    page.evaluate("view.focus()")
    page.keyboard.press("Shift+Enter")
    page.evaluate("apply(0, 1, requests[0].run)")
    result = page.locator(".rdit-result").first
    expect(result).to_be_visible()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Shift+Enter")
    page.evaluate("say({waitsFor: 'Waits for the server'})")
    expect(hint).to_be_visible()
    end = page.evaluate(
        """() => {
            const output = document.querySelector(".rdit-output");
            const range = document.createRange();
            range.selectNode(document.createTreeWalker(output, NodeFilter.SHOW_TEXT).nextNode());
            return range.getBoundingClientRect().right;
        }"""
    )
    if layout == "beside":
        assert hint.bounding_box()["x"] > end
    # Below, code that leaves it no room is what shows.
    page.keyboard.press("Control+Home")
    page.keyboard.type("x" * 300 + " + ")
    expect(hint).to_be_visible(visible=layout == "beside")


@pytest.mark.kernel
@pytest.mark.parametrize("text", ["1 + 1\n", ""])
def test_the_first_script_says_how_it_is_run_until_it_was(tab: Tab, text: str) -> None:
    tab.open("first.py", text)
    hint = tab.page.locator(".rdit-hint")
    expect(hint).to_have_text("Shift-Enter runs the statement under the cursor")
    expect(hint).to_be_visible()
    tab.page.locator(".cm-content").focus()
    tab.page.keyboard.press("Control+Home")
    if not text:
        tab.page.keyboard.type("1 + 1")
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(1)).to_have_text("2")
    expect(hint).to_be_hidden()


@pytest.mark.kernel
def test_folds_come_back_with_the_page_and_by_setting(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab()
    tab.open("folds.py", "print('one')\nprint('two')\nprint('one')\n")
    tab.command("run-all").click()
    expect(tab.output(3)).to_have_text("one")
    tab.go_to_line(3)
    tab.page.keyboard.press("Control+Alt+ArrowLeft")
    expect(tab.result(3)).to_have_attribute("data-folded", "true")
    tab.page.reload()
    expect(tab.result(3)).to_have_attribute("data-folded", "true")
    expect(tab.output(1)).to_be_visible()
    tab.page.evaluate("localStorage.setItem('rdit.foldResults', 'true')")
    tab.page.reload()
    expect(tab.result(1).locator(".rdit-gist")).to_have_text("one")
    expect(tab.result(2)).to_have_attribute("data-folded", "true")
