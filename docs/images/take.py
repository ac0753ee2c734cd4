"""Takes the pictures of the README from the real page: `make pictures`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples/nile"
CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
        command = [str(Path(sys.executable).with_name("rdit")), "nile.py", "--no-browser"]
        env = {**os.environ, "JUPYTER_RUNTIME_DIR": f"{folder}/.runtime"}
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            address = next(
                found.group()
                for line in server.stdout
                if (found := re.search(r"http://\S+", line)) is not None
            )
            take(address)
        finally:
            server.terminate()
            server.wait(20)


def take(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        for scheme in ("light", "dark"):
            page = browser.new_page(
                viewport={"width": 1280, "height": 880},
                device_scale_factor=1.5,
                color_scheme=scheme,
            )
            page.goto(address)
            page.wait_for_selector('.rdit-page[data-state="idle"]')
            page.click('[data-command="rdit:run-all"]')
            page.wait_for_selector('.rdit-page[data-state="busy"]')
            page.wait_for_selector('.rdit-page[data-state="idle"]', timeout=60_000)
            page.evaluate("document.querySelector('.cm-scroller').scrollTop = 830")
            page.mouse.move(400, 715)
            page.wait_for_function(
                "[...document.images].every(image => image.complete && image.naturalWidth)"
            )
            page.wait_for_timeout(500)  # a picture, not a test: let the last fade end
            page.screenshot(path=HERE / f"rdit-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main()
