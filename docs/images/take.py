"""Takes the pictures of the README and of using.md from the real page: `make pictures`."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

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
SCRIPTS = {"rain.py": RAIN, "shapes.py": BROKEN, "empty.py": "", "first.py": "print('Hello')\n"}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        scripts = Path(folder, "scripts")
        shutil.copytree(EXAMPLE, scripts)
        for name, text in SCRIPTS.items():
            (scripts / name).write_text(text)
        command = [str(Path(sys.executable).with_name("rdit")), "nile.py", "--no-browser"]
        # A language server would take its time, and Jupyter's own collaboration is not shown.
        off = "--ServerApp.jpserver_extensions={}=False"
        command += [off.format("jupyter_lsp"), off.format("jupyter_server_ydoc")]
        # Nothing of the user's shows in a picture, and nothing of a picture stays.
        homes = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        let_start_be_seen(Path(folder, "JUPYTER_DATA_DIR/kernels/python3"))
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
                for surface in SURFACES:
                    if not sys.argv[1:] or surface.show.__name__ in sys.argv[1:]:
                        take(browser, address, surface)
                browser.close()
        finally:
            server.terminate()
            server.wait(20)


def let_start_be_seen(folder: Path) -> None:
    """A kernel spec by which a kernel takes so long to start that a picture can be taken."""
    start = f'sleep 3; exec "{sys.executable}" -m ipykernel_launcher -f "$0"'
    spec = {"argv": ["sh", "-c", start, "{connection_file}"], "display_name": "Python 3"}
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({**spec, "language": "python"}))


def take(browser: Browser, address: str, surface: Surface) -> None:
    """A picture of a surface in each scheme that it is shown in."""
    for scheme in surface.schemes:
        width, height = surface.size
        page = browser.new_page(
            viewport={"width": width, "height": height},
            device_scale_factor=1.5,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        # What a surface types is not of the script.
        page.add_init_script("localStorage.setItem('rdit.autosave', 'false')")
        page.goto(address.replace("nile.py", surface.script))
        page.wait_for_selector('.rdit-page[data-state="idle"]')
        if surface.runs and not page.locator(".rdit-output").count():
            page.click('[data-command="rdit:run-all"]')
            page.wait_for_selector('.rdit-page[data-state="busy"]')
            page.wait_for_selector('.rdit-page[data-state="idle"]', timeout=60_000)
        name = surface.show.__name__.replace("_", "-")
        surface.show(page)
        keep(page, HERE / f"{name}-{scheme}.webp", surface.clip)
        page.close()


def keep(page: Page, path: Path, clip: int) -> None:
    """The page as it is now, or so many of its upper pixels, without loss and yet small."""
    page.wait_for_function(
        "[...document.images].every(({complete}) => complete) && document.fonts.status == 'loaded'"
    )
    page.wait_for_timeout(700)  # a picture, not a test: let the last fade end
    size = page.viewport_size
    assert size is not None
    area = (0, 0, size["width"] * 1.5, (clip or size["height"]) * 1.5)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").crop(area)
    picture.save(path, lossless=True, quality=100, method=6)


def code(page: Page, text: str) -> Any:
    """The editor, with the cursor at the end of the line that begins so."""
    page.locator(".cm-line", has_text=re.compile(rf"^\s*{re.escape(text)}")).first.click()
    page.keyboard.press("End")
    page.mouse.move(5, 400)
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


def rdit(page: Page) -> None:
    # Its last figure: lines that are far from view are in no element.
    page.locator(".cm-content").press("Control+g")
    page.keyboard.type("95%")
    page.keyboard.press("Enter")
    code(page, "plt.show")


def margin(page: Page) -> None:
    code(page, "rain.describe")


def below(page: Page) -> None:
    code(page, "rain.describe").press("Home")


def folded(page: Page) -> None:
    code(page, "rain.describe")
    command(page, "Fold All Results")
    page.keyboard.press("Control+Alt+ArrowLeft")


def large(page: Page) -> None:
    code(page, "axes.figure")
    command(page, "Open Result Large")
    page.wait_for_selector(".rdit-large[open]")


def reading(page: Page) -> None:
    code(page, 'driest(rain, "Quito")')
    command(page, "Reading View")
    page.wait_for_selector(".rdit-reading-view")


def completion(page: Page) -> None:
    code(page, "rain.describe").press("Enter")
    page.keyboard.type("rain.me", delay=60)
    page.wait_for_selector(".cm-completionInfo")


def signature(page: Page) -> None:
    code(page, 'driest(rain, "Quito")').press("Enter")
    page.keyboard.type("driest(rain, ", delay=60)
    page.wait_for_selector(".rdit-signature")


def card(page: Page) -> None:
    code(page, "driest(rain")
    hover(page, "driest(rain", 8)


def references(page: Page) -> None:
    code(page, "rain = ").press("Home")
    page.keyboard.press("Shift+F12")
    page.wait_for_selector("[data-panel=references]")


def rename(page: Page) -> None:
    code(page, "def driest").press("Home")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("F2")
    page.wait_for_selector(".rdit-rename")
    page.keyboard.type("dryest_year")


def find(page: Page) -> None:
    code(page, "rain.describe").press("Control+h")
    page.keyboard.type("town")


def sections(page: Page) -> None:
    code(page, "rows = ").press("Control+Alt+[")
    page.keyboard.press("Control+Home")


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


def problems(page: Page) -> None:
    page.wait_for_selector(".cm-lintRange")
    code(page, "if value").press("Control+Shift+M")
    page.wait_for_selector("[data-panel=problems]")
    hover(page, "if value", 13)


def spaced(page: Page) -> None:
    while not page.locator(".cm-editor.rdit-spaced").count():
        code(page, "rain.describe")
        command(page, "Results Beside, Spaced or Below")
        page.wait_for_selector("[data-panel=palette]", state="detached")
    code(page, "rain.describe").press("Home")


def empty(page: Page) -> None:
    page.locator(".cm-content").focus()


def starting(page: Page) -> None:
    code(page, "print").press("Shift+Enter")
    page.wait_for_selector(".rdit-hint-there:not([hidden])")


def variables(page: Page) -> None:
    code(page, "rain.describe")
    command(page, "Show Variables")
    for expression in ("len(rain)", "rain.metres.max()", "sorted(set(rain.town))"):
        page.fill(".rdit-watch-field", expression)
        page.press(".rdit-watch-field", "Enter")
    page.wait_for_selector("[data-expression='sorted(set(rain.town))'] .rdit-watch-value")
    page.locator(".rdit-variables-row[data-name=rain] [data-column=name]").click()


def table(page: Page) -> None:
    code(page, "rain.describe")
    head = page.locator('.rdit-grid th[data-column="2"]')
    head.click()
    page.wait_for_timeout(700)
    head.get_by_role("button").click()
    page.wait_for_selector(".rdit-grid-bars")


class Surface(NamedTuple):
    """What is shown by a picture named after its function."""

    show: Callable[[Page], None]
    schemes: tuple[str, ...] = ("light",)
    script: str = "rain.py"
    size: tuple[int, int] = (1000, 560)
    # So many pixels from above; 0: all.
    clip: int = 0
    runs: bool = True


BOTH = ("light", "dark")
SURFACES = [
    Surface(rdit, BOTH, "nile.py", (1280, 880)),
    Surface(margin, BOTH),
    Surface(below, size=(520, 640)),
    Surface(folded, clip=480),
    Surface(large, BOTH),
    Surface(reading),
    Surface(completion, BOTH),
    Surface(signature, clip=520),
    Surface(card, clip=480),
    Surface(references),
    Surface(rename, clip=480),
    Surface(find, clip=480),
    Surface(sections, clip=300),
    Surface(outline, BOTH, size=(1180, 560)),
    Surface(palette, BOTH),
    Surface(settings, BOTH),
    Surface(keys),
    Surface(problems, BOTH, "shapes.py", runs=False),
    Surface(empty, script="empty.py", clip=160, runs=False),
    Surface(starting, script="first.py", clip=160, runs=False),
    Surface(variables, BOTH, size=(1180, 560)),
    Surface(table, BOTH),
    # Of the user from then on
    Surface(spaced, BOTH),
]


if __name__ == "__main__":
    main()
