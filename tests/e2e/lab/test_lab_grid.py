"""Tables as grids in JupyterLab: with its theme, by the page's own means."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Lab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = "import pandas as pd\npd.DataFrame({'a': range(1000), 'b': ['x', None] * 500})\n"


def test_a_table_is_a_grid_in_jupyterlab(lab: Lab) -> None:
    lab.open("grid.py", SCRIPT)
    lab.press("Control+Shift+Enter")
    grid = lab.output(2).locator(".rdit-grid")
    expect(grid.locator("td").first).to_have_text("0")
    head = grid.locator('th[data-column="0"]')
    head.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.click()
    expect(grid.locator('tr[data-row="0"] > [data-column="0"]')).to_have_text("999")
    # Keys in it are no shortcuts of JupyterLab's.
    grid.get_by_role("grid").press("Control+End")
    expect(grid.locator('tr[data-row="999"] > [data-column="1"]')).to_have_attribute(
        "aria-selected", "true"
    )
