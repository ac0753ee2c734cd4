"""What stands on the page as another document, by the commands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab
from .test_palette import open_palette, option
from .test_report import PIXEL

pytestmark = [pytest.mark.browser, pytest.mark.kernel]


def exported(tab: Tab, command: str, typed: str) -> tuple[str, str]:
    """The name and the text of what this command downloads."""
    open_palette(tab)
    tab.page.keyboard.type(typed)
    with tab.page.expect_download() as download:
        option(tab, command).click()
    return download.value.suggested_filename, Path(download.value.path()).read_text("utf-8")


def test_each_command_downloads_what_stands_there_now(tab: Tab) -> None:
    tab.open("taken.py", '"""\n# Title\n"""\nx = 20\nprint("hello")\nx + 1\n')
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(6)).to_have_text("21")
    # Its code is edited, and it is not run again.
    tab.page.keyboard.press("Control+End")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("End")
    tab.page.keyboard.type("0")
    expect(tab.page.locator('[data-line-start="6"][data-stale]')).to_have_count(1)

    name, html = exported(tab, "export-html", "export as html")
    assert name == "taken.html"
    assert "x + 10</pre>" in html
    assert re.search(r'data-lines="6-6" data-stale="true">\s*<p[^>]*>Not up to date: ', html)
    assert not re.search(r'data-lines="5-5" data-stale', html)

    name, markdown = exported(tab, "export-markdown", "export as markdown")
    assert name == "taken.md"
    assert markdown.startswith('# Title\n\n```python\nx = 20\nprint("hello")\n```\n\n    hello\n')

    name, text = exported(tab, "export-notebook", "export as notebook")
    assert name == "taken.ipynb"
    cells = [(cell["cell_type"], cell["source"]) for cell in json.loads(text)["cells"]]
    assert cells == [
        ("markdown", "# Title"),
        ("code", "x = 20"),
        ("code", 'print("hello")'),
        ("code", "x + 10"),
    ]

    _, html = exported(tab, "export-html-results", "export results html")
    assert "rdit-report-code" not in html.partition("<main>")[2].partition("</main>")[0]
    assert 'data-lines="6-6"' in html
    _, markdown = exported(tab, "export-markdown-results", "export results markdown")
    assert "python" not in markdown
    assert "    hello\n" in markdown


def test_a_report_has_the_pictures_that_the_page_shows(tab: Tab) -> None:
    script = (
        "import base64, pathlib\n"
        "for name in ('a plot.png', 'b.png', 'c.png'):\n"
        f"    pathlib.Path(name).write_bytes(base64.b64decode('{PIXEL}'))\n"
        "from IPython.display import HTML, Image, Markdown\n"
        "Image(url='a plot.png')\nMarkdown('![](<a plot.png>)')\n"
        'HTML(\'<img alt="a > b" src="b.png?a=1&amp;b=2"><img srcset="c.png 2x">\')\n'
    )
    tab.open("pictures.py", script)
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.result(6).locator("img")).to_have_count(1)
    expect(tab.result(7).locator("img")).to_have_count(2)
    _, html = exported(tab, "export-html", "export as html")
    files = re.search(r'id="rdit-report-files">(.*?)</script>', html)
    assert files is not None
    address = f"data:image/png;base64,{PIXEL}"
    assert json.loads(files[1]) == dict.fromkeys(("a plot.png", "b.png", "c.png"), address)


def test_a_notebook_of_results_has_no_code(tab: Tab) -> None:
    tab.open("results.py", '"""\n# Title\n"""\nx = 20\nprint("hello")\nx + 1\n')
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(6)).to_have_text("21")
    name, text = exported(tab, "export-notebook-results", "export results notebook")
    assert name == "results.ipynb"
    title, hello, value = json.loads(text)["cells"]
    assert (title["cell_type"], title["source"]) == ("markdown", "# Title")
    assert hello["source"] == value["source"] == ""
    assert hello["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "hello\n"}]
    assert value["outputs"][0]["data"]["text/plain"] == "21"
