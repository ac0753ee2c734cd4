"""Widgets of anywidget on the page: their code comes from the kernel, and runs in a frame."""

from __future__ import annotations

import http.server
import threading
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Quiet, Tab

pytestmark = pytest.mark.browser

COUNTER = '''\
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = """
    export default {
      initialize({ model }) {
        model.on("msg:custom", (said, buffers) => {
          const bytes = buffers.length ? [...new Uint8Array(buffers[0].buffer)] : [];
          model.set("heard", `${said.text} ${bytes}`);
        });
      },
      render({ model, el }) {
        const button = document.createElement("button");
        const show = () => { button.textContent = `count ${model.get("value")}`; };
        show();
        model.on("change:value", show);
        button.onclick = () => {
          model.set("value", model.get("value") + 1);
          model.set("bytes", new Uint8Array([1, 2, model.get("value")]));
          model.save_changes();
          model.send({ clicked: model.get("value") }, undefined, [new Uint8Array([7, 8]).buffer]);
        };
        const heard = document.createElement("output");
        model.on("change:heard", () => { heard.textContent = model.get("heard"); });
        el.append(button, heard);
        return () => parent.postMessage({ cleaned: true }, "*");
      }
    };
    """
    _css = "button { color: rgb(1, 2, 3) }"
    value = traitlets.Int(0).tag(sync=True)
    heard = traitlets.Unicode("").tag(sync=True)
    bytes = traitlets.Any(b"").tag(sync=True)
counter = Counter(value=3)
counter.observe(lambda change: print("value", change["new"]), "value")
counter.on_msg(lambda _, said, buffers: print(said, bytes(buffers[0]), bytes(counter.bytes)))
counter
counter
counter.value += 10; counter.send({"text": "hello"}, [b"\\x05\\x06"])
counter.close()
'''
MADE, FIRST, SECOND, PYTHON, CLOSED = 33, 36, 37, 38, 39


def count(tab: Tab, line: int) -> Any:
    return tab.result(line).frame_locator("iframe").get_by_role("button")


def run_lines(tab: Tab, last: int) -> None:
    for line in (1, 2, *range(33, last + 1)):
        run_line(tab, line)


def run_line(tab: Tab, line: int) -> None:
    tab.go_to_line(line)
    tab.page.keyboard.press("Shift+Enter")
    tab.wait_for_state("idle")


def content(tab: Tab, line: int) -> Any:
    return tab.result(line).frame_locator("iframe").locator("#widget")


def said(tab: Tab, line: int) -> Any:
    """What stands below the frame."""
    return tab.result(line).locator(".rdit-anywidget .rdit-line")


def test_a_counter_is_live_in_all_its_views(tab: Tab) -> None:
    tab.open("counter.py", COUNTER)
    # No result moves when it is clicked.
    tab.page.set_viewport_size({"width": 1200, "height": 1600})
    run_lines(tab, SECOND)
    first, second = count(tab, FIRST), count(tab, SECOND)
    expect(first).to_have_text("count 3")
    expect(second).to_have_text("count 3")
    expect(first).to_have_css("color", "rgb(1, 2, 3)")
    first.click()
    expect(first).to_have_text("count 4")
    expect(second).to_have_text("count 4")
    # What it saves and sends reaches Python, bytes too.
    expect(tab.output(MADE)).to_contain_text("value 4")
    expect(tab.output(MADE)).to_contain_text(r"{'clicked': 4} b'\x07\x08' b'\x01\x02\x04'")
    run_line(tab, PYTHON)
    expect(first).to_have_text("count 14")
    expect(second).to_have_text("count 14")
    heard = tab.result(SECOND).frame_locator("iframe").locator("output")
    expect(heard).to_have_text("hello 5,6")
    second.press("Enter")
    expect(first).to_have_text("count 15")
    # A page that is opened later finds it as it is.
    tab.page.reload()
    expect(count(tab, FIRST)).to_have_text("count 15")
    count(tab, SECOND).press("Enter")
    expect(count(tab, FIRST)).to_have_text("count 16")
    expect(said(tab, FIRST)).to_have_count(0)


def test_a_view_that_goes_is_cleaned_up(tab: Tab) -> None:
    tab.open("cleaned.py", COUNTER)
    run_lines(tab, FIRST)
    expect(count(tab, FIRST)).to_have_text("count 3")
    tab.page.evaluate(
        "addEventListener('message', ({data}) => { if (data.cleaned) window.isCleaned = true })"
    )
    run_line(tab, CLOSED)
    tab.page.wait_for_function("window.isCleaned")
    expect(tab.result(FIRST).locator("iframe")).to_have_count(0)


def test_a_counter_without_its_kernel_says_so(tab: Tab) -> None:
    tab.open("counter_ended.py", COUNTER)
    run_lines(tab, FIRST)
    expect(count(tab, FIRST)).to_have_text("count 3")
    tab.command("restart").click()
    tab.page.locator("dialog[open] button", has_text="Restart").click()
    tab.result(FIRST).get_by_text("The kernel of this widget has ended").wait_for()
    expect(count(tab, FIRST)).to_have_text("count 3")
    expect(tab.result(FIRST).locator(".rdit-widget > [inert]")).to_have_count(1)


FAULTS = """\
import anywidget
def faulty(code): return type("Faulty", (anywidget.AnyWidget,), {"_esm": code})()
def render(code): return faulty("export default { async render({ model, el }) { " + code + " } }")
render("el.textContent = 'drawn'; throw new Error('it is broken')")
faulty("export default { render(")
faulty("import react from 'https://esm.invalid/react@19'; export default { render() {} }")
render("await import('https://esm.invalid/late.js')")
faulty("https://cdn.invalid/widget.js")
faulty("export const nothing = 1")
faulty("export function render({ el }) { el.textContent = 'the old way' }")
faulty("export default async () => ({ render({ el }) { el.textContent = 'made' } })")
render("setTimeout(() => { throw new Error('later') })")
render("el.innerHTML = `<img src='https://img.invalid/x.png'>`")
render("model.get('nothing').at")
live = render("throw new Error('before')")
live
live._esm = "export default { render({ el }) { el.textContent = 'mended' } }"
"""


def test_what_fails_is_said_in_its_place(tab: Tab) -> None:
    tab.open("faults.py", FAULTS)
    tab.page.set_viewport_size({"width": 1200, "height": 4000})
    tab.command("run-all").click()
    expect(said(tab, 4)).to_have_text("This widget failed: Error: it is broken")
    expect(content(tab, 4)).to_have_text("drawn")
    expect(said(tab, 5)).to_contain_text("This widget failed: SyntaxError")
    for line, address in (
        (6, "https://esm.invalid/react@19"),
        (7, "https://esm.invalid/late.js"),
        (8, "https://cdn.invalid/widget.js"),
    ):
        expect(said(tab, line)).to_contain_text(f"imports {address}, which is not loaded")
    expect(said(tab, 9)).to_contain_text("its module has no default export")
    expect(content(tab, 10)).to_have_text("the old way")
    expect(content(tab, 11)).to_have_text("made")
    expect(said(tab, 12)).to_contain_text("Error: later")
    expect(said(tab, 13)).to_contain_text("https://img.invalid/x.png was not loaded")
    expect(said(tab, 14)).to_contain_text("TypeError")
    # Other code in its place, and nothing is said any more.
    expect(content(tab, 16)).to_have_text("mended")
    expect(said(tab, 16)).to_have_count(0)
    tab.page.wait_for_function("!document.querySelector('.rdit-sandbox:not([data-loaded])')")
    # What the browser says of all that.
    tab.complaints.clear()


COMPOSED = """\
import anywidget, ipywidgets, traitlets
class Inner(anywidget.AnyWidget):
    _esm = '''export default {
      initialize({ model }) { return { twice: () => 2 * model.get("n") } },
      render({ model, el }) {
        const show = () => { el.textContent = `inner ${model.get("n")}, `; };
        model.on("change:n", show);
        show();
      }
    }'''
    n = traitlets.Int(1).tag(sync=True)
class Outer(anywidget.AnyWidget):
    _esm = '''export default {
      async render({ model, el, host, experimental }) {
        const span = () => el.appendChild(document.createElement("span"));
        const inner = await host.getWidget(model.get("inner"));
        await inner.render({ el: span() });
        const slider = await model.widget_manager.get_model(model.get("slider").slice(10));
        const place = span();
        const show = () => {
          place.textContent = `${slider.get("value")}, twice ${inner.exports.twice()}, `;
        };
        show();
        slider.on("change:value", show);
        const buffers = [new DataView(new ArrayBuffer(3))];
        const [answer, [bytes]] = await experimental.invoke("shout", "hey", { buffers });
        span().textContent = `${answer} ${bytes.byteLength}`;
      }
    }'''
    inner = anywidget.WidgetTrait().tag(sync=True)
    slider = traitlets.Any().tag(sync=True, **ipywidgets.widget_serialization)
    @anywidget.experimental.command
    def shout(self, message, buffers): return message.upper(), buffers
inner, slider = Inner(n=5), ipywidgets.IntSlider(value=7)
Outer(inner=inner, slider=slider)
ipywidgets.HBox([inner, slider])
inner.n, slider.value = 6, 8
"""


def test_a_widget_uses_others(tab: Tab) -> None:
    tab.open("composed.py", COMPOSED)
    tab.command("run-all").click()
    expect(content(tab, 35)).to_have_text("inner 6, 8, twice 12, HEY 3")
    expect(content(tab, 36)).to_have_text("inner 6, ")
    expect(tab.result(36).locator(".widget-readout")).to_have_text("8")
    expect(said(tab, 35)).to_have_count(0)


HIGH = """\
import anywidget, ipywidgets
class High(anywidget.AnyWidget):
    _esm = '''export default {
      render({ el }) { el.innerHTML = "<p style='height: 100%'>x</p>"; }
    }'''
high = High(layout=ipywidgets.Layout(height="210px"))
high
high.layout.height = "310px"
high.layout.height = None
"""


def test_a_widget_fills_the_height_of_its_layout(tab: Tab) -> None:
    tab.open("high.py", HIGH)
    text = content(tab, 7).locator("p")
    for line in (1, 2, 6, 7):
        run_line(tab, line)
    expect(text).to_have_css("height", "210px")
    run_line(tab, 8)
    expect(text).to_have_css("height", "310px")
    run_line(tab, 9)
    expect(text).not_to_have_css("height", "310px")


def test_a_widget_follows_the_page_into_the_dark(tab: Tab) -> None:
    tab.page.emulate_media(color_scheme="light")
    tab.open("dark.py", COUNTER)
    run_lines(tab, FIRST)
    root = tab.result(FIRST).frame_locator("iframe").locator("html")
    expect(root).to_have_css("color", "rgb(0, 0, 0)")
    tab.page.emulate_media(color_scheme="dark")
    expect(root).to_have_css("color", "rgb(255, 255, 255)")


ATTACKS = """\
import anywidget
class Attack(anywidget.AnyWidget):
    _esm = '''
const tries = [
  () => parent.document, () => top.document.title, () => { top.location = "%(to)stop"; },
  () => document.cookie, () => localStorage.length, () => parent.localStorage, () => caches.keys(),
  () => frameElement.id, () => navigator.serviceWorker.register("blob:x"),
  () => fetch("%(to)sfetch"), () => import("%(to)simport"),
  () => new Promise((done, fail) => {
    const xhr = new XMLHttpRequest();
    xhr.onload = done;
    xhr.onerror = fail;
    xhr.open("GET", "%(to)sxhr");
    xhr.send();
  }),
];
const quiet = [
  () => new WebSocket("%(ws)ssocket"), () => new EventSource("%(to)sevents"),
  () => navigator.sendBeacon("%(to)sbeacon"), () => new Worker("%(to)sworker"),
  () => open("%(to)sopen", "_top"),
];
export default { async render({ el }) {
  el.innerHTML = `<img src="%(to)simg"><link rel="stylesheet" href="%(to)slink">
    <iframe src="%(to)sframe"></iframe><object data="%(to)sobject"></object>
    <form action="%(to)sform" target="_top"></form><p></p>`;
  el.querySelector("form").submit();
  for (const attempt of quiet) try { attempt(); } catch {}
  const got = [];
  for (const attempt of tries)
    try { got.push(`${attempt}: ${await attempt()}`); } catch {}
  parent.postMessage(JSON.parse('{"id": "x", "set": {"__proto__": {"pwned": 1}}}'), "*");
  parent.postMessage({ rditOpen: "__proto__" }, "*");
  el.querySelector("p").append("ended", ...got);
} };
'''
    _css = "@import '%(to)scss'; p { background: url(%(to)surl) }"
Attack()
"""


def test_nothing_of_a_widget_reaches_the_page_or_the_network(tab: Tab) -> None:
    asked: list[str] = []

    class Listener(Quiet):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_POST = do_GET

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    try:
        place = f"127.0.0.1:{listener.server_port}/"
        text = ATTACKS % {"to": f"http://{place}", "ws": f"ws://{place}"}
        tab.open("attack.py", text)
        # A frame out of view draws nothing.
        tab.page.set_viewport_size({"width": 1200, "height": 2000})
        tab.command("run-all").click()
        line = len(text.splitlines())
        expect(content(tab, line)).to_have_text("ended")
        tab.page.wait_for_function("!document.querySelector('.rdit-sandbox:not([data-loaded])')")
        assert "attack.py" in tab.page.url
        assert tab.page.evaluate("[window.pwned, ({}).pwned]") == [None, None]
        assert asked == []
        # What the browser says of all that.
        tab.complaints.clear()
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


EARLY = '''\
import anywidget, traitlets
class Slow(anywidget.AnyWidget):
    _esm = """
    // Still loading when it is told of a change.
    document.body.dataset.waits = "";
    await new Promise(done => addEventListener("message", ({ data }) => data.change && done()));
    export default {
      render({ model, el }) {
        el.textContent = `begins with ${model.get("value")}`;
        model.on("change:value", () => { el.textContent += `, then ${model.get("value")}`; });
        model.on("msg:custom", said => { el.textContent += `, ${said}`; });
      }
    };
    """
    value = traitlets.Int(0).tag(sync=True)
slow = Slow()
slow
slow.send("hello"); slow.value = 1
slow.value = 2
'''


def test_a_view_begins_with_what_came_while_its_code_was_loaded(tab: Tab) -> None:
    tab.open("early.py", EARLY)
    for line in (1, 2, 16, 17):
        run_line(tab, line)
    frame = tab.result(17).locator("iframe")
    expect(frame).to_be_visible()
    frame.content_frame.locator("body[data-waits]").wait_for(state="attached")
    run_line(tab, 18)
    expect(content(tab, 17)).to_have_text("begins with 1, hello")
    run_line(tab, 19)
    expect(content(tab, 17)).to_have_text("begins with 1, hello, then 2")


FIGURE = """\
import plotly.graph_objects as go
figure = go.FigureWidget(go.Scatter(y=[1, 3, 2]))
figure
figure.add_bar(y=[3, 1, 2])
figure
"""


def test_a_figure_widget_draws_and_follows(tab: Tab) -> None:
    tab.open("figure.py", FIGURE)
    tab.page.set_viewport_size({"width": 1200, "height": 1600})
    for line in (1, 2, 3):
        run_line(tab, line)
    # plotly itself adds a trace twice while it draws the others.
    first = tab.result(3).frame_locator("iframe")
    expect(first.locator(".scatterlayer .trace")).to_have_count(1)
    # The second view is of later: its frame has seen nothing of what went on.
    for line in (4, 5):
        run_line(tab, line)
    shows_both(tab)
    tab.page.reload()
    shows_both(tab)


def shows_both(tab: Tab) -> None:
    """In each view both traces, those of before it and those of after it."""
    for line in (3, 5):
        frame = tab.result(line).frame_locator("iframe")
        expect(frame.locator(".scatterlayer .trace")).to_have_count(1)
        expect(frame.locator(".barlayer .trace")).to_have_count(1)
        expect(said(tab, line)).to_have_count(0)


LOOKS = """\
import plotly.graph_objects as go
figure = go.FigureWidget(go.Scatter(y=[1, 3, 2], mode="lines+text", text=list("abc")))
figure
figure.add_bar(y=[3, 1, 2])
figure.layout.template.layout.paper_bgcolor, figure.data[0].textfont.color
figure.layout.template = "ggplot2"
figure.layout.template = "plotly"
figure.layout.paper_bgcolor = "lightyellow"
"""
CLEAR, DARK, LIGHT = "rgba(0, 0, 0, 0)", "rgb(212, 212, 212)", "rgb(51, 51, 51)"


def test_a_figure_widget_has_the_look_of_the_page_and_its_model_has_not(tab: Tab) -> None:
    tab.page.emulate_media(color_scheme="dark")
    tab.open("looks.py", LOOKS)
    tab.page.set_viewport_size({"width": 1200, "height": 1600})
    for line in (1, 2, 3):
        run_line(tab, line)
    frame = tab.result(3).frame_locator("iframe")

    def looks(ground: str, ink: str) -> None:
        expect(frame.locator(".main-svg").first).to_have_css("background-color", ground)
        for text in (".xtick text", ".textpoint text"):
            expect(frame.locator(text).first).to_have_css("fill", ink)

    looks(CLEAR, DARK)
    tab.page.emulate_media(color_scheme="light")
    looks(CLEAR, LIGHT)
    tab.page.emulate_media(color_scheme="dark")
    looks(CLEAR, DARK)
    # Python is told what plotly.js has drawn, in the colours of the figure's own template.
    run_line(tab, 4)
    expect(frame.locator(".barlayer .trace")).to_have_count(1)
    run_line(tab, 5)
    expect(tab.output(5)).to_have_text("('white', '#2a3f5f')")
    # What the script chooses stays; its own template is the page's again.
    run_line(tab, 6)
    looks("rgb(255, 255, 255)", "rgb(51, 51, 51)")
    run_line(tab, 7)
    looks(CLEAR, DARK)
    run_line(tab, 8)
    looks("rgb(255, 255, 224)", "rgb(42, 63, 95)")
    tab.page.emulate_media(color_scheme="light")
    looks("rgb(255, 255, 224)", "rgb(42, 63, 95)")
    expect(said(tab, 3)).to_have_count(0)
