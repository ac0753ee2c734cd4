"""What HTML of an output may not do: load something for the sake of its looks, take the tab away,
cover what is not its own. Chromium is asked what it did; nothing reaches a network.
"""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.waiting import wait_for

from .conftest import SIZE, Quiet, Tab
from .test_outputs import SHOW

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

EVIL = "https://evil.invalid/x"
# Values that load, as they may be written.
LOADING = [
    "url({0})",
    "url('{0}')",
    "URL({0})",
    "u\\72l({0})",
    "\\75 \\72 \\6c({0})",
    "\\000075rl('{0}')",
    "ur\\l({0})",
    "/**/url({0})/**/",
    "url(/**/{0})",
    "image-set('{0}' 1x)",
    "image-set(url({0}) 1x)",
    "-webkit-image-set(url({0}) 1x)",
    "im\\61ge-set('{0}' 1x)",
    "image('{0}')",
    "src('{0}')",
    "cross-fade(url({0}), url({0}))",
    "-webkit-cross-fade(url({0}), url({0}), 50%)",
    "linear-gradient(red, blue), url({0})",
    "url(data:image/png;base64,AAAA), url({0})",
    "var(--nowhere, url({0}))",
    "var(--loads)",
    "var(--hides)",
    "var(--strings)",
    "element(#x)",
    "paint(x)",
    "if(style(--x: 1): url({0}); else: url({0}))",
]
PROPERTIES = [
    "background",
    "background-image",
    "list-style-image",
    "border-image-source",
    "mask-image",
    "-webkit-mask-box-image-source",
    "cursor",
    "content",
    "filter",
    "clip-path",
    "shape-outside",
]
SHEETS = [
    "@import '{0}';",
    "@import url({0});",
    "@\\69mport '{0}';",
    "@font-face {{ font-family: f; src: url({0}) }} p {{ font-family: f }}",
    "@media all {{ p {{ background: url({0}) }} }}",
    "@supports (color: red) {{ p {{ background: u\\72l({0}) }} }}",
    "@layer a {{ p {{ background: url({0}) }} }}",
    "@container (width > 0px) {{ p {{ background: url({0}) }} }}",
    "@keyframes k {{ from, to {{ background-image: url({0}) }} }} p {{ animation: k 9s infinite }}",
    "@property --p {{ syntax: '<image>'; inherits: false; initial-value: url({0}) }}"
    " p {{ background: var(--p) }}",
    "div {{ p {{ background: url({0}) }} & p {{ background: url({0}) }} }}",
    "div {{ @media all {{ background: url({0}) }} p {{ background: url({0}) }} }}",
    ":host {{ background: url({0}) }}",
    "p::before {{ content: url({0}) }}",
    "p {{ background: url({0}) !important }}",
    "</style><link rel=stylesheet href={0}><style>",
    "</style><img-x style='background: url({0})'></img-x><style>",
    '*{{}} p {{ background: "\\"" ; background: url({0}) }}',
    "@namespace url({0}); p {{ color: red }}",
    'p {{ --a: \\" ; background: url({0}); --b: " }}',
]


def corpus() -> list[str]:
    found = []
    for value in LOADING:
        loading = value.format(EVIL)
        rule = ";".join(f"{name}:{loading}" for name in PROPERTIES)
        more = f'--loads:url({EVIL});--hides:/*"*/u\\72l({EVIL})/*"*/;'
        more += f'--strings:\\" url({EVIL}) \\";'
        found.append(f"<style>p{{display:list-item;{more}{rule}}}</style><p>x</p>")
        for name in PROPERTIES:
            quoted = f"{more}{name}:{loading}".replace('"', "&quot;")
            found.append(f'<p style="display:list-item;{quoted}">x</p>')
    found += [f"<style>{sheet.format(EVIL)}</style><p>x</p>" for sheet in SHEETS]
    found += [f"<table background={EVIL}><tr><td background={EVIL}>x</table>"]
    return found


@pytest.fixture
def watched(open_page: Callable[..., Any]) -> Any:
    page = open_page("lines=5")
    page.evaluate(SHOW)
    page.evaluate("window.isSame = true")
    return page


@pytest.fixture(scope="module")
def one_page(browser: Browser, harness: str) -> Iterator[Page]:
    page = browser.new_page(viewport=SIZE)
    page.context.route("https://**", lambda route: route.abort())
    yield page
    page.context.close()


@pytest.fixture
def kept(one_page: Page, harness: str) -> Iterator[Page]:
    """A page for many tests; a new one after a test that has lost it."""
    page = one_page
    address = f"{harness}?lines=5"
    errors: list[str] = []

    def complain(error: Any) -> None:
        errors.append(str(error))

    page.on("pageerror", complain)
    if page.url != address or not page.evaluate("window.isSame"):
        page.goto(address)
        page.wait_for_function("window.ready")
        page.evaluate(SHOW)
        page.evaluate("window.isSame = true")
    yield page
    page.remove_listener("pageerror", complain)
    for other in page.context.pages:
        if other is not page:
            other.close()
    assert errors == []


@pytest.mark.parametrize("portion", range(4))
def test_no_style_loads_anything(watched: Any, portion: int) -> None:
    requests: list[str] = []
    watched.context.route("https://**", lambda route: route.abort())
    watched.on("request", lambda request: requests.append(request.url))
    attacks = corpus()[portion::4]
    shown = [f"bundle({{'text/html': {json.dumps(html)}}})" for html in attacks]
    watched.evaluate(f"show([[{','.join(shown)}]])")
    watched.wait_for_function(
        "n => document.querySelectorAll('.rdit-rich').length === n", arg=len(attacks)
    )
    # All are in view at once, or the browser would load nothing for those that are not.
    watched.add_style_tag(content="#editor, .cm-editor { height: 9000px !important }")
    watched.evaluate("rest()")
    assert [url for url in requests if "evil" in url] == []


def test_the_corpus_does_load_where_nothing_is_tamed(watched: Any) -> None:
    requests: list[str] = []
    watched.context.route("https://**", lambda route: route.abort())
    watched.on("request", lambda request: requests.append(request.url))
    watched.evaluate(
        """async htmls => {
            for (const html of htmls) {
                const dom = document.createElement('div');
                dom.attachShadow({mode: 'open'}).innerHTML = html;
                document.body.prepend(dom);
            }
            await rest();
        }""",
        [html.replace(EVIL, f"{EVIL}{n}") for n, html in enumerate(corpus())],
    )

    def asked() -> int:
        watched.evaluate("frame()")
        return len({url for url in requests if "evil" in url})

    wait_for(lambda: asked() > 30, "what loads")


def test_data_and_gradients_stay(watched: Any) -> None:
    watched.evaluate(
        """show([[bundle({'text/html': `<style>
            #a { background: linear-gradient(90deg, #d65f5f 50%, transparent 50%); }
            #b { background-image: url(data:image/png;base64,${picture('image/png', 4, 4)}); }
            #c::after { content: 'url(x)'; color: color-mix(in srgb, red, blue); }
            @media all { #d { width: calc(10px + 1em); transform: rotate(3deg) } }
            </style><p id=a>a</p><p id=b>b</p><p id=c>c</p><p id=d>d</p>`})]])"""
    )
    page = watched
    page.locator("#a").wait_for()
    style = "(dom, name) => getComputedStyle(dom)[name]"
    assert "linear-gradient" in page.locator("#a").evaluate(style, "backgroundImage")
    assert "data:image/png" in page.locator("#b").evaluate(style, "backgroundImage")
    after = "dom => getComputedStyle(dom, '::after').content"
    assert page.locator("#c").evaluate(after) == '"url(x)"'
    assert page.locator("#d").evaluate(style, "width") != "auto"
    assert "matrix" in page.locator("#d").evaluate(style, "transform")


FORMS = [
    "<form><button>go</button></form>",
    "<form action=/elsewhere><button>go</button></form>",
    f"<form action={EVIL} target=_top method=post><button>go</button></form>",
    "<form id=f></form><button form=f>go</button>",
    f"<form><button formaction={EVIL}>go</button></form>",
    f"<form action={EVIL}><input type=submit value=go><button>go</button></form>",
    "<form><details><summary>x</summary></details><button type=submit>go</button></form>",
    "<button data-commandlinker-command='filemenu:close-and-cleanup'>go</button>",
]
LINKS = [
    "<a href=/elsewhere>go</a>",
    "<a href=elsewhere.html target=_self>go</a>",
    f"<a href={EVIL} target=_top>go</a>",
    f"<a href={EVIL} target=_parent rel=opener>go</a>",
    f"<a href={EVIL} target=_unfencedTop>go</a>",
    f"<a href={EVIL} target=named>go</a>",
    "<a href='?query'>go</a>",
    "<a href=''>go</a>",
    "<a href='#place'>go</a>",
    "<a href='javascript:document.title=1'>go</a>",
    "<a href='java&#10;script:document.title=1'>go</a>",
]
STYLE = "<style>b { color: red }</style>"


@pytest.mark.parametrize("style", ["", STYLE], ids=["plain", "styled"])
@pytest.mark.parametrize("html", FORMS + LINKS)
def test_a_click_never_takes_the_tab_away(kept: Page, html: str, style: str) -> None:
    page = kept
    address = page.url
    page.evaluate("html => show([[bundle({'text/html': html})]])", html + style)
    box = page.locator(".rdit-rich")
    box.wait_for()
    controls = page.locator(".rdit-rich :is(a, button, input, details)")
    assert controls.count() >= 1
    for control in controls.all():
        control.click(force=True)
        control.focus()
        page.keyboard.press("Enter")
    page.evaluate("rest()")
    assert page.url == address
    assert page.evaluate("window.isSame")
    for link in page.locator(".rdit-rich a[href]").all():
        if link.get_attribute("href") != "#place":
            assert link.get_attribute("target") == "_blank"
            assert "noopener" in link.get_attribute("rel")
    assert page.locator(".rdit-rich form").count() == 0


@pytest.mark.parametrize(
    "html",
    [
        "<script>try {{ top.location = '{0}' }} catch {{ }}</script>",
        "<script>try {{ parent.location.href = '{0}' }} catch {{ }}</script>",
        "<script>open('{0}', '_top')</script>",
        "<a id=go href={0} target=_top>go</a><script>window.go.click()</script>",
        "<form action={0} target=_top></form><script>document.forms[0].submit()</script>",
        "<base target=_top><meta http-equiv=refresh content='0;url={0}'><script></script>",
        "<iframe srcdoc=\"<script>try {{ top.location = '{0}' }} catch {{ }}</script>\"></iframe>",
    ],
)
def test_a_script_never_takes_the_tab_away(kept: Page, html: str) -> None:
    page = kept
    address = page.url
    page.evaluate("html => show([[bundle({'text/html': html})]])", html.format(EVIL))
    page.locator(".rdit-output iframe").wait_for()
    page.evaluate("rest()")
    assert page.url == address
    assert page.evaluate("window.isSame")


@pytest.mark.parametrize("style", ["", STYLE], ids=["plain", "styled"])
def test_a_link_within_an_output_goes_there(watched: Any, style: str) -> None:
    page = watched
    page.evaluate(
        "html => show([[bundle({'text/html': html})]])",
        f"{style}<a href='#end'>go</a><div style='height: 2000px'></div><b id=end>the end</b>",
    )
    page.locator(".rdit-rich a").click()
    page.wait_for_function("document.querySelector('.rdit-rich').scrollTop > 1000")


COVERING = [
    "<div style='position:fixed;top:0;left:0;width:4000px;height:4000px'>x</div>",
    "<div style='position:absolute;top:-4000px;left:-4000px;width:9000px;height:9000px'>x</div>",
    "<style>div{position:fixed;inset:0;width:4000px;height:4000px;z-index:9999}</style><div>x</div>",
    "<style>:host{position:fixed!important;inset:0;z-index:9999!important}</style><div>x</div>",
    "<style>:h\\6fst{position:fixed!important;inset:0!important}</style><div>x</div>",
    "<style>:host-context(body){position:fixed!important;inset:0!important}</style><div>x</div>",
    "<style>*{}:is(:host){position:fixed!important;inset:0!important}</style><div>x</div>",
    "<style>div{margin:-3000px;padding:3000px}</style><div>x</div>",
    "<style>div{transform:scale(99)}</style><div>x</div>",
]


@pytest.mark.parametrize("html", COVERING)
def test_an_output_covers_nothing_but_itself(watched: Any, html: str) -> None:
    page = watched
    page.evaluate("html => show([[bundle({'text/html': html})], []])", html)
    page.locator(".rdit-rich").wait_for()
    page.evaluate("rest()")
    hit = page.evaluate(
        """() => [[60, 20], [200, 20], [300, 700], [1100, 780]].map(([x, y]) =>
            document.elementFromPoint(x, y)?.closest('.rdit-result') === null)"""
    )
    assert hit == [True, True, True, True]


# Whatever runs here marks the page that it should not reach, and sends what it finds there.
CANARY = "parent.pwned = top.pwned = window.pwned = 1; top.location = '{0}top'"
CHART = {"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {}}


def mermaid(text: str, before: str = "") -> dict[str, Any]:
    return {"text/markdown": f"```mermaid\n{before}\nflowchart LR\n  {text}\n```"}


def attacks(to: str) -> list[dict[str, Any]]:
    """Bundles of which nothing may run in the page, and nothing be asked of the network."""
    run = CANARY.format(to)
    figure = {"data": [{"x": [1], "y": [1]}], "layout": {}}
    vega, plotly = "application/vnd.vegalite.v6+json", "application/vnd.plotly.v1+json"
    styles = f"@import url({to}import); * {{ fill: url({to}style) }}"
    loose = f"%%{{init: {{'securityLevel': 'loose', 'themeCSS': '{styles}'}}}}%%"
    link = f"<a href='javascript:{run}'>x</a><img src=x onerror='{run}'>"
    image = {"source": f"{to}image", "x": 0, "y": 1, "sizex": 1, "sizey": 1}
    return [
        {"text/markdown": f"<script>{run}</script> [x](javascript:{run}) <base href='{to}base'>"},
        {"text/markdown": f"<meta http-equiv=refresh content='0;url={to}refresh'> text"},
        mermaid(f'A["{link}<script>{run}</script>"] --> B\n  click A href "javascript:{run}"'),
        mermaid(f'A --> B\n  click A href "{to}click" _top', loose),
        mermaid(f'A@{{ img: "{to}picture", label: "x", w: 9, h: 9 }}'),
        {"text/latex": rf"$\href{{javascript:{run}}}{{x}} \includegraphics{{{to}latex}}$"},
        {"image/svg+xml": f"<svg viewBox='0 0 1 1' onload='{run}'><script>{run}</script></svg>"},
        {"image/svg+xml": f"<svg viewBox='0 0 1 1'><image href='{to}svg' /></svg>"},
        {"text/html": f"<form action='{to}form'><button formaction='{to}button'>x</button></form>"},
        {"text/html": f"<a href='java&#10;script:{run}'>x</a>"},
        {vega: {**CHART, "data": {"url": f"{to}data"}}},
        {vega: {**CHART, "transform": [{"calculate": f"url('{to}expression')", "as": "b"}]}},
        {vega: {**CHART, "transform": [{"calculate": f'constructor.constructor("{run}")()'}]}},
        {vega: {**CHART, "mark": {"type": "image", "url": f"{to}mark"}}},
        {vega: {**CHART, "title": link, "usermeta": {"embedOptions": {"loader": {"http": {}}}}}},
        {plotly: {**figure, "layout": {"title": {"text": link}, "images": [image]}}},
        {plotly: {**figure, "layout": {"template": {"layout": {"images": [image]}}}}},
        {plotly: {**figure, "config": {"plotlyServerURL": to, "topojsonURL": f"{to}topo/"}}},
        {plotly: {"data": [{"type": "scattergeo", "lon": [1], "lat": [1]}], "layout": {}}},
    ]


def scripts(to: str) -> list[dict[str, Any]]:
    """Bundles that run in their frame: nothing of it may reach the page."""
    run = CANARY.format(to)
    tries = "; ".join(f"try {{ {part} }} catch {{}}" for part in run.split("; "))
    more = (
        "try { parent.postMessage(document.cookie, '*') } catch {}"
        "try { parent.stolen = localStorage.getItem('x') } catch {}"
        "try { parent.document.body.remove() } catch {}"
    )
    return [
        {"application/javascript": f"{tries}; {more}; element.textContent = 'ended'"},
        {"text/html": f"<script>{tries}; {more}; document.body.append('ended')</script>"},
    ]


def test_nothing_of_an_output_runs_in_the_page(new_tab: Callable[..., Tab]) -> None:
    asked: list[str] = []

    class Listener(Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    try:
        to = f"http://127.0.0.1:{listener.server_port}/"
        bundles = [*attacks(to), *scripts(to)]
        text = (
            "from IPython.display import display\nimport json\n"
            "for data in json.loads(open('attacks.json').read()): display(data, raw=True)\n"
        )
        tab = new_tab()
        tab.server.write("attacks.json", json.dumps(bundles))
        tab.open("attacks.py", text)
        tab.command("run-all").click()
        stand(tab, len(bundles))
        tab.page.reload()
        stand(tab, len(bundles))
        other = new_tab()
        other.open("attacks.py")
        stand(other, len(bundles))
        assert asked == []
        # What browsers and libraries say of all that was refused.
        tab.complaints.clear()
        other.complaints.clear()
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def stand(tab: Tab, count: int) -> None:
    """All of it is shown, and the page is still what it was."""
    page = tab.page
    # All are in view at once.
    page.set_viewport_size({"width": 1200, "height": 9000})
    tab.output(3).nth(count - 1).wait_for()
    # It may become too high for its head as frames tell their heights, or not: by what loads.
    page.evaluate(
        """() => new MutationObserver(() =>
            document.querySelector('.rdit-show-all[aria-expanded=false]')?.click()
        ).observe(document.body, {childList: true, subtree: true, attributes: true})"""
    )
    for index in (-1, -2):
        frame = tab.output(3).nth(count + index).frame_locator("iframe")
        frame.get_by_text("ended").last.wait_for()
    page.wait_for_function(
        "() => !document.querySelector('.rdit-chart:not([data-loaded])')", timeout=60_000
    )
    page.wait_for_function(
        "() => document.querySelectorAll('.rdit-diagram, .rdit-line + pre').length >= 3",
        timeout=60_000,
    )
    assert page.evaluate("[window.pwned, window.stolen, document.body.isConnected]") == [
        None,
        None,
        True,
    ]
    assert "attacks.py" in page.url
