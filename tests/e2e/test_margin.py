"""Results in the margin: the code is set as without them, and what has the attention stands at its
line. That nothing is missing or overlaps while one edits is in test_layout.py; the rule alone is
in tests/ui/margin.test.ts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import SIZE

pytestmark = pytest.mark.browser

# `margin(heights)` replaces the text by a line for each number; one that is not 0 has a result of
# so many lines. `places()` says where on the screen everything stands.
MARGIN = """
window.margin = (heights, run = 'margin') => {
    const lines = heights.map((_, index) => `show(${index})`);
    view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: lines.join('\\n')}});
    const numbered = lines.map((source, index) => ({source, index})).filter(
        ({index}) => heights[index]);
    const statements = numbered.map(({source, index}) => (
        {nodeIndex: index, lineStart: index + 1, lineEnd: index + 1, isExpr: true, source}));
    applyEvents([
        {type: 'plan', run, statements},
        ...numbered.flatMap(({index}) => [
            {type: 'status', run, nodeIndex: index, status: 'running'},
            {type: 'output', run, nodeIndex: index, output: {type: 'stdout',
                text: Array.from({length: heights[index]},
                    (_, n) => `result of line ${index + 1}, ${n}\\n`).join('')}},
            {type: 'status', run, nodeIndex: index, status: 'ok', elapsed: 0.001},
        ]),
        {type: 'done', run, status: 'ok', elapsed: 0.001},
    ]);
};
window.places = () => {
    const { top } = view.scrollDOM.getBoundingClientRect();
    const found = {};
    for (const dom of document.querySelectorAll('.rdit-result')) {
        const box = dom.getBoundingClientRect();
        found[dom.dataset.lineStart] = [box.top - top, box.bottom - top];
    }
    return found;
};
window.lineTop = number => view.coordsAtPos(view.state.doc.line(number).from).top
    - view.scrollDOM.getBoundingClientRect().top;
window.lineTops = () => [...document.querySelectorAll('.cm-line')]
    .map(dom => dom.getBoundingClientRect().top);
"""
# 25 lines with 14 results, as a short analysis has them.
SHORT = [0, 0, 0, 9, 0, 8, 9, 0, 1, 9, 0, 0, 7, 9, 0, 2, 9, 0, 0, 9, 0, 4, 9, 9, 0]
# A long script, with results everywhere.
LONG = [5 if line % 3 == 0 else 0 for line in range(150)]


@pytest.fixture
def margin(open_page: Callable[..., Any]) -> Callable[..., Any]:
    def margin(heights: list[int], height: int = 500, **options: Any) -> Any:
        size = {"width": SIZE["width"], "height": height}
        page = open_page("lines=5", viewport=size, **options)
        page.evaluate(MARGIN)
        page.evaluate("heights => margin(heights)", heights)
        page.evaluate("rest()")
        return page

    return margin


def over_column(page: Any) -> None:
    """Puts the pointer beside the results, where nothing else scrolls."""
    left, top = page.evaluate(
        """() => {
            const box = document.querySelector('.rdit-results').getBoundingClientRect();
            return [box.left + 14, view.scrollDOM.getBoundingClientRect().top + 60];
        }"""
    )
    page.mouse.move(left, top)


def with_results(heights: list[int]) -> set[int]:
    return {line for line, height in enumerate(heights, 1) if height}


def heads(page: Any, height: int) -> set[int]:
    """The lines of results whose beginning is in view."""
    found = page.evaluate("places()")
    return {int(line) for line, (top, _) in found.items() if -1 <= top <= height - 18}


def test_the_code_is_set_as_without_results(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=400")
    page.evaluate(MARGIN)
    for top in (0, 3000):
        page.evaluate("top => { view.scrollDOM.scrollTop = top; }", top)
        page.evaluate("rest()")
        bare = page.evaluate("[lineTops(), view.contentHeight, view.scrollDOM.scrollHeight]")
        page.evaluate("top => apply(0, 80, `run-${top}`)", top)
        page.evaluate("rest()")
        assert page.locator(".rdit-result").count() > 5
        now = page.evaluate("[lineTops(), view.contentHeight, view.scrollDOM.scrollHeight]")
        assert now == bare
        page.evaluate("clear()")
    assert page.locator(".rdit-spacer").count() == 0


@pytest.mark.parametrize("height", [300, 500, 800])
def test_the_cursors_result_is_at_its_line_and_seen_whole(
    margin: Callable[..., Any], height: int
) -> None:
    page = margin(SHORT, height)
    page.evaluate("view.focus()")
    tops = page.evaluate(
        "view.scrollDOM.scrollHeight === view.scrollDOM.clientHeight && lineTops()"
    )
    seen = set()
    for line in range(1, len(SHORT) + 1):
        if line > 1:
            page.keyboard.press("ArrowDown")
        page.evaluate("rest()")
        if tops:
            assert page.evaluate("lineTops()") == tops
        if not SHORT[line - 1]:
            continue
        top, bottom = page.evaluate("places()")[str(line)]
        at = page.evaluate("line => lineTop(line)", line)
        # A line is 20 px high, and its text less.
        at -= page.evaluate("view.coordsAtPos(0).top - view.documentTop")
        assert top >= -1, line
        assert bottom <= height + 1, line
        if at + (bottom - top) + 8 <= height:
            assert abs(top - at) <= 1, line
        seen.add(line)
    assert seen == with_results(SHORT)


@pytest.mark.parametrize("height", [300, 800])
@pytest.mark.parametrize("script", ["SHORT", "LONG"])
def test_the_wheel_over_the_column_reads_every_result_and_moves_nothing_faster(
    margin: Callable[..., Any], height: int, script: str
) -> None:
    heights = SHORT if script == "SHORT" else LONG
    page = margin(heights, height)
    over_column(page)
    # From one step to the next, what is mounted in both.
    page.evaluate(
        """() => {
            window.walk = async by => {
                const pane = document.querySelector('.rdit-results');
                const { left } = pane.getBoundingClientRect();
                const seen = new Set();
                const look = now => Object.entries(now).forEach(([line, [top]]) => {
                    if (top >= -1 && top < innerHeight - 18) seen.add(Number(line));
                });
                let fastest = 0;
                let against = 0;
                let before = places();
                look(before);
                for (let same = 0, steps = 0; same < 3 && steps < 2000; steps++) {
                    pane.dispatchEvent(new WheelEvent('wheel', {
                        deltaY: by, bubbles: true, cancelable: true, clientX: left + 14}));
                    await frame();
                    // Results are made in idle time: a busy machine has none between frames.
                    await new Promise(requestIdleCallback);
                    const now = places();
                    let moved = 0;
                    for (const [line, [top, bottom]] of Object.entries(now)) {
                        if (!before[line] || bottom < 0 || top > innerHeight) continue;
                        const way = (before[line][0] - top) * Math.sign(by);
                        fastest = Math.max(fastest, way);
                        against = Math.max(against, -way);
                        moved = Math.max(moved, Math.abs(way));
                    }
                    look(now);
                    same = moved < 0.5 ? same + 1 : 0;
                    before = now;
                }
                return { seen: [...seen].sort((a, b) => a - b), fastest, against,
                    top: view.scrollDOM.scrollTop,
                    rest: view.scrollDOM.scrollHeight - view.scrollDOM.clientHeight };
            };
        }"""
    )
    for by in (30, -30):
        found = page.evaluate("by => walk(by)", by)
        assert set(found["seen"]) == with_results(heights)
        assert found["fastest"] <= 30 + 1.5
        assert found["against"] <= 1.5
        assert abs(found["top"] - (found["rest"] if by > 0 else 0)) <= 1


def test_a_notch_of_a_mouse_is_eased_and_goes_its_whole_way(margin: Callable[..., Any]) -> None:
    page = margin(SHORT, 500)
    over_column(page)
    before = page.evaluate("places()")
    page.mouse.wheel(0, 120)
    page.wait_for_function(
        "before => Object.entries(places()).some(([line, [top]]) => top < before[line]?.[0] - 60)",
        arg=before,
    )
    page.evaluate("rest()")
    now = page.evaluate("places()")
    ways = [before[line][0] - now[line][0] for line in before.keys() & now.keys()]
    assert 60 < max(ways) <= 121.5
    assert min(ways) >= -1.5


def test_what_scrolls_by_itself_comes_first_and_ctrl_is_left_alone(
    margin: Callable[..., Any],
) -> None:
    page = margin([200, 9, 9, 9, 9], 400)
    box = page.locator(".rdit-result .rdit-scroll").first
    page.wait_for_function("box => box.scrollHeight > box.clientHeight", arg=box.element_handle())
    box.hover()
    box.evaluate("box => { box.scrollTop = 0; }")
    before = page.evaluate("places()")
    page.mouse.wheel(0, 90)
    page.wait_for_function("box => box.scrollTop > 0", arg=box.element_handle())
    page.evaluate("rest()")
    assert page.evaluate("places()") == before
    # Zoom, and what goes sideways, is the browser's.
    left = page.evaluate(
        """() => {
            const pane = document.querySelector('.rdit-results');
            return [{ctrlKey: true, deltaY: 50}, {deltaX: 50}].map(options => {
                const event = new WheelEvent('wheel',
                    {bubbles: true, cancelable: true, ...options});
                pane.dispatchEvent(event);
                return event.defaultPrevented;
            });
        }"""
    )
    assert left == [False, False]
    assert page.evaluate("places()") == before


def test_the_wheel_over_the_code_is_the_codes_own(margin: Callable[..., Any]) -> None:
    page = margin(LONG, 500)
    page.mouse.move(200, 250)
    page.mouse.wheel(0, 300)
    page.wait_for_function("view.scrollDOM.scrollTop === 300")
    page.evaluate("rest()")
    attended = page.evaluate("attention()")
    assert attended["id"] > 0
    assert not attended["isHeld"]
    # What is read stands near the line that is read.
    near = page.evaluate(
        "Object.values(places()).some(([top, bottom]) => top < 170 && bottom > 80)"
    )
    assert near


def test_a_result_far_away_comes_to_its_line_with_the_cursor(margin: Callable[..., Any]) -> None:
    page = margin([5 if line % 3 == 0 else 0 for line in range(600)], 500)
    for line in (400, 31, 598):
        page.evaluate(
            """line => view.dispatch({
                selection: {anchor: view.state.doc.line(line).from}, scrollIntoView: true})""",
            line,
        )
        page.evaluate("rest()")
        top, bottom = page.evaluate("places()")[str(line)]
        at = page.evaluate("line => lineTop(line)", line)
        assert -1 <= top <= at + 1
        assert bottom <= 501
        if at + 108 <= 500:
            assert abs(top - at) <= 3, line


def test_over_the_code_of_a_short_script_the_wheel_moves_the_column(
    margin: Callable[..., Any],
) -> None:
    page = margin(SHORT, 800)
    page.mouse.move(200, 250)
    last = max(with_results(SHORT))
    assert last not in heads(page, 800)
    tops = page.evaluate("lineTops()")
    for _ in range(60):
        page.mouse.wheel(0, 60)
    page.evaluate("rest()")
    assert last in heads(page, 800)
    assert page.evaluate("lineTops()") == tops


def test_keys_read_every_result(margin: Callable[..., Any]) -> None:
    page = margin(SHORT, 400)
    page.evaluate("view.focus()")
    page.keyboard.press("Alt+PageDown")
    seen = set()
    for _ in range(14):
        line = page.evaluate("document.activeElement.dataset.lineStart")
        page.evaluate("rest()")
        top, bottom = page.evaluate("places()")[line]
        assert top >= -1, line
        assert bottom <= 401, line
        seen.add(int(line))
        page.keyboard.press("Escape")
        page.keyboard.press("Alt+PageDown")
        page.wait_for_function(
            "line => (document.activeElement.dataset.lineStart ?? line) !== line", arg=line
        )
    assert seen == with_results(SHORT)

    # And from within the column.
    page.keyboard.press("Home")
    page.evaluate("rest()")
    seen = heads(page, 400)
    for _ in range(12):
        page.keyboard.press("PageDown")
        page.evaluate("rest()")
        seen |= heads(page, 400)
    assert seen == with_results(SHORT)
    page.keyboard.press("Home")
    page.evaluate("rest()")
    assert min(with_results(SHORT)) in heads(page, 400)
    page.keyboard.press("End")
    page.evaluate("rest()")
    assert max(with_results(SHORT)) in heads(page, 400)


def test_a_finger_on_the_column_reads_every_result(margin: Callable[..., Any]) -> None:
    page = margin(SHORT, 400, has_touch=True)
    session = page.context.new_cdp_session(page)
    left = (
        page.evaluate("document.querySelector('.rdit-results').getBoundingClientRect().left") + 80
    )
    seen = heads(page, 400)
    for _ in range(14):
        session.send(
            "Input.synthesizeScrollGesture",
            {"x": left, "y": 300, "yDistance": -200, "gestureSourceType": "touch", "speed": 3000},
        )
        page.evaluate("rest()")
        seen |= heads(page, 400)
    assert seen == with_results(SHORT)


def test_what_grows_moves_neither_the_code_nor_the_result_that_is_attended(
    margin: Callable[..., Any],
) -> None:
    page = margin(SHORT, 800)
    page.evaluate(
        """() => {
            view.dispatch({selection: {anchor: view.state.doc.line(14).from}});
            view.focus();
        }"""
    )
    page.evaluate("rest()")
    lines = page.evaluate("lineTops()")
    before = page.evaluate("places()")
    for line, moves in ((13, -1), (16, 1)):
        page.evaluate(
            """line => {
                const dom = document.querySelector(`.rdit-result[data-line-start="${line}"]`);
                dom.style.paddingBottom = '100px';
            }""",
            line,
        )
        page.evaluate("rest()")
        now = page.evaluate("places()")
        assert page.evaluate("lineTops()") == lines
        assert now["14"] == before["14"]
        for other, (top, _) in now.items():
            way = (top - before[other][0]) * moves
            assert way >= -1 if (int(other) - 14) * moves > 0 else abs(way) <= 1
        before = now


def test_results_in_folded_code_are_hidden_and_those_of_one_line_are_one_box(
    margin: Callable[..., Any],
) -> None:
    page = margin([5] * 10, 800)
    page.evaluate("() => { fold(3, 6); }")
    page.evaluate("rest()")
    assert set(page.evaluate("places()")) == {"1", "2", "3", "7", "8", "9", "10"}
    page.evaluate("unfoldAll()")
    page.evaluate("rest()")
    assert len(page.evaluate("places()")) == 10
    page.evaluate(
        """() => {
            view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: 'a; b; c\\nd'}});
            const statements = ['a', 'b', 'c', 'd'].map((source, nodeIndex) => ({
                nodeIndex, source, isExpr: true,
                lineStart: source === 'd' ? 2 : 1, lineEnd: source === 'd' ? 2 : 1}));
            applyEvents([
                {type: 'plan', run: 'one', statements},
                ...statements.flatMap(({nodeIndex}) => [
                    {type: 'output', run: 'one', nodeIndex,
                     output: {type: 'stdout', text: 'x\\n'.repeat(4)}},
                    {type: 'status', run: 'one', nodeIndex, status: 'ok', elapsed: 0.001}]),
            ]);
        }"""
    )
    page.evaluate("rest()")
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('.rdit-result')].map(dom => {
            const { top, height } = dom.getBoundingClientRect(); return [top, height]; })"""
    )
    first = boxes[0][0]
    assert [round(top - first) for top, _ in boxes] == [0, 80, 160, 248]


def test_the_focus_and_a_selection_show_what_they_are_in(margin: Callable[..., Any]) -> None:
    page = margin(SHORT, 400)
    # The last that has an element stands below the window.
    page.evaluate("""() => [...document.querySelectorAll('.rdit-result')].at(-1).focus()""")
    page.evaluate("rest()")
    line = page.evaluate("document.activeElement.dataset.lineStart")
    top, bottom = page.evaluate("places()")[line]
    assert top >= -1
    assert bottom <= 401

    line = page.evaluate(
        """() => {
            const dom = [...document.querySelectorAll('.rdit-result')]
                .find(dom => dom.getBoundingClientRect().bottom < 0)
                ?? document.querySelector('.rdit-result');
            const text = dom.querySelector('.rdit-text').firstChild;
            getSelection().setBaseAndExtent(text, 0, text, 6);
            return dom.dataset.lineStart;
        }"""
    )
    page.wait_for_function("line => places()[line]?.[0] >= -1", arg=line)
    page.evaluate("rest()")
    top, bottom = page.evaluate("places()")[line]
    assert top >= -1
    assert bottom <= 401


def test_what_is_pressed_stays_under_the_pointer(margin: Callable[..., Any]) -> None:
    page = margin([0, 0, 60, 60], 400)
    page.locator('.rdit-result[data-line-start="3"]').get_by_text("Show all").click()
    page.evaluate("rest()")
    page.mouse.move(900, 200)
    less = page.locator('.rdit-result[data-line-start="3"]').get_by_text("Show less")
    for _ in range(60):
        box = less.bounding_box()
        if box and 20 < box["y"] < 340:
            break
        page.mouse.wheel(0, 40)
        page.evaluate("rest()")
    # It is higher than the window, so its top is out of view.
    assert page.evaluate("places()")["3"][0] < -100
    before = less.bounding_box()
    page.mouse.move(before["x"] + 5, before["y"] + 5)
    page.mouse.down()
    page.evaluate("rest()")
    assert less.bounding_box() == before
    page.mouse.up()
    page.locator('.rdit-result[data-line-start="3"]').get_by_text("Show all").wait_for()


def test_what_was_lifted_for_the_cursor_does_not_jump_when_one_scrolls(
    margin: Callable[..., Any],
) -> None:
    heights = [0] * 80
    heights[30], heights[50] = 5, 9
    page = margin(heights, 500)
    page.evaluate(
        """() => {
            const at = view.state.doc.line(51).from;
            view.dispatch({selection: {anchor: at}, scrollIntoView: true});
        }"""
    )
    page.evaluate("rest()")
    assert page.evaluate("attention().lift") > 60
    before = page.evaluate("places()['51'][0]")
    page.mouse.move(200, 250)
    page.mouse.wheel(0, 40)
    page.wait_for_function("!attention().isHeld")
    page.evaluate("rest()")
    assert -41 <= page.evaluate("places()['51'][0]") - before <= 1
    assert page.evaluate("attention().lift") > 20


def test_a_short_script_begins_with_its_first_result_whole(margin: Callable[..., Any]) -> None:
    # Less than two windows: it scrolls by less than one.
    page = margin(SHORT, 400)
    assert 0 < page.evaluate("view.scrollDOM.scrollHeight - view.scrollDOM.clientHeight") < 400
    top, _ = page.evaluate("places()")["4"]
    assert abs(top - page.evaluate("lineTop(4)")) <= 3


def test_above_all_results_the_first_one_takes_the_attention(margin: Callable[..., Any]) -> None:
    page = margin(SHORT, 800)
    for line in (24, 1):
        page.evaluate(
            "line => view.dispatch({selection: {anchor: view.state.doc.line(line).from}})", line
        )
        page.evaluate("rest()")
        assert (4 in heads(page, 800)) == (line == 1)
    top, _ = page.evaluate("places()")["4"]
    assert abs(top - page.evaluate("lineTop(4)")) <= 3


def test_a_result_higher_than_the_window_keeps_its_head_in_view(
    margin: Callable[..., Any],
) -> None:
    page = margin([0, 9, 0, 90, 0, 9, 9], 500)
    here = page.locator('.rdit-result[data-line-start="4"]')
    for name in ("Show all", "Show less"):
        # The end of what is higher than the window is reached by keys.
        here.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        page.evaluate("rest()")
    expect(here.get_by_role("button", name="Show all")).to_be_visible()
    top, bottom = page.evaluate("places()")["4"]
    assert top >= -1
    assert bottom <= 501


def test_the_pointer_marks_a_result_and_its_statement(margin: Callable[..., Any]) -> None:
    page = margin(SHORT, 800)
    page.locator('.rdit-result[data-line-start="7"]').hover(position={"x": 5, "y": 5})
    mark = page.locator(".rdit-statement-mark")
    mark.wait_for()
    at = page.evaluate("lineTops()[6]")
    assert abs(mark.bounding_box()["y"] - at) <= 1
    assert page.locator(".rdit-leaders path.rdit-hovered").count() == 1
    page.locator(".cm-line").nth(9).hover(position={"x": 20, "y": 8})
    page.locator('.rdit-result.rdit-hovered[data-line-start="10"]').wait_for()
    at = page.evaluate("lineTops()[9]")
    assert abs(mark.bounding_box()["y"] - at) <= 1
    rail = "dom => getComputedStyle(dom, '::before').width"
    assert page.locator(".rdit-result.rdit-hovered").evaluate(rail) == "2px"
    page.evaluate("setLayout('below')")
    assert page.locator(".rdit-result.rdit-hovered").count() == 0


def test_a_leader_ties_only_what_is_pushed(margin: Callable[..., Any]) -> None:
    page = margin([3, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0], 800)
    assert page.locator(".rdit-leaders path").count() == 1
    page = margin([3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0], 800)
    assert page.locator(".rdit-leaders path").count() == 0


def test_paper_has_the_whole_script_with_each_result_under_its_statement(
    margin: Callable[..., Any],
) -> None:
    heights = SHORT * 4
    page = margin(heights, 800)
    # After the listener that makes the paper, which has been there longer.
    page.evaluate(
        """() => addEventListener('beforeprint', () => {
            const [paper] = document.querySelectorAll('.rdit-paper');
            window.printed = [...paper.children].map(({dataset, lastElementChild, tagName}) =>
                tagName === 'PRE'
                    ? Number(lastElementChild.dataset.number)
                    : `result of ${dataset.lineEnd}`);
            window.lines = paper.querySelectorAll('.rdit-paper-line').length;
        })"""
    )
    paper = page.pdf()
    page.wait_for_function("window.printed")
    printed = page.evaluate("printed")
    assert page.evaluate("lines") == len(heights)
    results = [at for at, each in enumerate(printed) if isinstance(each, str)]
    assert len(results) == len(with_results(heights))
    for at in results:
        assert printed[at] == f"result of {printed[at - 1]}"
    assert len(re.findall(rb"/Type /Page\b", paper)) > 3
    # The editor is as it was.
    assert page.locator(".rdit-paper").count() == 0
    assert page.evaluate("view.dom.classList.contains('rdit-beside')")


def test_without_motion_nothing_is_eased(margin: Callable[..., Any]) -> None:
    page = margin(SHORT, 800, reduced_motion="reduce")
    moved = page.evaluate(
        """async () => {
            view.dispatch({selection: {anchor: view.state.doc.line(20).from}});
            const at_once = places();
            await rest();
            // Those that are not in view may have been made since.
            const now = places();
            const stood = Object.keys(at_once).filter(line => line in now);
            return [stood.length > 3 && stood.every(
                line => JSON.stringify(at_once[line]) === JSON.stringify(now[line]))];
        }"""
    )
    assert moved == [True]
