"""Where results stand, held against where the browser has laid out their statements.

Ten thousand lines, two thousand results, all layouts, with and without wrapping: after each
operation no result may be more than a pixel off, overlap another or be missing. What is of the
margin alone is in test_margin.py. The page is harness/, built by vite into a temporary folder; it
has the editor alone and no server.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import SIZE

pytestmark = pytest.mark.browser


def verdict(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("rest().then(check)")
    return found


def assert_right(page: Any, after: str, least_visible: int = 1) -> None:
    found = verdict(page)
    wrong = {key: found[key] for key in ("overlaps", "missing")}
    assert (after, wrong, found["details"]) == (after, {"overlaps": 0, "missing": 0}, [])
    assert found["maxError"] <= 1, after
    assert found["visible"] >= least_visible, after


def put_cursor(page: Any, y: int = 300) -> None:
    page.evaluate(
        """y => {
            const block = view.lineBlockAtHeight(view.scrollDOM.scrollTop + y);
            view.dispatch({selection: {anchor: block.from}});
            view.focus();
        }""",
        y,
    )


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
@pytest.mark.parametrize("kind", ["wrap=0", "wrap=1", "wrap=0&long=1", "wrap=1&long=1"])
def test_results_stand_at_their_statements_whatever_happens(
    open_page: Callable[..., Any], layout: str, kind: str
) -> None:
    page = open_page(f"lines=10000&results=2000&layout={layout}&{kind}")
    assert_right(page, "at first", 2)
    page.evaluate("view.scrollDOM.scrollTop = 60000")
    assert_right(page, "scrolled")
    page.evaluate("view.dispatch({changes: {from: 0, insert: '# a\\n# b\\n'}})")
    assert_right(page, "two lines inserted above the screen")
    page.evaluate("view.dispatch({changes: {from: 0, to: 8}})")
    assert_right(page, "these deleted again")

    put_cursor(page)
    for _ in range(5):
        page.keyboard.press("Enter")
    page.keyboard.type("zz = 1 ")
    assert_right(page, "typed")
    for _ in range(12):
        page.keyboard.press("Backspace")
    assert_right(page, "deleted what was typed")

    page.evaluate(
        """() => {
            const screen = view.scrollDOM.getBoundingClientRect();
            const inner = [...document.querySelectorAll('.rdit-result')]
                .find(dom => dom.getBoundingClientRect().top > screen.top)
                .querySelector('img, .rdit-scroll');
            inner.style.height = '700px';
            inner.style.maxHeight = 'none';
        }"""
    )
    assert_right(page, "an output grew")
    page.set_viewport_size({"width": 900, "height": 700})
    assert_right(page, "the window became smaller")
    page.set_viewport_size({"width": 640, "height": 700})
    assert_right(page, "the window became narrow")
    page.set_viewport_size(SIZE)
    assert_right(page, "the window came back")

    page.evaluate("document.body.style.zoom = 1.25")
    assert_right(page, "zoomed")
    page.evaluate("document.body.style.zoom = 1")
    page.evaluate("() => { view.scrollDOM.style.fontSize = '20px'; view.requestMeasure(); }")
    assert_right(page, "a larger font")
    page.evaluate("() => { view.scrollDOM.style.fontSize = ''; view.requestMeasure(); }")
    assert_right(page, "the font as before")

    page.evaluate("view.scrollDOM.scrollTop = 0")
    page.evaluate("() => { fold(1, 4); fold(6, 9); }")
    assert_right(page, "two statements folded")
    page.evaluate("fold(11, 20)")
    assert_right(page, "a section folded")
    page.evaluate("unfoldAll()")
    assert_right(page, "unfolded")

    for other in {"beside", "spaced", "below"} - {layout}:
        page.evaluate("layout => setLayout(layout)", other)
        assert_right(page, f"the layout {other}", 2)
    page.evaluate("layout => setLayout(layout)", layout)
    assert_right(page, "this layout again", 2)
    page.evaluate("() => { view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight; }")
    assert_right(page, "at the end")


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
def test_nothing_is_off_in_any_frame_while_enter_is_pressed(
    open_page: Callable[..., Any], layout: str
) -> None:
    page = open_page(f"lines=10000&results=2000&layout={layout}")
    page.evaluate("() => { view.scrollDOM.scrollTop = 30000; }")
    page.evaluate("rest()")
    put_cursor(page)
    page.evaluate("rest()")
    page.evaluate(
        """() => {
            window.worst = 0; window.watched = 0;
            const watch = () => {
                worst = Math.max(worst, check().maxError);
                watched++;
                if (!window.enough) requestAnimationFrame(watch);
            };
            requestAnimationFrame(watch);
        }"""
    )
    for _ in range(6):
        page.keyboard.press("Enter")
    page.wait_for_function("window.watched > 20")
    page.evaluate("() => { window.enough = true; }")
    assert page.evaluate("window.worst") <= 1


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
def test_text_on_the_screen_stays_when_results_come_above_it(
    open_page: Callable[..., Any], layout: str
) -> None:
    page = open_page(f"lines=10000&layout={layout}")
    page.evaluate("() => { view.scrollDOM.scrollTop = 60000; }")
    page.evaluate("rest()")
    moved = page.evaluate(
        """async () => {
            const line = view.lineBlockAtHeight(view.scrollDOM.scrollTop + 200);
            const before = view.coordsAtPos(line.from).top;
            apply(0, 100);
            await rest();
            return view.coordsAtPos(line.from).top - before;
        }"""
    )
    assert abs(moved) <= 1


def test_running_again_moves_nothing(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=500&results=100&layout=below")
    same = page.evaluate(
        """async () => {
            const before = [...document.querySelectorAll('.rdit-result')];
            const places = () => before.map(dom => dom.getBoundingClientRect().top).join();
            const there = places();
            apply(0, 100, 'again');
            await frame(); await rest();
            const after = [...document.querySelectorAll('.rdit-result')];
            return [places() === there, after.every((dom, i) => dom === before[i])];
        }"""
    )
    assert same == [True, True]


def test_only_what_is_near_the_screen_is_mounted(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=10000&results=2000")
    assert page.evaluate("document.querySelectorAll('.rdit-result').length") < 60


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
def test_what_is_not_in_view_is_made_and_removed_while_the_browser_is_idle(
    open_page: Callable[..., Any], layout: str
) -> None:
    page = open_page(f"lines=2000&results=400&layout={layout}")
    page.evaluate("view.scrollDOM.scrollTop = 6000")
    page.evaluate("rest()")
    page.evaluate(
        """() => {
          window.held = [];
          window.requestIdleCallback = act => held.push(act);
          window.cancelIdleCallback = () => {};
          window.shown = () => [...document.querySelectorAll(".rdit-result")];
          window.idle = () => { for (const act of held.splice(0)) act(); };
          window.scrolled = async by => {
            view.scrollDOM.scrollTop += by;
            for (let n = 0; n < 3; n++) await frame();
          };
        }"""
    )
    page.evaluate("void (window.atFirst = shown())")
    for _ in range(30):
        page.evaluate("scrolled(60)")
        assert page.evaluate("check().missing") == 0
    # What has left is there still, and only what is about to be seen was made.
    assert page.evaluate("atFirst.every(dom => dom.isConnected)")
    height = page.evaluate("view.scrollDOM.clientHeight")
    lowest = "dom => dom.getBoundingClientRect().top - view.scrollDOM.getBoundingClientRect().top"
    made = page.evaluate(f"shown().filter(dom => !atFirst.includes(dom)).map({lowest})")
    assert made
    assert max(made) < 1.3 * height

    page.wait_for_function("""async () => {
      if (!held.length) return true;
      idle();
      await frame();
      return false;
    }""")
    assert page.evaluate("check()")["overlaps"] == 0
    assert not page.evaluate("atFirst.every(dom => dom.isConnected)")
    last = page.evaluate("view.state.doc.lineAt(view.viewport.to).number") - 1
    if layout != "beside":
        wanted = f"dom => dom.dataset.lineStart === '{last // 5 * 5 + 1}'"
        assert page.evaluate(f"shown().some({wanted})")


# Scrolls fast, a step a frame, with what the browser does when it is idle held back, until `count`
# steps are counted: not those near a frame that was late, on a busy machine, where it was not fast.
RUSH = """() => {
  window.held = [];
  window.requestIdleCallback = act => held.push(act);
  window.cancelIdleCallback = () => {};
  window.shownNow = () => [...document.querySelectorAll(".rdit-result")];
  window.rush = async (count, each) => {
    let steady = 0;
    let last = performance.now();
    for (let counted = 0, n = 0; counted < count && n < 400; n++) {
      const before = new Set(shownNow());
      view.scrollDOM.scrollTop += 400;
      await frame();
      const now = performance.now();
      steady = now - last < 100 ? steady + 1 : 0;
      last = now;
      if (steady > 5) {
        each(shownNow().filter(dom => !before.has(dom)).length);
        counted++;
      }
    }
  };
}"""


@pytest.mark.parametrize("layout", ["beside", "spaced", "below"])
def test_what_rushes_by_is_made_when_it_slows_down(
    open_page: Callable[..., Any], layout: str
) -> None:
    page = open_page(f"lines=10000&results=2000&layout={layout}")
    page.evaluate("view.scrollDOM.scrollTop = 6000")
    page.evaluate("rest()")
    page.evaluate(RUSH)
    page.evaluate(
        """() => {
          window.inView = () => {
            const { top, bottom } = view.scrollDOM.getBoundingClientRect();
            return shownNow()
              .filter(dom => {
                const rect = dom.getBoundingClientRect();
                return rect.height && rect.bottom > top && rect.top < bottom;
              })
              .map(dom => dom.dataset.lineStart)
              .join();
          };
        }"""
    )
    made = page.evaluate(
        """async () => {
          const made = [];
          await rush(12, count => made.push(count));
          return made;
        }"""
    )
    assert made == [0] * 12
    page.wait_for_function("inView() && check().missing === 0")
    page.evaluate("(async () => { for (let n = 0; n < 5; n++) await frame(); })()")
    shown = page.evaluate("inView()")
    assert shown
    verdict = page.evaluate("check()")
    assert (verdict["maxError"] <= 1, verdict["overlaps"]) == (True, 0), verdict["details"]
    page.wait_for_function("""async () => {
      if (!held.length) return true;
      for (const act of held.splice(0)) act({ timeRemaining: () => 10 });
      await frame();
      return false;
    }""")
    # None in view was left for idle time.
    assert page.evaluate("inView()") == shown
    # What has rushed by is not kept.
    assert page.evaluate("document.querySelectorAll('.rdit-result').length") < 120


def test_time_between_frames_is_used_while_results_rush_by(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=10000&results=2000&layout=spaced")
    page.evaluate(RUSH)
    made = page.evaluate(
        """async () => {
          const counts = [0, 0, 0];
          // Too little time, enough, and none for so long that the browser calls in any case.
          const deadlines = [1, 10, 0].map((ms, index) => ({
            timeRemaining: () => ms,
            didTimeout: index === 2,
          }));
          let n = 0;
          await rush(20, () => {
            n = (n + 1) % 3;
            const before = shownNow();
            for (const act of held.splice(0)) act(deadlines[n]);
            counts[n] += shownNow().filter(dom => !before.includes(dom)).length;
          });
          return counts;
        }"""
    )
    assert made[0] == 0
    assert made[1] > 0
    assert made[2] > 0


def test_only_what_scrolls_is_a_scroll_container(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=400&results=80&layout=beside")
    page.evaluate(
        """() => {
          const source = view.state.sliceDoc(0, view.state.doc.line(4).to);
          const html = `<table><tr><td>a</td><td>${"word ".repeat(50)}</td></tr></table>`;
          const where = { run: "more", nodeIndex: 0 };
          applyEvents([
            { type: "plan", run: "more", statements: [
              { nodeIndex: 0, lineStart: 1, lineEnd: 4, isExpr: true, source },
            ] },
            { type: "status", ...where, status: "running" },
            { type: "output", ...where, output: {
              type: "result", text: "", metadata: {}, data: { "text/html": html },
            } },
            { type: "status", ...where, status: "ok", elapsed: 0 },
          ]);
        }"""
    )
    page.wait_for_function(
        "[...document.querySelectorAll('.rdit-result td')].some(c => c.textContent.length > 40)"
    )
    page.evaluate("rest()")
    kinds = """() => [...document.querySelectorAll(".rdit-result .rdit-scroll")].map(dom => [
      getComputedStyle(dom).overflowX !== "visible",
      dom.scrollWidth > dom.clientWidth + 1 || dom.scrollHeight > dom.clientHeight + 1,
    ])"""
    for width in (1200, 900, 1200):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("rest()")
        found = page.evaluate(kinds)
        assert {is_scrolling for is_scrolling, _ in found} == {True, False}
        assert all(is_scrolling == is_over for is_scrolling, is_over in found)
    # A cell is cut off where it may be too long for its column, and only there.
    clipped = page.evaluate(
        """[...document.querySelectorAll(".rdit-result td")].map(cell => [
          getComputedStyle(cell).overflowX === "hidden", cell.textContent.length > 40,
        ])"""
    )
    assert [True, True] in clipped
    assert [False, False] in clipped
    assert [False, True] not in clipped


def test_scrolling_makes_no_marks_anew(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=2000&results=400&layout=beside")
    page.evaluate(
        """() => {
          window.marks = 0;
          new MutationObserver(records => {
            for (const { addedNodes, target } of records)
              if (target.closest(".cm-gutterElement")) window.marks += addedNodes.length;
          }).observe(document.querySelector(".rdit-gutter"), { childList: true, subtree: true });
        }"""
    )
    for _ in range(10):
        page.evaluate("view.scrollDOM.scrollTop += 500")
        page.evaluate("frame()")
    assert page.locator(".rdit-gutter .rdit-mark-ok").count() > 50
    assert page.evaluate("marks") == 0


def test_a_narrow_editor_stands_results_below(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=200&results=40")
    has = "name => document.querySelector('.cm-editor').classList.contains(name)"
    assert page.evaluate(has, "rdit-beside")
    page.set_viewport_size({"width": 600, "height": 700})
    page.wait_for_selector(".cm-editor.rdit-below")
    assert_right(page, "narrow")
    page.set_viewport_size(SIZE)
    page.wait_for_selector(".cm-editor.rdit-beside")
    assert_right(page, "wide")


def test_results_follow_undo_of_a_deletion(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=500&results=100")
    page.evaluate("view.focus()")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    assert page.evaluate("counts()") == {"kept": 0, "stale": 0, "detached": 100}
    page.keyboard.press("Control+z")
    assert page.evaluate("counts()") == {"kept": 100, "stale": 0, "detached": 0}
    assert_right(page, "undone")


def test_shift_enter_marks_the_statement_before_anything_answers(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("lines=50")
    page.evaluate("view.focus()")
    page.keyboard.press("Shift+Enter")
    assert page.locator(".rdit-mark-queued").count() == 4
    request = page.evaluate("requests[0]")
    assert request["lineRange"] == {"from": 1, "to": 4}
    assert page.evaluate("view.state.doc.lineAt(view.state.selection.main.head).number") == 6


def test_an_output_with_scripts_cannot_reach_the_page(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=50")
    page.evaluate(
        """() => {
            const run = 'r';
            const source = view.state.doc.sliceString(0, view.state.doc.line(4).to);
            const html = '<p id=said></p><script>let got;' +
                'try { got = parent.document.title } catch (error) { got = error.name }' +
                'document.getElementById("said").textContent = got</script>';
            const statements = [{nodeIndex: 0, lineStart: 1, lineEnd: 4, isExpr: true, source}];
            applyEvents([
                {type: 'plan', run, statements},
                {type: 'output', run, nodeIndex: 0,
                 output: {type: 'result', text: 'x', data: {'text/html': html}, metadata: {}}},
                {type: 'status', run, nodeIndex: 0, status: 'ok', elapsed: 0},
            ]);
        }"""
    )
    frame = page.frame_locator(".rdit-result iframe")
    frame.locator("#said", has_text="SecurityError").wait_for()


def test_an_answer_is_given_once_and_the_code_has_the_focus_again(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("scene=gallery")
    page.evaluate("() => { view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight; }")
    field = page.locator(".rdit-prompt input")
    field.fill("Ada")
    field.press("Enter")
    assert page.evaluate("answers") == ["Ada"]
    assert page.evaluate("view.hasFocus")


def test_a_frame_of_the_script_leads_to_its_line_wherever_that_is_now(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("scene=gallery&layout=spaced")
    text = "return sum(values) / len(values)"
    page.evaluate("view.dispatch({changes: {from: 0, insert: '# one\\n# two\\n'}})")
    page.evaluate("() => { view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight; }")
    page.locator(".rdit-frame-link", has_text="weather.py, line 50").click()
    selected = page.evaluate(
        "view.state.sliceDoc(view.state.selection.main.from, view.state.selection.main.to)"
    )
    assert selected.strip() == text
    assert page.evaluate("view.hasFocus")
    page.evaluate("() => { view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight; }")
    page.locator(".rdit-trace-fold", has_text="Library frames: 6").click()
    page.locator(".rdit-frame-link", has_text="base.py, line 3805").click()
    assert page.evaluate("frames.at(-1)[1]") == 3805


REPORT = "/home/ada/report.py"
LIBRARY = "/env/lib/python3.12/site-packages/pandas/core/frame.py"


def apply_error(page: Any, text: str, frames: list[dict[str, Any]]) -> None:
    """Give the first statement an error with this traceback."""
    source = page.evaluate("view.state.doc.line(1).text")
    statement = {"nodeIndex": 0, "lineStart": 1, "lineEnd": 1, "isExpr": True, "source": source}
    output = {"type": "error", "name": "KeyError", "message": "'b'", "text": text, "frames": frames}
    page.evaluate(
        "events => applyEvents(events)",
        [
            {"type": "plan", "run": "error", "statements": [statement]},
            {"type": "output", "run": "error", "nodeIndex": 0, "output": output},
            {"type": "status", "run": "error", "nodeIndex": 0, "status": "error", "elapsed": 0},
            {"type": "done", "run": "error", "status": "error", "elapsed": 0},
        ],
    )


def frame_text(path: str, line: int, name: str = "f", source: str = "f()") -> str:
    return f'  File "{path}", line {line}, in {name}\n    {source}\n'


def shown_frames(page: Any) -> list[str]:
    found: list[str] = page.locator(".rdit-traceback > :visible").all_text_contents()
    return found


def test_frames_of_libraries_are_folded_and_never_those_of_the_script(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("lines=20")
    head = "Traceback (most recent call last):\n"
    cause = (
        head
        + frame_text(LIBRARY, 1)
        + '  File "pandas/_libs/index.pyx", line 172, in pandas._libs.get_loc\n'
        + "KeyError: 'b'\n\nThe above exception was the direct cause of the following:\n\n"
    )
    script = "".join(frame_text(REPORT, line) for line in range(1, 7))
    back = frame_text(REPORT, 9, "back", "df['b']")
    end = frame_text(LIBRARY, 3) + frame_text(LIBRARY, 4) + "KeyError: 'b'\n"
    apply_error(page, cause + head + script + frame_text(LIBRARY, 2) + back + end, [])
    page.locator(".rdit-trace-fold").first.wait_for()
    shown = shown_frames(page)
    folds = [text for text in shown if "Library frames" in text]
    assert folds == ["Library frames: 2", "Library frames: 1", "Library frames: 2"]
    assert sum("report.py" in text for text in shown) == 7
    assert not any("pandas/" in text for text in shown)
    for _ in folds:
        page.locator(".rdit-trace-fold").first.click()
    assert sum("core/frame.py" in text for text in shown_frames(page)) == 4

    apply_error(
        page, head + frame_text(LIBRARY, 1) + frame_text(LIBRARY, 2) + "KeyError: 'b'\n", []
    )
    page.wait_for_function("() => !document.querySelector('.rdit-traceback .rdit-trace-fold')")
    assert len(shown_frames(page)) == 2  # there is nothing else


def test_a_frame_of_older_code_leads_to_where_its_line_is_now_or_nowhere(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("lines=20")
    text = (
        frame_text(REPORT, 3, "<module>", "f(1)")
        + frame_text(REPORT, 3, "f", "return g(y)")
        + frame_text(REPORT, 8, "g", "return y / 0")
        + "KeyError: 'b'\n"
    )
    frames = [
        {"path": REPORT, "line": 3, "name": "<module>", "source": ""},
        {"path": REPORT, "line": 3, "name": "f", "source": "", "lineNow": 7},
        {"path": REPORT, "line": 8, "name": "g", "source": "", "lineNow": 0},
    ]
    apply_error(page, "Traceback (most recent call last):\n" + text, frames)
    links = page.locator(".rdit-frame-link")
    links.first.wait_for()
    assert links.all_text_contents() == ["report.py, line 3", "report.py, line 7"]
    assert links.nth(1).get_attribute("title") == f"{REPORT}, line 3"
    assert "line 8, in g (edited since)" in shown_frames(page)[2]
    links.nth(1).click()
    assert page.evaluate("view.state.doc.lineAt(view.state.selection.main.head).number") == 7


def test_a_frame_of_scripts_is_not_loaded_again_by_the_other_layout(
    open_page: Callable[..., Any],
) -> None:
    page = open_page("scene=gallery")
    page.evaluate(
        """async () => {
            const line = view.state.doc.line(36);
            view.scrollDOM.scrollTop = view.lineBlockAt(line.from).top - 100;
            await rest();
            window.loads = 0;
            document.querySelector('.rdit-result iframe').addEventListener('load', () => loads++);
        }"""
    )
    page.frame_locator(".rdit-result iframe").locator("#plot", has_text="drawn").wait_for()
    # Its script draws before it is loaded.
    page.locator(".rdit-result iframe[data-loaded]").wait_for()
    page.evaluate("() => { loads = 0; }")
    for layout in ("below", "spaced", "beside"):
        page.evaluate("layout => setLayout(layout)", layout)
        page.evaluate("rest()")
    page.evaluate("() => { view.scrollDOM.scrollTop = 0; }")
    page.evaluate("rest()")
    page.evaluate("view.dispatch({changes: {from: 0, insert: '\\n'}})")
    page.evaluate("rest()")
    assert page.evaluate("loads") == 0


def test_long_text_is_shown_whole_on_demand_and_stays_so(open_page: Callable[..., Any]) -> None:
    page = open_page("scene=gallery&layout=spaced")
    page.evaluate("() => { view.scrollDOM.scrollTop = 500; }")
    page.evaluate("rest()")
    result = page.locator(".rdit-result[data-line-start='25']")
    before = result.bounding_box()["height"]
    result.get_by_role("button", name="Show all").click()
    page.evaluate("rest()")
    whole = result.bounding_box()["height"]
    assert whole > before
    assert_right(page, "shown whole")
    page.evaluate("() => { view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight; }")
    page.evaluate("rest()")
    page.evaluate("() => { view.scrollDOM.scrollTop = 500; }")
    page.evaluate("rest()")
    assert result.bounding_box()["height"] == whole
    result.get_by_role("button", name="Show less").click()
    page.evaluate("rest()")
    assert result.bounding_box()["height"] == before
    assert_right(page, "shown in part")


def test_the_keyboard_goes_to_a_result_and_back(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=500&results=100")
    page.evaluate("view.focus()")
    page.keyboard.press("Control+Alt+ArrowRight")
    page.wait_for_function("document.activeElement.dataset.lineStart === '1'")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label == "Result of lines 1\u20134"
    page.keyboard.press("Escape")
    assert page.evaluate("view.hasFocus")
    page.keyboard.press("Alt+PageDown")
    page.wait_for_function("document.activeElement.dataset.lineStart === '6'")


def test_an_edited_statement_says_so_in_words(open_page: Callable[..., Any]) -> None:
    page = open_page("lines=50&results=10")
    page.evaluate("view.dispatch({changes: {from: 0, insert: 'x'}})")
    result = page.locator(".rdit-result[data-line-start='1']")
    assert result.get_attribute("data-stale") == "true"
    assert result.get_by_text("edited").is_visible()
    page.evaluate("view.dispatch({changes: {from: 0, to: 1}})")
    assert result.get_attribute("data-stale") is None
