"""Live widgets on the page: ipywidgets' own, over Jupyter's socket of the kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Gate, Tab

pytestmark = pytest.mark.browser

SLIDER = """\
import ipywidgets
slider = ipywidgets.IntSlider(value=3, description="n")
slider.observe(lambda change: print("changed to", change["new"]), "value")
slider
slider
ipywidgets.HTML("<b>bold</b><img src='data:,' onerror='document.title = 1'>")
slider.value
"""
READOUT = ".widget-readout"


def move(result: Any) -> None:
    """One step to the right."""
    result.locator(".noUi-handle").focus()
    result.page.keyboard.press("ArrowRight")


def test_a_widget_is_live_in_all_its_views(tab: Tab) -> None:
    tab.open("slider.py", SLIDER)
    tab.command("run-all").click()
    expect(tab.result(4).locator(READOUT)).to_have_text("3")
    move(tab.result(4))
    expect(tab.result(4).locator(READOUT)).to_have_text("4")
    expect(tab.result(5).locator(READOUT)).to_have_text("4")
    # What its callback prints is of the statement that made it.
    expect(tab.output(2)).to_have_text("changed to 4\n")
    tab.go_to_line(7)
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(7)).to_have_text("4")
    # Its text is the user's, and this page has Jupyter's origin.
    expect(tab.result(6).locator("b")).to_have_text("bold")
    assert tab.result(6).locator("img").get_attribute("onerror") is None


FORMULAS = r"""import ipywidgets as w
label = w.Label(r"So $x_1 \to \frac{1}{2}$ it is")
w.VBox([label, w.HTMLMath(r"<b>$$\sqrt{2}$$</b>"), w.IntSlider(description=r"$\alpha$")])
label.value = r"$y^2$ and \$5"
"""


def test_formulas_in_widgets_are_typeset(tab: Tab) -> None:
    tab.open("formulas.py", FORMULAS)
    for line in (1, 2, 3):
        tab.go_to_line(line)
        tab.page.keyboard.press("Shift+Enter")
    shown = tab.result(3)
    expect(shown.locator(".katex math")).to_have_count(3)
    expect(shown.locator(".katex .mfrac").first).to_be_visible()
    expect(shown.locator("b .katex-display")).to_have_count(1)
    expect(shown.locator("label .katex")).to_have_count(1)
    # Another value takes the place of what was typeset.
    tab.go_to_line(4)
    tab.page.keyboard.press("Shift+Enter")
    expect(shown.locator(".widget-label .katex .mfrac")).to_have_count(0)
    expect(shown.locator(".katex math")).to_have_count(3)
    expect(shown).not_to_contain_text("it is")


def test_others_and_the_page_anew_find_a_widget_as_it_is(
    tab: Tab, new_tab: Callable[..., Tab]
) -> None:
    tab.open("viewers.py", SLIDER)
    tab.command("run-all").click()
    move(tab.result(4))
    expect(tab.output(2)).to_have_text("changed to 4\n")
    other = new_tab().open("viewers.py")
    expect(other.result(5).locator(READOUT)).to_have_text("4")
    move(other.result(5))
    expect(tab.result(4).locator(READOUT)).to_have_text("5")
    tab.page.reload()
    expect(tab.result(4).locator(READOUT)).to_have_text("5")


def test_a_widget_without_its_kernel_says_so_and_keeps_its_look(tab: Tab) -> None:
    tab.open("ended.py", SLIDER)
    tab.command("run-all").click()
    move(tab.result(4))
    expect(tab.output(2)).to_have_text("changed to 4\n")
    tab.command("restart").click()
    tab.page.locator("dialog[open] button", has_text="Restart").click()
    ended = tab.result(4).get_by_text("The kernel of this widget has ended")
    ended.wait_for()
    expect(tab.result(4).locator(READOUT)).to_have_text("4")
    expect(tab.result(4).locator(".rdit-widget > [inert]")).to_have_count(1)
    # Said in words, not by a letter of a font that is not here.
    mark = "dom => getComputedStyle(dom, '::before').content"
    for each in tab.result(4).locator(".jupyter-widgets-disconnected").all():
        assert each.evaluate(mark) == "none"
    tab.command("run-all").click()
    expect(tab.result(4).locator(READOUT)).to_have_text("3")
    expect(ended).to_have_count(0)
    move(tab.result(4))
    expect(tab.output(2)).to_have_text("changed to 4\n")
    # Kernels of other tests may be ending.
    sessions = {each["path"]: each for each in tab.server.ask("GET", "rdit/sessions")}
    tab.server.ask("DELETE", f"api/kernels/{sessions['ended.py']['kernel']['id']}")
    ended.wait_for()
    # Nobody has its state any more.
    tab.page.reload()
    tab.result(4).get_by_text("This widget is no longer in a kernel").wait_for()
    expect(tab.result(4)).to_contain_text("IntSlider(value=3")


def test_a_lost_connection_is_said_and_found_again(new_tab: Callable[..., Tab], wire: Any) -> None:
    tab = new_tab(wire.port)
    tab.open("cut.py", SLIDER)
    tab.command("run-all").click()
    move(tab.result(4))
    expect(tab.output(2)).to_have_text("changed to 4\n")
    wire.cut()
    tab.result(4).get_by_text("The connection to this widget's kernel is lost").wait_for()
    wire.mend()
    tab.reconnect()
    expect(tab.result(4).locator(".rdit-line")).to_be_hidden()
    move(tab.result(4))
    expect(tab.output(2)).to_have_text("changed to 4\nchanged to 5\n")
    # The browser names each connection that failed.
    tab.close(forgive=True)


KINDS = """\
import ipywidgets as w
w.interact(lambda x: x * 2, x=(0, 10));
a, b = w.FloatSlider(), w.FloatText()
w.jslink((a, "value"), (b, "value"));
w.HBox([a, b])
w.Tab([w.Checkbox(description="first"), w.Button(description="second")], titles=["one", "two"])
w.Play(interval=10, max=3)
out = w.Output()
out
with out:
    print("inside")
    display(w.Button(description="a widget"))
    1 / 0
w.Image(value=b'GIF89a\\1\\0\\1\\0\\0\\0\\0;', format="gif")
"""


def test_all_kinds_work(tab: Tab) -> None:
    tab.open("kinds.py", KINDS)
    tab.command("run-all").click()
    expect(tab.result(2).locator(".widget-output")).to_have_text("10")
    move(tab.result(2))
    expect(tab.result(2).locator(".widget-output")).to_have_text("12")
    move(tab.result(5))
    expect(tab.result(5).locator("input[type=number]")).to_have_value("0.1")
    expect(tab.result(6).get_by_text("first")).to_be_visible()
    expect(tab.result(6).get_by_text("second")).to_be_hidden()
    tab.result(6).get_by_role("tab", name="two").click()
    expect(tab.result(6).get_by_text("first")).to_be_hidden()
    expect(tab.result(6).get_by_role("button", name="second")).to_be_visible()
    expect(tab.result(7).locator(".widget-play button").first).to_be_visible()
    expect(tab.result(9)).to_contain_text("inside")
    expect(tab.result(9).get_by_role("button", name="a widget")).to_be_visible()
    expect(tab.result(9)).to_contain_text("ZeroDivisionError: division by zero")
    assert tab.result(14).locator("img").evaluate("image => image.decode().then(() => 1)") == 1


PROGRESS = """\
from tqdm.auto import tqdm
for step in tqdm(range(3), mininterval=0):
    if step == 2:
        {wait}
"""


def test_a_progress_bar_moves_while_its_statement_runs(tab: Tab, gate: Gate) -> None:
    tab.open("progress.py", PROGRESS.format(wait=gate.wait))
    tab.command("run-all").click()
    expect(tab.result(2).locator(".widget-html").first).to_contain_text("67%")
    expect(tab.page.locator(".rdit-page")).to_have_attribute("data-state", "busy")
    gate.open()
    expect(tab.result(2).locator(".widget-html").first).to_contain_text("100%")


UNKNOWN = """\
import ipywidgets, traitlets
class Unknown(ipywidgets.DOMWidget):
    _model_name = traitlets.Unicode("<b>Map</b>Model").tag(sync=True)
    _model_module = traitlets.Unicode("jupyter-maps").tag(sync=True)
    _view_name = traitlets.Unicode("MapView").tag(sync=True)
    _view_module = traitlets.Unicode("jupyter-maps").tag(sync=True)
Unknown()
"""


def test_a_widget_of_a_library_that_is_not_here_says_so(tab: Tab) -> None:
    tab.open("unknown.py", UNKNOWN)
    tab.command("run-all").click()
    said = tab.result(7).get_by_text("of jupyter-maps cannot be shown here")
    expect(said).to_contain_text("<b>Map</b>Model")
    # Whatever its view is called, and its style.
    other = UNKNOWN.replace('"MapView"', '"Map"').replace("Unknown()\n", STYLED)
    tab.open("styled.py", other)
    tab.command("run-all").click()
    expect(tab.result(12).get_by_text("of jupyter-maps cannot be shown here")).to_be_visible()


STYLED = """\
class Style(ipywidgets.Style):
    _model_name = traitlets.Unicode("MapStyleModel").tag(sync=True)
    _model_module = traitlets.Unicode("jupyter-maps").tag(sync=True)
class Styled(Unknown):
    style = traitlets.Instance(Style, ()).tag(sync=True, **ipywidgets.widget_serialization)
Styled()
"""


MOVED = """\
import ipywidgets
from IPython.display import display
slider = ipywidgets.IntSlider()
display(slider)
{wait}
slider.value = 7
"""


def test_a_view_stays_when_the_text_of_its_widget_changes(tab: Tab, gate: Gate) -> None:
    tab.open("moved.py", MOVED.format(wait=gate.wait))
    tab.command("run-all").click()
    view = tab.result(4).locator(".widget-slider")
    view.evaluate("dom => { dom.dataset.isSame = 'true'; }")
    gate.open()
    expect(view.locator(READOUT)).to_have_text("7")
    tab.wait_for_state("idle")
    expect(tab.result(6)).to_have_count(0)
    expect(view).to_have_attribute("data-is-same", "true")
    # Where no widget is.
    sessions = {each["path"]: each for each in tab.server.ask("GET", "rdit/sessions")}
    tab.server.ask("DELETE", f"api/kernels/{sessions['moved.py']['kernel']['id']}")
    tab.page.reload()
    expect(tab.result(4)).to_contain_text("IntSlider(value=7)")


CLOSED = """\
import ipywidgets
from IPython.display import display
for step in range(3):
    box = ipywidgets.HBox([ipywidgets.Label(f"step {step}")])
    display(box)
    if step < 2: box.close()
out = ipywidgets.Output()
with out:
    inner = ipywidgets.Label("inner")
    display(inner)
    inner.close()
    print("closed")
out
"""


def test_of_a_widget_that_was_closed_nothing_is_left(tab: Tab) -> None:
    """As bars of loops in a loop are (`leave=False` of tqdm)."""
    tab.open("closed.py", CLOSED)
    tab.command("run-all").click()
    for _ in range(2):
        expect(tab.result(3).locator(".widget-label")).to_have_text("step 2")
        expect(tab.result(3)).to_have_text("step 2")
        expect(tab.result(13)).to_have_text("closed\n")
        # Nobody has seen them before.
        tab.page.reload()
