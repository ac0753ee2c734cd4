"""Takes the pictures of the README and of using.md from the real page: `make pictures`."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples/nile"
CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]
RAIN = '''\
# %% The rain of four towns
import pandas as pd

rain = pd.DataFrame(
    {
        "town": ["Oslo", "Quito", "Hanoi", "Accra"] * 30,
        "year": [1990 + n // 4 for n in range(120)],
        "metres": [(37 * n) % 91 / 50 for n in range(120)],
    }
)
rain
rain.describe()

# %% The driest year
def driest(table, town):
    """The year with the least rain in a town."""
    rows = table[table.town == town]
    return rows.year[rows.metres.idxmin()]


driest(rain, "Quito")

# %% [markdown]
# ## What they have in common
# The mean of all years, by *town*.

# %% In one figure
means = rain.groupby("town").metres.mean()
axes = means.plot.barh(figsize=(6, 2.2))
means
axes.figure
'''
BROKEN = """\
import os
from math import sqrt

def area(radius, notes=[]):
    return pi * radius**2


def kind(value):
    if value == None:
        return f"nothing"
    return type(value)


print(kind(area(2)), sqr(4))
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder, "scripts")
        shutil.copytree(EXAMPLE, scripts)
        (scripts / "rain.py").write_text(RAIN)
        (scripts / "shapes.py").write_text(BROKEN)
        command = [str(Path(sys.executable).with_name("rdit")), "nile.py", "--no-browser"]
        # Nothing of the user's shows in a picture, and nothing of a picture stays.
        homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        env = {**os.environ, **{name: f"{folder}/{name}" for name in homes}}
        server = subprocess.Popen(command, cwd=scripts, env=env, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            address = next(
                found.group()
                for line in server.stdout
                if (found := re.search(r"http://\S+", line)) is not None
            )
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=CHROMIUM
                )
                for scheme in ("light", "dark"):
                    take_readme(browser, address, scheme)
                    take_surfaces(browser, address, scheme)
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def take_readme(browser: Browser, address: str, scheme: str) -> None:
    page = open_page(browser, address, scheme, 1280, 880)
    run_all(page)
    page.evaluate("document.querySelector('.cm-scroller').scrollTop = 830")
    page.mouse.move(400, 715)
    keep(page, f"rdit-{scheme}", colours=256)
    page.close()


def take_surfaces(browser: Browser, address: str, scheme: str) -> None:
    """A picture for each surface that using.md describes."""
    page = open_page(browser, address.replace("nile.py", "rain.py"), scheme, 1000, 560)
    run_all(page)
    for name, show in SURFACES.items():
        show(page)
        keep(page, f"{name}-{scheme}")
        for _ in range(3):
            page.keyboard.press("Escape")
        # Another surface begins with the same script.
        page.goto(page.url)
        page.wait_for_selector(".rdit-output")
    page.goto(address.replace("nile.py", "shapes.py"))
    page.wait_for_selector(".cm-lintRange")
    code(page, "if value").press("Control+Shift+M")
    page.wait_for_selector("[data-panel=problems]")
    hover(page, "if value", 13)
    keep(page, f"problems-{scheme}")
    page.close()


def open_page(browser: Browser, address: str, scheme: str, width: int, height: int) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=1.5,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page.goto(address)
    page.wait_for_selector('.rdit-page[data-state="idle"]')
    return page


def run_all(page: Page) -> None:
    page.click('[data-command="rdit:run-all"]')
    page.wait_for_selector('.rdit-page[data-state="busy"]')
    page.wait_for_selector('.rdit-page[data-state="idle"]', timeout=60_000)


def keep(page: Page, name: str, colours: int = 96) -> None:
    """The page as it is now, as a small file."""
    page.wait_for_function(
        "[...document.images].every(image => image.complete && image.naturalWidth)"
    )
    page.wait_for_timeout(700)  # a picture, not a test: let the last fade end
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # The coverage keeps the few pixels that have a colour.
    small = picture.quantize(colours, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(HERE / f"{name}.png", optimize=True)


def code(page: Page, text: str) -> Any:
    """The editor, with the cursor at the end of the line that begins so."""
    page.locator(".cm-line", has_text=re.compile(rf"^\s*{re.escape(text)}")).first.click()
    page.keyboard.press("End")
    return page.locator(".cm-content")


def hover(page: Page, text: str, column: int) -> None:
    line = page.locator(".cm-line", has_text=re.compile(rf"^\s*{re.escape(text)}")).first
    place = line.evaluate(
        """(line, column) => {
            const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
            let at = line.textContent.search(/\\S/) + column;
            while (texts.nextNode() && at >= texts.currentNode.length)
                at -= texts.currentNode.length;
            const range = document.createRange();
            range.setStart(texts.currentNode, at);
            range.setEnd(texts.currentNode, at + 1);
            const { left, top, width, height } = range.getBoundingClientRect();
            return [left + width / 2, top + height / 2];
        }""",
        column,
    )
    page.mouse.move(place[0] - 3, place[1])
    page.mouse.move(*place)
    page.wait_for_selector(".cm-tooltip-hover")


def command(page: Page, name: str) -> None:
    page.keyboard.press("F1")
    page.wait_for_selector("[data-panel=palette]")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def margin(page: Page) -> None:
    code(page, "rain.describe")
    page.mouse.move(5, 400)


def folded(page: Page) -> None:
    code(page, "rain.describe")
    command(page, "Fold All Results")
    page.keyboard.press("Control+Alt+ArrowLeft")


def large(page: Page) -> None:
    command(page, "Unfold All Results")
    code(page, "rain.describe").press("ArrowUp")
    command(page, "Open Result Large")
    page.wait_for_selector(".rdit-large[open]")


def reading(page: Page) -> None:
    code(page, 'driest(rain, "Quito")')
    command(page, "Reading View")
    page.wait_for_selector(".rdit-reading-view")


def completion(page: Page) -> None:
    code(page, "rain.describe").press("Enter")
    page.keyboard.type("rain.gro", delay=60)
    page.wait_for_selector(".cm-completionInfo")


def hovering(page: Page) -> None:
    code(page, "driest(rain")
    hover(page, "driest(rain", 8)


def outline(page: Page) -> None:
    code(page, "rows = ").press("Control+Shift+O")
    page.wait_for_selector("[data-panel=outline]")


def palette(page: Page) -> None:
    code(page, "rain.describe").press("F1")
    page.keyboard.type("run s")


def settings(page: Page) -> None:
    code(page, "rain.describe").press("Control+,")
    page.wait_for_selector("[data-panel=settings]")


def keys(page: Page) -> None:
    settings(page)
    page.click("#rdit-tab-keys")
    page.click("[data-command-keys='rdit:run-to-here'] .rdit-key-add")


SURFACES: dict[str, Callable[[Page], None]] = {
    "margin": margin,
    "folded": folded,
    "large": large,
    "reading": reading,
    "hover": hovering,
    "outline": outline,
    "palette": palette,
    "settings": settings,
    "keys": keys,
    # It types.
    "completion": completion,
}


if __name__ == "__main__":
    main()
