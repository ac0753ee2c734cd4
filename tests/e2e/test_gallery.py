"""The gallery of results, run as a user runs it, in both themes and layouts: each statement shows
what it should, what shows nothing stays empty, and nothing is asked of a network.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.support.processes import ROOT

from .conftest import Tab
from .test_media import PLAYABLE

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

GALLERY = Path(ROOT / "examples/gallery.py").read_text()
# A result, and whether it is in JupyterLab, whose renderers show some kinds in their own way.
Check = Callable[[Any, bool], None]


def nothing(result: Any, _in_lab: bool) -> None:
    expect(result).to_have_count(0)


def hidden(result: Any, _in_lab: bool) -> None:
    """A script runs, and has nothing to say."""
    expect(result.locator("iframe")).to_have_count(1)
    expect(result.locator(".rdit-line")).to_have_count(0)


def says(*texts: str) -> Check:
    def check(result: Any, _in_lab: bool) -> None:
        for text in texts:
            expect(result).to_contain_text(text)

    return check


def has(selector: str, count: int | None = None, text: str | None = None) -> Check:
    def check(result: Any, _in_lab: bool) -> None:
        found = result.locator(selector)
        expect(found.first).to_be_visible()
        if count is not None:
            expect(found).to_have_count(count)
        if text is not None:
            expect(found.first).to_contain_text(text)

    return check


def framed(selector: str, text: str | None = None, index: int = -1) -> Check:
    """In the document of its frame."""

    def check(result: Any, _in_lab: bool) -> None:
        found = result.locator("iframe").nth(index).content_frame.locator(selector).first
        expect(found).to_be_visible()
        if text is not None:
            expect(found).to_contain_text(text)

    return check


def image(alt: str, width: int, natural: int | None = None) -> Check:
    def check(result: Any, _in_lab: bool) -> None:
        picture = result.locator(f'img[alt*="{alt}"]' if alt else "img")
        expect(picture).to_be_visible()
        loaded = picture.evaluate("async image => (await image.decode(), image.naturalWidth)")
        assert natural is None or loaded == natural
        assert picture.bounding_box()["width"] == pytest.approx(width, abs=1)

    return check


def plays(kind: str) -> Check:
    def check(result: Any, _in_lab: bool) -> None:
        media = result.locator(f"{kind}[controls]")
        expect(media).to_be_visible()
        assert media.evaluate(PLAYABLE) >= 0

    return check


def folds(text: str) -> Check:
    def check(result: Any, _in_lab: bool) -> None:
        expect(result).to_contain_text(text)
        expect(result.get_by_role("button", name="Show all")).to_be_visible()

    return check


def on_the_page(result: Any, _in_lab: bool) -> None:
    """Not on a ground of its own, which would be white in the dark."""
    paper = result.frame_locator("iframe").locator(".main-svg").first
    expect(paper).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def presses(result: Any, _in_lab: bool) -> None:
    button = result.locator("iframe").content_frame.get_by_role("button")
    # By key: what is drawn late beside it may move it between a press of the mouse and its release.
    button.press("Enter")
    button.press("Enter")
    expect(button).to_have_text("pressed 2 times")


def counts(result: Any, in_lab: bool) -> None:
    """A widget: on the page in a frame of its own."""
    place = result if in_lab else result.locator("iframe").content_frame
    button = place.get_by_role("button", name="counted")
    button.press("Enter")
    expect(button).to_have_text("counted 1")


def both(*checks: Check) -> Check:
    def check(result: Any, in_lab: bool) -> None:
        for one in checks:
            one(result, in_lab)

    return check


def in_lab(theirs: Check, ours: Check) -> Check:
    return lambda result, is_lab: (theirs if is_lab else ours)(result, is_lab)


def of(library: str, *checks: Check, more: tuple[str, ...] = ()) -> Check:
    """Of a library; where it is not installed, the line that says so."""
    missing = [name for name in (library, *more) if importlib.util.find_spec(name) is None]
    return says(f"not installed: {', '.join(missing)}") if missing else both(*checks)


def tables(least: int) -> Check:
    def check(result: Any, _in_lab: bool) -> None:
        expect(result.locator("table").nth(least - 1)).to_be_attached()

    return check


# In JupyterLab by a renderer of an extension, or in a frame of ours.
DRAWN = ".rdit-output :is(iframe, canvas, svg)"
# By a text that stands in one statement of the gallery alone.
ENTRIES: dict[str, Check] = {
    "A gallery of results": has("h1", 1, "A gallery of results"),
    "[k * k for": says("2401]"),
    "dir(str)": says("'capitalize'"),
    '"name": "Ada", "born"': says("{'name': 'Ada', 'born': (1815, 12, 10)"),
    'join(f"line {k}"': folds("line 0"),
    "behind": both(has(".rdit-ansi-bold, [class*=bold], [style*=bold]", None, "bold"), says("red")),
    '"a warning"': has("[data-type=stderr]", 1, "a warning"),
    "step {k}": says("step 10/10"),
    "shown anew": says("shown anew: 2"),
    "shown first": has("em", 1, "updated later"),
    "later.update": nothing,
    r"Math(r": has(".katex, mjx-container, .MathJax"),
    r"Latex(r": has(".katex, mjx-container, .MathJax"),
    'has("sympy")': of("sympy", has(".katex, mjx-container, .MathJax")),
    "### Markdown": both(
        has("h3", 1, "Markdown"),
        has(".katex, mjx-container, .MathJax"),
        has("input[type=checkbox]", 2),
        has("table", 1),
        has("pre code", 1, "return x + 1"),
    ),
    "```mermaid": has("img[src^='data:image/svg']", 1),
    "Code(": has(".k", None, "def"),
    "JSON(": in_lab(says("name", "Ada"), has("details", None, "Ada")),
    "GeoJSON(": both(has("svg path"), says("Feature")),
    '"text/csv"': says("Lisbon,1"),
    "HTML(table)": has("table td", 10, "1"),
    "<style>td": both(
        has("table td", 10, "1"),
        lambda result, _: expect(result.locator("td").first).to_have_css(
            "background-color", "rgb(253, 230, 138)"
        ),
    ),
    'has("pandas", "numpy")': of("pandas", tables(3), says("Lisbon"), more=("numpy",)),
    'has("polars")': of("polars", tables(1)),
    'has("duckdb", "pyarrow")': of("duckdb", tables(1), more=("pyarrow",)),
    '"letters": len(city)': says("'city': 'Lisbon', 'letters': 6"),
    "A figure of plotly": in_lab(has(DRAWN), both(framed(".main-svg .trace"), on_the_page)),
    "A chart of Vega-Lite": in_lab(has(DRAWN), framed("canvas")),
    "window.bars": hidden,
    "bars(document": framed(".bar >> nth=2"),
    'has("matplotlib"):\n    import matplotlib': of(
        "matplotlib", in_lab(has("img[alt*='A sine']"), image("A sine", 548))
    ),
    'has("plotly")': of("plotly", in_lab(has(DRAWN), framed(".main-svg .trace"))),
    'has("altair")': of("altair", in_lab(has(DRAWN), framed("canvas"))),
    'has("bokeh")': of("bokeh", framed(".bk-Figure, [class*=bk-]")),
    '"alt": "A gradient"': image("A gradient", 120, 120),
    '"width": 60': image("", 60, 120),
    "A picture in Markdown": image("a gradient", 120, 120),
    "SVG(": image("", 120),
    "Audio(sound": plays("audio"),
    "Video(film": plays("video"),
    "IFrame(": lambda result, _: expect(
        result.frame_locator("iframe").frame_locator("iframe").locator("h1")
    ).to_have_text("A page"),
    "YouTubeVideo(": has("a", None, "youtube"),
    '"application/pdf"': has("a", 1, "PDF"),
    "FileLink(": has("a", 1, "gallery.py"),
    "HTML('<b>bold": both(has("b", 1, "bold"), has("a", 1, "a link")),
    "HTML('<button": presses,
    "Javascript(": framed("div", "42 from a script"),
    "application/x-unknown": says("said by its text", "nothing here can show this type"),
    "application/x-only": says("application/x-only (4 bytes)"),
    "<style>p {": says("Styles alone"),
    '"no picture"': says("cannot be read as an image"),
    "display({}": says("nothing in it"),
    'has("ipywidgets")': of("ipywidgets", has(".widget-slider, .jupyter-widget-slider")),
    'has("anywidget")': of("anywidget", counts),
    # JupyterLab has widgets here, but none of this name.
    "widget-view": in_lab(says("model not found"), says("IntSlider")),
    "inverse(0)": says("ZeroDivisionError: division by zero", "in inverse"),
}


def statements() -> list[tuple[int, Check]]:
    """The first line of each statement, and what it should show."""
    found: list[tuple[int, Check]] = []
    open_entries = dict(ENTRIES)
    for node in ast.parse(GALLERY).body:
        text = ast.get_source_segment(GALLERY, node) or ""
        keys = [key for key in open_entries if key in text]
        is_shown = isinstance(node, ast.Expr | ast.For | ast.If)
        assert len(keys) <= 1, keys
        assert keys or not is_shown, text
        found.append((node.lineno, open_entries.pop(keys[0]) if keys else nothing))
    assert not open_entries
    return found


def leaves(url: str) -> bool:
    """Whether it is asked of a network. The browser's own viewers have addresses of their own."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1"


def walk(tab: Any, go_to: Callable[[int], None], in_lab: bool) -> None:
    """From statement to statement, as one reads: what is not near the window has no elements."""
    wrong = []
    for line, check in statements():
        go_to(line)
        try:
            check(tab.result(line), in_lab)
        except AssertionError as error:
            said = str(error).partition("Call log:")[0]
            wrong.append(f"line {line}, {GALLERY.splitlines()[line - 1]}: {said}")
    assert wrong == []


# Some seventy statements, each waited for.
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("theme", "layout"), [("light", "beside"), ("dark", "below")])
def test_each_statement_of_the_gallery_shows_what_it_should(
    new_tab: Callable[..., Tab], theme: str, layout: str
) -> None:
    tab = new_tab(color_scheme=theme)
    tab.page.set_viewport_size({"width": 1400, "height": 900})
    asked: list[str] = []
    tab.page.context.on("request", lambda request: asked.append(request.url))
    tab.page.on("websocket", lambda socket: asked.append(socket.url))
    tab.page.add_init_script(
        f"if (self === top) localStorage.setItem('rdit.layout', '\"{layout}\"')"
    )
    tab.open("gallery.py", GALLERY)
    tab.command("run-all").click()
    expect(tab.page.locator(".rdit-page")).to_have_attribute("data-state", "busy")
    tab.wait_for_state("idle")
    editor = tab.page.locator(".cm-content")
    number = tab.page.locator(".cm-lineNumbers .cm-activeLineGutter")
    editor.focus()
    tab.page.keyboard.press("Control+Home")

    def go_to(line: int) -> None:
        # A check may have clicked in a frame.
        editor.focus()
        while int(number.inner_text()) < line:
            tab.page.keyboard.press("ArrowDown")

    walk(tab, go_to, in_lab=False)
    assert [url for url in asked if leaves(url)] == []
    # The browser names the picture that is none.
    tab.complaints[:] = [said for said in tab.complaints if "ERR_INVALID_URL" not in said]
