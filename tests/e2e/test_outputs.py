"""Outputs of every kind in the editor alone: where they stand when their size is known late, and
what is said of those that nothing can show.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .test_layout import assert_right

pytestmark = pytest.mark.browser

# `show` replaces the text by one statement for each list of outputs, and runs them.
SHOW = """
window.bundle = (data, text = '') => ({type: 'display', text, data, metadata: {}});
window.show = (lists, status = 'ok') => {
    const lines = lists.map((_, index) => `show(${index})`);
    view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: lines.join('\\n\\n')}});
    const statements = lines.map((source, nodeIndex) => {
        const line = 2 * nodeIndex + 1;
        return {nodeIndex, lineStart: line, lineEnd: line, isExpr: true, source};
    });
    applyEvents([
        {type: 'plan', run: 'shown', statements},
        ...lists.flatMap((outputs, nodeIndex) => [
            {type: 'status', run: 'shown', nodeIndex, status: 'running'},
            ...outputs.map(output => ({type: 'output', run: 'shown', nodeIndex, output})),
        ]),
        ...(status === 'running' ? [] : lists.map((_, nodeIndex) =>
            ({type: 'status', run: 'shown', nodeIndex, status, elapsed: 0.001}))),
    ]);
};
window.picture = (type, width, height) => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, {width, height});
    canvas.getContext('2d').fillRect(0, 0, width, height);
    return canvas.toDataURL(type).replace(/^.*,/, '');
};
window.table = (rows, columns) =>
    '<table><thead><tr>' + '<th>name</th>'.repeat(columns) + '</tr></thead><tbody>' +
    ('<tr>' + '<td>123.45</td>'.repeat(columns) + '</tr>').repeat(rows) + '</tbody></table>';
"""


@pytest.fixture
def outputs(open_page: Callable[..., Any]) -> Callable[..., Any]:
    def outputs(query: str = "lines=5", **options: Any) -> Any:
        page = open_page(query, **options)
        page.evaluate(SHOW)
        return page

    return outputs


LATE = {
    "an SVG without a size": """bundle({'image/svg+xml':
        '<svg viewBox="0 0 40 30"><rect width="40" height="30"/></svg>'})""",
    "an SVG with a size": """bundle({'image/svg+xml':
        '<svg width="90" height="70"><rect width="40" height="30"/></svg>'})""",
    "a JPEG": "bundle({'image/jpeg': picture('image/jpeg', 200, 150)})",
    "a WebP": "bundle({'image/webp': picture('image/webp', 200, 90)})",
    "a PNG": "bundle({'image/png': picture('image/png', 120, 60)})",
    "HTML with an image without dimensions": """bundle({'text/html':
        `<p>one</p><img src="data:image/png;base64,${picture('image/png', 100, 80)}">`})""",
    "HTML of nothing to see": "bundle({'text/html': '<style>p{color:red}</style>'})",
    "HTML with styles and a late image": """bundle({'text/html':
        `<style>p{margin:0}</style><p>x</p>
        <img src="data:image/png;base64,${picture('image/png', 60, 120)}">`})""",
    "a table as high as its text": """bundle({'text/html': table(2, 3)}, 'a\\nb\\nc\\nd')""",
    "a frame that grows late": """bundle({'text/html': `<div id=grows></div><script>
        setTimeout(() => { grows.style.height = '333px'; }, 150);
        setTimeout(() => { grows.style.height = '77px'; }, 300)</script>`})""",
    "Markdown alone": "bundle({'text/markdown': '# A title\\n\\n- one\\n- two'})",
    "text": "{type: 'stdout', text: 'one\\ntwo\\nthree\\n'}",
}


@pytest.mark.parametrize("layout", ["beside", "below"])
def test_results_whose_size_is_known_late_never_overlap(
    outputs: Callable[..., Any], layout: str
) -> None:
    page = outputs(f"lines=5&layout={layout}")
    lists = ",".join(f"[{late}],[{LATE['text']}]" for late in LATE.values())
    page.evaluate(f"show([{lists}])")
    frame = page.frame_locator("iframe")
    for top in range(0, 2400, 300):
        page.evaluate("top => { view.scrollDOM.scrollTop = top; }", top)
        page.evaluate("rest()")
        assert_beside_or_below(page, layout)
    # A frame that is not in view does not say that it grew.
    go_to(page, 4 * list(LATE).index("a frame that grows late") + 1)
    frame.locator("#grows").wait_for(state="attached")
    page.wait_for_function(
        "[...document.querySelectorAll('iframe')].some(frame => frame.offsetHeight === 77)"
    )
    page.evaluate("rest()")
    assert_beside_or_below(page, layout)


def go_to(page: Any, line: int) -> None:
    page.evaluate(
        """line => {
            const { from } = view.state.doc.line(line);
            view.scrollDOM.scrollTop = view.lineBlockAt(from).top - 100;
            // In the margin the result of the cursor's statement stands at its line.
            view.dispatch({ selection: { anchor: from }, userEvent: "select" });
        }""",
        line,
    )
    page.evaluate("rest()")


def assert_beside_or_below(page: Any, layout: str) -> None:
    # Each is between two lines of text, so beside the code none is moved by the one before it.
    found = page.evaluate(
        """() => {
            const boxes = [...document.querySelectorAll('.rdit-result')]
                .map(dom => [Number(dom.dataset.lineStart), dom.getBoundingClientRect()])
                .sort((a, b) => a[0] - b[0]);
            return boxes.slice(1).filter(([, box], i) => box.top < boxes[i][1].bottom - 0.5)
                .map(([line]) => line);
        }"""
    )
    assert found == []
    assert_right(page, layout, 0)


@pytest.mark.parametrize("layout", ["beside", "below"])
def test_frames_kept_off_the_screen_are_not_painted_over_others(
    outputs: Callable[..., Any], layout: str
) -> None:
    page = outputs(f"lines=5&layout={layout}")
    page.evaluate(
        """() => {
            const text = {type: 'stdout', text: 'line\\n'.repeat(20)};
            const frame = bundle({'text/html': '<p id=in>in a frame</p><script></script>'});
            show([...Array(8).fill([text]), [frame], ...Array(60).fill([text])]);
        }"""
    )
    go_to(page, 17)
    page.frame_locator("iframe").locator("#in").wait_for()
    page.evaluate("() => { view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight; }")
    page.evaluate("rest()")
    assert page.locator("iframe").count() == 1
    # All between it and the last lines goes.
    page.evaluate(
        """async () => {
            const { doc } = view.state;
            view.dispatch({changes: {from: doc.line(19).from, to: doc.line(117).from}});
            await rest();
            view.scrollDOM.scrollTop = view.scrollDOM.scrollHeight;
            await rest();
        }"""
    )
    assert_right(page, "after most of the text went")
    overlapping = page.evaluate(
        """() => {
            const seen = [...document.querySelectorAll('.rdit-result')]
                .filter(dom => getComputedStyle(dom).visibility === 'visible')
                .map(dom => dom.getBoundingClientRect()).sort((a, b) => a.top - b.top);
            return seen.slice(1).filter((box, i) => box.top < seen[i].bottom - 0.5).length;
        }"""
    )
    assert overlapping == 0


def test_the_first_tall_table_of_a_page_can_be_shown_whole(outputs: Callable[..., Any]) -> None:
    page = outputs()
    # Its text is as tall as a result may be, so when the table comes nothing has another height.
    page.evaluate("show([[bundle({'text/html': table(60, 3)}, 'row\\n'.repeat(61))]])")
    page.locator(".rdit-rich table").wait_for()
    button = page.get_by_role("button", name="Show all")
    button.wait_for()
    button.click()
    page.evaluate("rest()")
    assert page.locator(".rdit-result").bounding_box()["height"] > 800


@pytest.mark.parametrize("is_cut", [False, True])
def test_text_of_which_something_was_left_out_shows_its_end(
    outputs: Callable[..., Any], is_cut: bool
) -> None:
    page = outputs()
    # It comes with the end of its statement, as where a page has no frame while it is written.
    page.evaluate(
        """is_cut => {
            const text = { type: 'stdout', text: 'a line\\n'.repeat(2000) };
            const output = { type: 'output', run: 'r', nodeIndex: 0, output: text };
            const cut = { type: 'truncated', run: 'r', nodeIndex: 0, bytes: 9 };
            const source = 'write()';
            view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: source } });
            const statement = { nodeIndex: 0, lineStart: 1, lineEnd: 1, isExpr: true, source };
            applyEvents([
                { type: 'plan', run: 'r', statements: [statement] },
                { type: 'status', run: 'r', nodeIndex: 0, status: 'running' },
                output,
                ...(is_cut ? [cut, output] : []),
                { type: 'status', run: 'r', nodeIndex: 0, status: 'ok', elapsed: 1 },
            ]);
        }""",
        is_cut,
    )
    page.get_by_role("button", name="Show all").wait_for()
    page.evaluate("rest()")
    place = page.locator(".rdit-result").evaluate(
        """result => [...result.querySelectorAll('.rdit-body, .rdit-text')]
            .filter(each => each.scrollHeight > each.clientHeight + 100)
            .map(each => [each.scrollTop, each.scrollHeight - each.clientHeight])[0]"""
    )
    assert place[0] == pytest.approx(place[1] if is_cut else 0, abs=2)


def test_an_image_that_loads_in_a_full_box_offers_to_show_all(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate(
        """() => {
            const image = `<img src="data:image/png;base64,${picture('image/png', 100, 900)}">`;
            show([[bundle({'text/html': image}, 'x\\n'.repeat(24))]]);
        }"""
    )
    page.get_by_role("button", name="Show all").wait_for()


@pytest.mark.parametrize("layout", ["beside", "below"])
def test_a_frame_cannot_make_itself_high_without_being_asked(
    outputs: Callable[..., Any], layout: str
) -> None:
    page = outputs(f"lines=5&layout={layout}")
    page.evaluate(
        """show([[bundle({'text/html':
            '<div style="height:19000px">x</div><script>' +
            'parent.postMessage({rditHeight: 1e9}, "*")</script>'})],
            [{type: 'stdout', text: 'after\\n'}]])"""
    )
    page.get_by_role("button", name="Show all").wait_for()
    page.evaluate("rest()")
    box = page.locator(".rdit-result").first
    assert box.bounding_box()["height"] <= 800
    assert_right(page, "shown in part", 0)
    page.get_by_role("button", name="Show all").click()
    page.evaluate("rest()")
    assert 18_000 < box.bounding_box()["height"] <= 20_100


@pytest.mark.parametrize("layout", ["beside", "below"])
@pytest.mark.parametrize("what", ["text", "an SVG with a size", "a JPEG"])
def test_clearing_before_the_next_output_moves_nothing(
    outputs: Callable[..., Any], layout: str, what: str
) -> None:
    page = outputs(f"lines=5&layout={layout}")
    heights = page.evaluate(
        f"""async () => {{
            const output = {LATE[what]};
            show([[output], [{{type: 'stdout', text: 'below\\n'}}]], 'running');
            await rest();
            const of = {{run: 'shown', nodeIndex: 0}};
            const seen = new Set();
            const look = () => seen.add(view.coordsAtPos(view.state.doc.length).top);
            look();
            for (let step = 0; step < 5; step++) {{
                applyEvents([{{type: 'clear', ...of}}]);
                look(); await frame(); look(); await frame(); look();
                applyEvents([{{type: 'output', ...of, output}}]);
                look(); await frame(); look(); await frame(); look();
            }}
            return [...seen];
        }}"""
    )
    assert len(heights) == 1


def test_what_was_cleared_gives_its_room_back(outputs: Callable[..., Any]) -> None:
    page = outputs("lines=5&layout=below")
    page.evaluate("show([[{type: 'stdout', text: 'x\\n'.repeat(20)}]], 'running')")
    page.evaluate("rest()")
    height = page.evaluate("view.contentHeight")
    page.evaluate("applyEvents([{type: 'clear', run: 'shown', nodeIndex: 0}])")
    page.wait_for_function("before => view.contentHeight < before - 150", arg=height)
    page.evaluate(
        """applyEvents([{type: 'output', run: 'shown', nodeIndex: 0,
            output: {type: 'stdout', text: 'y\\n'.repeat(20)}}])"""
    )
    assert page.evaluate("rest().then(() => view.contentHeight)") == height
    # The end of the statement gives it back at once.
    page.evaluate("applyEvents([{type: 'clear', run: 'shown', nodeIndex: 0}])")
    page.evaluate(
        "applyEvents([{type: 'status', run: 'shown', nodeIndex: 0, status: 'ok', elapsed: 1}])"
    )
    assert page.evaluate("view.contentHeight") < height - 150


SHOWN = {
    "HTML alone": ("bundle({'text/html': '<b>bold</b>'})", "b", "bold"),
    "Markdown alone": ("bundle({'text/markdown': '**bold**'})", "strong", "bold"),
    "LaTeX alone": ("bundle({'text/latex': '$x^2$'})", "pre", "$x^2$"),
    "JSON alone": ("bundle({'application/json': [1, 2]})", "details", "[2 items]"),
    "text alone": ("bundle({'text/plain': 'some'}, 'some')", "pre", "some"),
    "an unknown type beside a picture": (
        "bundle({'application/x-foo': 'x', 'image/png': picture('image/png', 9, 9)})",
        "img",
        "",
    ),
    "a vendor's type beside a picture": (
        "bundle({'application/vnd.x.v1+json': {}, 'image/png': picture('image/png', 9, 9)})",
        "img",
        "",
    ),
    "a vendor's type beside HTML": (
        "bundle({'application/vnd.x.v1+json': {}, 'text/html': '<b>bold</b>'})",
        "b",
        "bold",
    ),
    "SVG in HTML": ("bundle({'text/html': '<svg><circle r=5 /></svg>'})", "iframe", ""),
    "a frame in HTML": ("bundle({'text/html': '<iframe srcdoc=x></iframe>'})", "iframe", ""),
    "an element with handlers": (
        "bundle({'text/html': '<button onclick=\"this.hidden = true\">go</button>'})",
        "iframe",
        "",
    ),
    "empty HTML beside text": ("bundle({'text/html': '', 'text/plain': 'some'})", "pre", "some"),
}


@pytest.mark.parametrize("what", SHOWN)
def test_a_display_is_shown_whatever_its_text_is(outputs: Callable[..., Any], what: str) -> None:
    data, selector, text = SHOWN[what]
    page = outputs()
    page.evaluate(f"show([[{data}]])")
    shown = page.locator(f".rdit-output {selector}")
    shown.wait_for()
    assert shown.count() == 1
    assert text in shown.text_content()
    page.evaluate("rest()")
    assert page.locator(".rdit-unshown").count() == 0


UNSHOWN = {
    "bundle({'application/x-foo': 'x'.repeat(2100)})": "application/x-foo (2 kB)",
    "bundle({'application/x-foo': '', 'text/plain': 'Foo()'}, 'Foo()')": "x-foo (0 bytes)",
    "bundle({'application/vnd.jupyter.widget-view+json': {}, 'text/plain': 'Box()'})": "widgets",
    "bundle({'image/tiff': 'AAAA'})": "image/tiff",
}
# What there is says nothing by itself, so a line does.
SAID = {
    "bundle({'application/json': []})": "[]",
    "bundle({})": "An output with nothing in it.",
    "bundle({'text/plain': ''})": "An output with nothing in it.",
    "bundle({'text/html': {a: 1}})": "text/html (7 bytes): its value is no text",
    "bundle({'text/html': 5, 'text/plain': ''})": "its value is no text",
    "bundle({'image/png': [1]})": "image/png (3 bytes): its value is no text",
    "bundle({'image/png': 'iVBORw0KGgo='})": "This image/png cannot be read as an image.",
    "bundle({'text/html': '<style>p {color: red}</style>'})": "Styles alone",
    "bundle({'text/html': '<!-- a remark -->'})": "This text/html has nothing to show.",
    "bundle({'text/html': '<p> </p>'})": "This text/html has nothing to show.",
    "bundle({'text/markdown': '<!-- a remark -->'})": "This text/markdown has nothing to show.",
    "bundle({'text/markdown': ' '}, 'Shows()')": "Shows()",
    "bundle({'text/html': ['<b>li', 'nes</b>']})": "lines",
    "bundle({'text/csv': 'a,b'})": "a,b",
}


@pytest.mark.parametrize("data", UNSHOWN)
def test_a_type_that_nothing_can_show_is_named(outputs: Callable[..., Any], data: str) -> None:
    page = outputs()
    page.evaluate(f"show([[{data}]])")
    line = page.locator(".rdit-unshown")
    line.wait_for()
    assert UNSHOWN[data] in line.text_content()
    assert "nothing here can show this type" in line.text_content()
    if "text/plain" in data:
        assert page.locator(".rdit-output pre").text_content() in ("Foo()", "Box()")
    assert_right(page, data)


@pytest.mark.parametrize("data", SAID)
def test_what_shows_nothing_by_itself_is_said(outputs: Callable[..., Any], data: str) -> None:
    page = outputs()
    page.evaluate(f"show([[{data}]])")
    page.get_by_text(SAID[data]).wait_for()
    page.evaluate("rest()")
    assert_right(page, data)


def test_a_line_that_is_blank_on_purpose_is_not_talked_about(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate(
        """show([[bundle({'text/html': '<pre style="line-height:normal"></pre>'}, '\\n')]])"""
    )
    page.locator("pre").last.wait_for(state="attached")
    page.evaluate("rest()")
    assert page.locator(".rdit-result").text_content() == ""


def test_the_place_of_a_later_update_takes_no_room(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate("show([[{...bundle({}), displayId: 'later'}], [{type:'stdout', text:'x'}]])")
    page.evaluate("rest()")
    assert page.locator(".rdit-result").count() == 1
    page.evaluate(
        "applyEvents([{type: 'update', displayId: 'later', data: {'text/html': '<b>now</b>'}}])"
    )
    page.locator("b", has_text="now").wait_for()


def test_a_file_that_cannot_be_opened_is_no_link(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate(
        """() => {
            const at = path => `  File "${path}", line 3, in f\\n    g()\\n`;
            const paths = ['/outside/a.py', '/here/b.py'];
            const text = paths.map(at).join('') + 'ValueError: x\\n';
            const frames = paths.map(path => ({path, line: 3, name: 'f', source: 'g()'}));
            const error = {type: 'error', name: 'ValueError', message: 'x', text, frames, line: 1};
            show([[error]], 'error');
        }"""
    )
    link = page.locator(".rdit-frame-link")
    link.wait_for()
    assert link.text_content() == "/here/b.py, line 3"
    away = page.locator(".rdit-frame-away")
    assert away.text_content() == "/outside/a.py, line 3"
    assert "cannot be opened" in away.get_attribute("title")


def test_very_many_lines_are_laid_out_only_where_they_are_seen(outputs: Callable[..., Any]) -> None:
    page = outputs("lines=5&layout=below")
    text = "\\x1b[31m" + "y\\n" * 250_000
    page.evaluate(f"show([[{{type: 'stdout', text: '{text}'}}], [{LATE['text']}]], 'running')")
    page.evaluate("rest()")
    body = page.locator(".rdit-text").first
    # Nothing is left out: it is found, copied, and shown whole.
    assert body.evaluate("dom => dom.textContent.length") == 500_000
    page.get_by_role("button", name="Show all").click()
    page.evaluate("rest()")
    assert body.bounding_box()["height"] > 20 * 249_000
    assert_right(page, "shown whole", 0)
    # Written on, and begun anew.
    page.evaluate(
        """() => {
            const of = {run: 'shown', nodeIndex: 0};
            for (const text of ['a', 'b\\nc\\n', 'd'])
                applyEvents([{type: 'output', ...of, output: {type: 'stdout', text}}]);
        }"""
    )
    assert body.evaluate("dom => dom.textContent").endswith("y\nab\nc\nd")
    page.evaluate(
        """() => {
            const of = {run: 'shown', nodeIndex: 0};
            applyEvents([{type: 'clear', ...of, wait: true},
                {type: 'output', ...of, output: {type: 'stdout', text: 'new\\n'}}]);
        }"""
    )
    assert body.evaluate("dom => dom.textContent") == "new\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_a_background_of_the_users_can_be_read(
    outputs: Callable[..., Any], scheme: str
) -> None:
    page = outputs(color_scheme=scheme)
    html = """<style>#light { background-color: yellow } #deep { background: #036 }
        #chosen { background-color: yellow; color: red } #clear { background-color: #ff02 }</style>
        <table><tr><td id=light>1<td id=deep>2<td id=chosen>3<td id=clear>4<td id=plain>5
        <td id=own style="background-color: white">6</table>""".replace("\n", " ")
    page.evaluate(f"show([[bundle({{'text/html': {html!r}}})]])")
    page.locator("#plain").wait_for()
    color = "dom => getComputedStyle(dom).color"
    seen = {cell.get_attribute("id"): cell.evaluate(color) for cell in page.locator("td").all()}
    dark, light = "rgb(23, 22, 20)", "rgb(253, 252, 250)"
    assert [seen["light"], seen["deep"], seen["own"]] == [dark, light, dark]
    assert seen["chosen"] == "rgb(255, 0, 0)"
    # Through what is clear one sees the page.
    assert seen["clear"] == seen["plain"]


TEXTS = {
    "as rich writes it": "<pre><span id=it style='color: #000080'>navy</span></pre>",
    "of a font": "<font id=it color=navy>navy</font>",
    "of a cell": "<style>#it { color: navy }</style><table><tr><td id=it>navy</table>",
    "beside others": """<style>#it { color: navy } #other { background: yellow }</style>
        <table><tr><td id=it>navy<td id=other>other</table>""",
}
# Whoever has chosen the ground too has chosen both.
LEFT = {
    "that is seen": "<b id=it style='color: #ff0000'>red</b>",
    "on paper": "<div style='background: white'><b id=it style='color: #000080'>navy</b></div>",
    "on paper of a table": """<style>table { background: white } #it { color: navy }</style>
        <table><tr><td id=it>navy</table>""",
    "in a table on paper": """<style>#all { background: white } td { color: navy }</style>
        <table id=all><tr><td id=it>navy</table>""",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_colors_for_paper_can_be_read_in_the_dark(
    outputs: Callable[..., Any], scheme: str
) -> None:
    page = outputs(color_scheme=scheme)
    for name, html in (TEXTS | LEFT).items():
        page.evaluate("html => show([[bundle({'text/html': html})]])", html)
        it = page.locator("#it, [data-jupyter-id=it]")
        color = it.evaluate("dom => getComputedStyle(dom).color")
        channels = [int(channel) for channel in re.findall(r"\d+", color)]
        if scheme == "light" or name in LEFT:
            assert channels in ([0, 0, 128], [255, 0, 0]), name
        else:
            red, green, blue = channels
            assert 90 < red == green < 150 < blue, name
        page.evaluate("clear()")


@pytest.mark.parametrize("style", ["", "<style>td { color: red }</style>"], ids=["plain", "styled"])
def test_a_table_of_very_many_cells_comes_in_portions(
    outputs: Callable[..., Any], style: str
) -> None:
    page = outputs()
    page.evaluate(f"show([[bundle({{'text/html': '{style}' + table(20000, 10)}})]])")
    line = page.locator(".rdit-rich .rdit-line")
    line.wait_for()
    assert "of 20001 rows" in line.text_content()
    rows = page.locator(".rdit-rich tr")
    before = rows.count()
    assert 200 < before < 1000
    page.get_by_role("button", name="Show more").click()
    page.wait_for_function(
        f"() => document.querySelector('.rdit-rich .rdit-line').textContent.startsWith('{before}') "
        "=== false"
    )
    assert rows.count() > before


def test_one_row_of_very_many_cells_is_cut_within(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate("show([[bundle({'text/html': table(1, 100000)})]])")
    page.locator(".rdit-rich .rdit-line").wait_for()
    assert page.locator(".rdit-rich :is(td, th)").count() < 20_000


def test_json_is_a_tree_that_opens_by_keys(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate(
        """show([[{...bundle({'application/json': {
            many: Array.from({length: 250}, (_, n) => n), text: 'x'.repeat(5000), none: null,
            deep: {er: {est: true}}}}), metadata: {'application/json': {root: 'all'}}}]])"""
    )
    tree = page.locator(".rdit-json")
    tree.wait_for()
    assert tree.locator("summary").all_text_contents() == [
        "all: {4 keys}",
        "many: [250 items]",
        "deep: {1 key}",
    ]
    assert "… (4002 more characters)" in tree.text_content()
    tree.locator("summary", has_text="deep").press("Enter")
    tree.locator("summary", has_text="er: {1 key}").press("Enter")
    tree.get_by_text("est: true").wait_for()
    tree.locator("summary", has_text="many").press("Enter")
    # What is closed has no elements, and of very many the first are shown.
    rows = tree.locator("details details .rdit-json-row")
    rows.nth(99).wait_for()
    tree.get_by_role("button", name="Show more (150)").click()
    tree.get_by_role("button", name="Show more (50)").click()
    page.wait_for_function("document.querySelectorAll('.rdit-json-row').length >= 250")
    page.evaluate("rest()")
    assert_right(page, "the tree")


def test_json_is_open_if_it_says_so(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate(
        """show([[{...bundle({'application/json': {a: {b: [1, {c: 2}]}}}),
            metadata: {'application/json': {expanded: true}}}]])"""
    )
    page.get_by_text("c: 2").wait_for()


def test_geojson_has_an_outline_and_a_tree(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate(
        """show([[bundle({'application/geo+json': {type: 'FeatureCollection', features: [
            {type: 'Feature', geometry: {type: 'Polygon', coordinates: [
                [[0, 50], [10, 50], [10, 55], [0, 50]], [[4, 51], [6, 51], [6, 52], [4, 51]]]}},
            {type: 'Feature', geometry: {type: 'LineString', coordinates: [[0, 50], [5, 54]]}},
            {type: 'Feature', geometry: {type: 'Point', coordinates: [3, 53]}}]}},
            '<IPython.display.GeoJSON object>')]])"""
    )
    outline = page.get_by_role("img", name="Outline of 4 shapes")
    outline.wait_for()
    box = outline.bounding_box()
    assert 300 <= box["width"] <= 320
    assert 200 <= box["height"] <= 240
    assert [outline.locator(name).count() for name in ("path", "circle")] == [2, 1]
    assert page.locator(".rdit-json summary").first.text_content() == "{2 keys}"


def test_code_has_the_colours_of_the_editor(outputs: Callable[..., Any]) -> None:
    page = outputs()
    # What IPython's `Code` gives: pygments' styles for light pages, and LaTeX too.
    page.evaluate(
        """show([[bundle({'text/html': `<style>pre { line-height: 125%; }
            .output_html .k { color: #008000 }</style><div class="highlight"><pre>
            <span></span><span class="k">def</span> <span class="nf">f</span></pre></div>`,
            'text/latex': '\\\\begin{Verbatim}x\\\\end{Verbatim}', 'text/plain': 'def f'})],
          [bundle({'text/markdown':
            '```python\\ndef f(): return "x"\\n```\\n\\n```js\\nlet x\\n```'})]])"""
    )
    colour = "element => getComputedStyle(element).color"
    word = page.locator(".highlight .k")
    word.wait_for()
    page.locator(".tok-keyword").first.wait_for()
    assert word.evaluate(colour) == page.locator(".tok-keyword").first.evaluate(colour)
    assert word.evaluate(colour) != page.locator(".highlight").evaluate(colour)
    assert page.locator("code.language-python").text_content() == 'def f(): return "x"\n'
    assert page.locator("code.language-js span").count() == 0


def test_footnotes_of_markdown_go_there_and_back(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate("show([[bundle({'text/markdown': 'Said[^1].\\n\\n[^1]: By *whom*.'})]])")
    page.locator("sup a", has_text="1").click()
    assert page.locator(".footnotes li em").text_content() == "whom"
    page.locator(".footnotes a").click()
    assert "#" not in page.url


def test_a_picture_stays_until_the_next_is_decoded(outputs: Callable[..., Any]) -> None:
    page = outputs()
    page.evaluate(
        """async () => {
            const data = n => ({'image/png': picture('image/png', 300 + 3 * n, 200 + 2 * n)});
            const metadata = {'image/png': {alt: 'Growth: height by age', width: 150, height: 100}};
            const display = {type: 'display', text: '', data: data(0), metadata, displayId: 'it'};
            show([[display]], 'running');
            const box = document.querySelector('.rdit-result .rdit-output');
            await box.querySelector('img').decode();
            window.blanks = 0;
            new MutationObserver(() => {
                const image = box.querySelector('img');
                if (!image?.complete || !image.naturalWidth) window.blanks++;
            }).observe(box, {childList: true});
            for (let shade = 1; shade <= 20; shade++) {
                applyEvents([{type: 'update', run: 'shown', displayId: 'it', text: '',
                    data: data(shade), metadata}]);
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    image = page.locator(".rdit-result img")
    page.wait_for_function("document.querySelector('.rdit-result img').naturalWidth === 360")
    assert page.evaluate("blanks") == 0
    expect(image).to_have_attribute("alt", "Growth: height by age")
    box = image.bounding_box()
    assert (box["width"], box["height"]) == (150, 100)
