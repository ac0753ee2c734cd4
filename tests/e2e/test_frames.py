"""Outputs with scripts: what earlier ones loaded is there, they are as high as their content, and
what fails in them is said. Charts that come as data are drawn without a network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.waiting import wait_for

from .conftest import SIZE, Tab
from .test_outputs import SHOW

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

BUNDLES = Path(__file__).parent / "bundles"


def recorded(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((BUNDLES / f"{name}.json").read_text())
    return found


def display(data: dict[str, Any]) -> dict[str, Any]:
    return {"type": "display", "text": "", "data": data, "metadata": {}}


@pytest.fixture
def page(browser: Browser, harness: str) -> Iterator[Page]:
    """Without a network. Scripts of outputs may fail."""
    page = browser.new_page(viewport=SIZE)
    page.context.route("https://**", lambda route: route.abort())
    page.goto(f"{harness}?lines=5&layout=below")
    page.wait_for_function("window.ready")
    page.evaluate(SHOW)
    yield page
    page.context.close()


def show(page: Page, statements: list[list[dict[str, Any]]]) -> None:
    page.evaluate("lists => show(lists)", [[*map(display, outputs)] for outputs in statements])


def html(text: str) -> dict[str, Any]:
    return {"text/html": text}


def script(text: str) -> dict[str, Any]:
    return {"application/javascript": text}


def frame_of(page: Page, index: int) -> Any:
    return page.locator(f'.rdit-result[data-line-start="{2 * index + 1}"]').frame_locator("iframe")


@pytest.mark.parametrize(
    ("name", "statements", "drawn"),
    [
        ("bokeh", [[0, 1], [2, 3]], "drawn by Bokeh"),
        ("itables", [[0, 1], [2]], "drawn by ITables"),
        ("plotly", [[1], [2]], "drawn by plotly"),
    ],
)
def test_what_a_library_has_loaded_is_there_for_its_figures(
    page: Page, name: str, statements: list[list[int]], drawn: str
) -> None:
    bundles = recorded(name)
    show(page, [[bundles[index] for index in outputs] for outputs in statements])
    frame_of(page, 1).get_by_text(drawn).wait_for()
    # Run again by itself, after all else has been cleared.
    page.evaluate("clear()")
    show(page, [[], [bundles[index] for index in statements[-1]]])
    frame_of(page, 1).get_by_text(drawn).wait_for()
    assert page.get_by_text("A script of this output failed").count() == 0


def test_what_acts_on_a_library_does_so_wherever_it_is_used(page: Page) -> None:
    """As itables has it: what makes its tables dark stands before the library."""
    acts = html("<script type=module>(await window.library).look = 'dark'</script>")
    show(
        page,
        [
            [acts, html("<script>window.library = Promise.resolve({})</script>")],
            [html("<p id=a></p><script type=module>a.append((await library).look)</script>")],
            [html("<p id=b></p><script>b.append(typeof library)</script>")],
            [html("<p id=c></p><script>c.append(typeof look)</script>")],
        ],
    )
    frame_of(page, 1).get_by_text("dark").wait_for()
    assert frame_of(page, 2).locator("[data-rdit-setup]").count() == 1
    frame_of(page, 3).get_by_text("undefined").wait_for()
    assert frame_of(page, 3).locator("[data-rdit-setup]").count() == 0
    assert page.get_by_text("A script of this output failed").count() == 0


def test_a_script_has_an_element_and_what_others_have_set_up(page: Page) -> None:
    show(
        page,
        [
            [script("window.answer = 42")],
            [html("<script>document.body.append('seen once'); window.more = 1</script>")],
            [script("element.textContent = `${answer} and ${more} </script> <!--`")],
            [script("nowhere.x = 1")],
            [html("<p id=a></p>"), script("document.getElementById('a').textContent = 'found'")],
        ],
    )
    shown = frame_of(page, 2)
    shown.get_by_text("42 and 1 </script> <!--").wait_for()
    assert not shown.get_by_text("seen once").is_visible()
    frame_of(page, 1).get_by_text("seen once").wait_for()
    page.get_by_text("nowhere is not defined").wait_for()
    frame_of(page, 4).get_by_text("found").wait_for()
    assert page.locator(".rdit-line").count() == 1


HEIGHTS = {
    "a document as high as its window": (
        "<html><head><style>html, body { height: 100%; margin: 0 } #map { position: absolute;"
        " top: 0; bottom: 0; width: 100% }</style></head><body><div id=map>x</div></body></html>",
        (400, 400),
    ),
    "a document higher than its window": (
        "<script></script><div style='height: calc(100vh + 10px)'>x</div>",
        (100, 400),
    ),
    "what has its height of its width": (
        "<div style='width: 100%; height: 0; padding-bottom: 30%; position: relative'>"
        "<iframe srcdoc='x' style='position: absolute; width: 100%; height: 100%'></iframe></div>",
        (200, 400),
    ),
    "a frame of a fixed height": ("<iframe srcdoc=x style='height: 230px'></iframe>", (230, 250)),
    "an SVG": ("<svg width=50 height=70><circle r=5 /></svg>", (70, 80)),
}


@pytest.mark.parametrize("what", HEIGHTS)
def test_a_frame_is_as_high_as_its_content(page: Page, what: str) -> None:
    content, (least, most) = HEIGHTS[what]
    show(page, [[html(content)]])
    page.locator("iframe[data-loaded]").wait_for()
    page.evaluate("rest()")
    assert least <= page.locator("iframe").bounding_box()["height"] <= most


def test_a_map_of_folium_has_the_size_that_it_asks_for(page: Page) -> None:
    show(page, [recorded("folium")])
    page.locator("iframe[data-loaded]").wait_for()
    page.evaluate("rest()")
    box = page.locator("iframe").bounding_box()
    assert box["height"] == pytest.approx(0.6 * box["width"], abs=2)
    # The map is a document in a frame of its own. Without a network it is empty.
    expect(page.get_by_text("could not be loaded: https://").first).to_be_visible()


def test_a_module_that_is_not_there_is_said_by_its_name(page: Page) -> None:
    show(page, [[html("<script type=module>import a from 'https://x.invalid/a.js'</script>")]])
    page.get_by_text("could not be loaded: https://x.invalid/a.js").wait_for()


def test_icons_of_a_style_sheet_that_is_not_reached_are_signs(page: Page) -> None:
    """As matplotlib's animations have them."""
    sheet = "<link rel=stylesheet href='https://x.invalid/fa.css'>"
    own = "<style>.fa-plus::before { content: 'own' }</style>"
    buttons = "<i class='fa fa-play'></i><i class='fa fa-plus'></i><script>1</script>"
    show(page, [[html(sheet + own + buttons)]])
    icons = frame_of(page, 0).locator("i")
    content = "all => all.map(one => getComputedStyle(one, '::before').content)"
    expect(icons).to_have_count(2)
    assert icons.evaluate_all(content) == ['"▶"', '"own"']


ASKS = "<p>text<script>document.body.title = document.body.dataset.jpThemeLight</script>"


def test_a_frame_knows_the_theme_and_can_be_read_in_another(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    show(page, [[html(ASKS)]])
    frame = page.locator("iframe[data-loaded]")
    assert frame.content_frame.locator("body").get_attribute("title") == "false"
    clear, ground = "rgba(0, 0, 0, 0)", page.evaluate(GROUND)
    expect(frame).to_have_css("background-color", clear)
    page.emulate_media(color_scheme="light")
    expect(frame).to_have_css("background-color", ground)
    assert page.evaluate(GROUND) != ground
    page.emulate_media(color_scheme="dark")
    expect(frame).to_have_css("background-color", clear)


GROUND = """() => {
    const style = document.createElement("i").style;
    style.color = getComputedStyle(document.documentElement).getPropertyValue("--jp-layout-color0");
    return style.color;
}"""


CHARTS = """import json
from pathlib import Path
from IPython.display import display
def show(name, index=0): display(json.loads(Path(name).read_text())[index], raw=True)
show("plotly.json")
show("altair.json")
display({"application/vnd.vegalite.v6.json": {"data": {"url": "https://evil.invalid/x.json"},
    "mark": "line", "encoding": {"x": {"field": "a", "type": "quantitative"}}}}, raw=True)
"""


@pytest.fixture
def charts(new_tab: Callable[..., Tab]) -> Tab:
    tab = new_tab(color_scheme="dark")
    for name in ("plotly", "altair"):
        tab.server.write(f"{name}.json", (BUNDLES / f"{name}.json").read_text())
    return tab.open("charts.py", CHARTS)


def test_charts_are_drawn_by_what_is_shipped(charts: Tab) -> None:
    page = charts.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    charts.command("run-all").click()

    def drawn() -> None:
        plotly = charts.result(5).frame_locator("iframe")
        plotly.locator(".main-svg .trace").first.wait_for()
        # Readable in the dark, on the page's own background.
        paper = plotly.locator(".main-svg").first
        expect(paper).to_have_css("background-color", "rgba(0, 0, 0, 0)")
        plotly.locator("[data-title*='Download']").first.wait_for(state="attached")
        charts.result(6).frame_locator("iframe").locator("canvas").wait_for()
        charts.result(7).get_by_text("https://evil.invalid/x.json was not loaded").wait_for()

    drawn()
    assert sum(url.endswith("charts/plotly.js") for url in asked) == 1
    assert sum(url.endswith("charts/vega.js") for url in asked) == 1
    assert [url for url in asked if "evil" in url] == []
    page.reload()
    drawn()
    # The library's own warning of data that did not load.
    charts.complaints[:] = [said for said in charts.complaints if "evil.invalid" not in said]
    charts.complaints[:] = [said for said in charts.complaints if "Infinite extent" not in said]


LABELS = """from IPython.display import display
values = {"values": [{"a": n, "b": n} for n in range(3)]}
field = {"type": "quantitative"}
encoding = {"x": {"field": "a", **field}}
text = {"mark": "text", "encoding": {"text": {"field": "b", **field}}}
svg = {"embedOptions": {"renderer": "svg"}}
chart = {"data": values, "encoding": encoding, "usermeta": svg, "height": 40}
display({"application/vnd.vegalite.v6.json": {**chart, "layer": [text]}}, raw=True)
chart["layer"] = [{"mark": "rect"}, text]
display({"application/vnd.vegalite.v6.json": chart}, raw=True)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_of_a_chart_is_seen_on_the_page(new_tab: Callable[..., Tab], scheme: str) -> None:
    tab = new_tab(color_scheme=scheme)
    tab.open("labels.py", LABELS)
    tab.command("run-all").click()
    marks = [
        tab.result(line).frame_locator("iframe").locator(".mark-text.role-mark text").first
        for line in (8, 10)
    ]
    axis = tab.result(8).frame_locator("iframe").locator(".role-axis-label text").first
    fills = [each.get_attribute("fill") for each in (*marks, axis)]
    # On what is filled black is what the library takes, and what its users know.
    assert fills[1] == "black"
    assert fills[0] == ("black" if scheme == "light" else fills[2])
    assert fills[2] != "black"


WIDE = """from IPython.display import display
values = {"values": [{"a": n % 3, "b": n} for n in range(9)]}
plot = {"mark": "point", "encoding": {"y": {"field": "b", "type": "quantitative"}}}
size = {"width": 900, "height": 20}
display({"application/vnd.vegalite.v6.json": {"data": values, **plot, **size}}, raw=True)
layout = {"width": 900, "height": 200}
display({"application/vnd.plotly.v1+json": {"data": [{"y": [1, 2]}], "layout": layout}}, raw=True)
"""


def nothing_over(box: Any, size: str) -> None:
    over = f"dom => dom.scroll{size} - dom.client{size}"
    wait_for(lambda: box.evaluate(over) == 0, f"nothing is over its {size}")


def test_a_chart_that_is_wider_than_its_column_scrolls(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab()
    tab.open("wide.py", WIDE)
    tab.command("run-all").click()
    for line, drawn in ((5, "canvas"), (7, ".main-svg .trace")):
        frame = tab.result(line).frame_locator("iframe")
        frame.locator(drawn).first.wait_for()
        tab.result(line).locator("iframe[data-loaded]").wait_for()
        # Within the chart, which is higher by the scroll bar: one of the frame would hide its end.
        chart = frame.locator("#chart")
        assert chart.evaluate("dom => (dom.scrollLeft = 1000) && dom.scrollLeft") > 200
        # A frame gets its height from what it says.
        nothing_over(frame.locator("html"), "Width")
        nothing_over(chart, "Height")
    # The menu of a low one has its room.
    low = tab.result(5).frame_locator("iframe")
    low.locator("summary").click()
    nothing_over(low.locator("#chart"), "Height")


THEMED = """from IPython.display import HTML
HTML('''<style>
p { background: var(--jp-layout-color0, white); color: var(--jp-content-font-color1, black) }
b { display: none } html[data-theme="dark"] b { display: inline }
</style><p>Themed <b>dark</b></p><script>1</script>''')
"""


def test_html_in_a_frame_has_the_colors_of_the_page(new_tab: Callable[..., Tab]) -> None:
    tab = new_tab(color_scheme="dark")
    tab.open("themed.py", THEMED)
    tab.command("run-all").click()
    text = tab.result(2).frame_locator("iframe").locator("p")
    page = tab.page.locator("body")
    colors = "dom => [getComputedStyle(dom).backgroundColor, getComputedStyle(dom).color]"
    text.locator("b").wait_for()
    assert text.evaluate(colors) == page.evaluate(colors)
