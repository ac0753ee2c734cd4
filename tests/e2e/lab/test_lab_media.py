"""Outputs in JupyterLab that name files or take more than text: found by its resolver, shown by its
renderers where it has them, by ours where it has none.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from ..test_media import PLAYABLE, VIDEO, png
from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = """'''
![the plot](plot.png)
'''
from IPython.display import HTML, JSON, Audio, Code, GeoJSON, IFrame, Video, display
Audio([0.0, 0.5, -0.5] * 999, rate=8000)
Video("dot.webm")
HTML("<video src=dot.webm></video><script>1</script>")
IFrame("https://site.invalid/", 300, 80)
JSON({"a": [1, 2]})
GeoJSON({"type": "Point", "coordinates": [1, 2]})
Code("def f(): pass", language="python")
HTML('<img src="no.png">')
display({"text/html": {"no": "text"}}, raw=True)
"""


def test_media_and_trees_are_shown_in_jupyterlab(lab: Lab) -> None:
    folder = Path(lab.server.root) / "media"
    folder.mkdir(exist_ok=True)
    (folder / "plot.png").write_bytes(png(40, 30))
    (folder / "dot.webm").write_bytes(VIDEO)
    lab.open("media/lab.py", SCRIPT)
    lab.press("Control+Shift+Enter")
    picture = lab.output(1).locator("img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => (await image.decode(), image.naturalWidth)") == 40
    assert lab.output(5).locator("audio[controls]").evaluate(PLAYABLE) > 0
    assert lab.output(6).locator("video").evaluate(PLAYABLE) >= 0
    frame = lab.output(7).frame_locator("iframe")
    assert frame.locator("video").evaluate(PLAYABLE) >= 0
    expect(lab.output(8).locator("a")).to_have_attribute("href", "https://site.invalid/")
    expect(lab.output(9)).to_contain_text("a")
    expect(lab.output(9).locator(".rdit-unshown")).to_have_count(0)
    expect(lab.output(10).locator("svg").first).to_be_visible()
    expect(lab.output(11).locator(".highlight .k").first).to_have_text("def")
    expect(lab.output(12)).to_contain_text("no.png cannot be shown")
    expect(lab.output(13)).to_contain_text("its value is no text")
    lab.complaints.clear()  # no.png is not there
