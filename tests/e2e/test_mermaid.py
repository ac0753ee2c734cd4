"""Diagrams of Mermaid in Markdown: drawn out of sight, and shown as images."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Route, expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = '''"""
# No diagram yet
"""
from IPython.display import Markdown
Markdown("""A flow:

```mermaid
flowchart LR
    accTitle: How it goes
    A["Is it <so>?"] -- yes --> B[(Keep)]
```
""")
Markdown("""```mermaid
sequenceDiagram
    Ada->>Bob: Hello
```""")
Markdown("""```mermaid
flowchart LR
    A --> --> B
```""")
'''


def test_diagrams_are_images_in_the_theme_and_faults_are_said(
    new_tab: Callable[..., Tab],
) -> None:
    tab = new_tab(color_scheme="light")
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.open("diagrams.py", SCRIPT)
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(1).locator("h1")).to_be_visible()
    assert not any("mermaid" in url for url in asked)

    tab.page.keyboard.press("Control+Shift+Enter")
    flow = tab.output(5).get_by_role("img", name="How it goes")
    size = "async image => (await image.decode(), [image.naturalWidth, image.naturalHeight])"
    width, height = flow.evaluate(size)
    assert width > height > 20
    assert flow.bounding_box()["width"] == width
    said = tab.output(13).get_by_role("img", name="Diagram: sequenceDiagram")
    assert min(said.evaluate(size)) > 20
    wrong = tab.output(17)
    expect(wrong).to_contain_text("This diagram cannot be drawn: Parse error on line 2")
    expect(wrong.locator("code")).to_contain_text("A --> --> B")
    assert sum(url.endswith("charts/mermaid.js") for url in asked) == 1

    light = flow.get_attribute("src")
    tab.page.emulate_media(color_scheme="dark")
    expect(flow).not_to_have_attribute("src", light)
    assert flow.evaluate(size) == [width, height]


FENCES = '''from IPython.display import HTML, Markdown
Markdown("""```mermaid
flowchart LR
    A --> B
```""")
Markdown("""```mermaid
flowchart LR
    C --> D
```""")
HTML("<pre><code class='language-mermaid'>flowchart LR</code></pre>")
'''


def test_each_has_a_time_limit_of_its_own_with_the_loading(tab: Tab) -> None:
    asked: list[Route] = []

    def answer(route: Route) -> None:
        asked.append(route)
        # The first is never answered.
        if len(asked) > 1:
            route.continue_()

    tab.page.route("**/charts/mermaid.js", answer)
    tab.open("slow.py", FENCES)
    # Not before: this clock would undo the patience with which a page looks for its server.
    tab.page.clock.install()
    # One after the other: which of two results is rendered first is not determined.
    with tab.page.expect_request("**/charts/mermaid.js"):
        tab.page.keyboard.press("Shift+Enter")
        tab.page.keyboard.press("Shift+Enter")
    tab.page.keyboard.press("Shift+Enter")
    expect(tab.output(6)).to_contain_text("C --> D")
    tab.page.keyboard.press("Shift+Enter")
    tab.page.clock.fast_forward("00:21")
    expect(tab.output(2)).to_contain_text("cannot be drawn: it takes more than 20 seconds.")
    expect(tab.output(2).locator("code")).to_contain_text("A --> B")
    expect(tab.output(6).get_by_role("img", name="Diagram: flowchart LR")).to_be_visible()
    assert len(asked) == 2
    # Code of HTML is code.
    expect(tab.output(10).locator("code.language-mermaid")).to_have_text("flowchart LR")
