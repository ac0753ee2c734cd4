"""A real JupyterLab with the extension as it is built here, and browsers on it."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.support.processes import ROOT
from tests.support.waiting import PATIENCE

from ..conftest import PATIENT, TOKEN, Server, running_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BUILT = ROOT / "rdit_ext" / "labextension"
DOCUMENT = ".rdit-Document:not(.lm-mod-hidden)"
# JupyterLab and other extensions complain of much; what is ours names our address, or us.
OURS = re.compile(r"/rdit/|\brdit:")


def add_kernel(home: Path, name: str, display_name: str) -> None:
    """A kernel spec of this Python under another name."""
    folder = home / "data" / "kernels" / name
    folder.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": display_name,
        "language": "python",
        "env": {"RDIT_KERNEL": name},
    }
    (folder / "kernel.json").write_text(json.dumps(spec))


def lab_settings(root: Path, overrides: dict[str, Any] | None = None) -> list[str]:
    """Settings of a JupyterLab that knows our build, and nothing of the user's."""
    extensions = root / "labextensions"
    extensions.mkdir()
    (extensions / "rdit").symlink_to(BUILT)
    others = Path(__file__).parent / "extensions"
    for other in others.iterdir() if others.exists() else ():
        (extensions / other.name).symlink_to(other)
    settings = root / "settings"
    settings.mkdir()
    usual = {
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
        "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    }
    (settings / "overrides.json").write_text(json.dumps({**usual, **(overrides or {})}))
    return [
        f"--LabServerApp.extra_labextensions_path={extensions}",
        f"--LabApp.app_settings_dir={settings}",
        f"--LabApp.user_settings_dir={root / 'user-settings'}",
        f"--LabApp.workspaces_dir={root / 'workspaces'}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.expose_app_in_browser=True",
        "--JupyterNotebookApp.expose_app_in_browser=True",
    ]


@contextlib.contextmanager
def running(home: Path, *settings: str) -> Iterator[Server]:
    """A server with everything that is installed, with these settings."""
    root = home / "scripts"
    root.mkdir()
    # The server of collaboration keeps a database there, and does not make the folder.
    (home / "data").mkdir(exist_ok=True)
    with running_server(home, root, *settings, extensions=("rdit_ext", "jupyterlab")) as server:
        yield server


@pytest.fixture(scope="session")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab without collaboration."""
    if not (BUILT / "static/style.js").exists():
        pytest.fail("the JupyterLab extension is not built: make build")
    home = tmp_path_factory.mktemp("lab")
    add_kernel(home, "other", "Other Python")
    with running(home, *lab_settings(home), "--YDocExtension.disable_rtc=True") as server:
        yield server


@dataclass
class Lab:
    """JupyterLab in a browser of its own, and what that browser complained of."""

    page: Page
    server: Server
    complaints: list[str] = field(default_factory=list)
    is_started: bool = False

    def open(self, path: str, text: str | None = None, workspace: str = "") -> Lab:
        """A script in rdit, written first if its text is given, with its kernel ready."""
        if text is not None:
            self.server.write(path, text)
        if self.is_started:
            self.close_all()
            self.show(path)
        else:
            where = f"lab/workspaces/{workspace}" if workspace else "lab"
            self.go(f"{where}/tree/{quote(path)}?factory=rdit")
            self.is_started = True
        return self.wait_open(path)

    def show(self, path: str) -> None:
        """A script in rdit, in the JupyterLab that is there, whatever its kernel does."""
        # JupyterLab gives the focus to what it opens a little later than it shows it.
        self.page.evaluate(
            """async path => {
              const args = { path, factory: "rdit" };
              const widget = await jupyterapp.commands.execute("docmanager:open", args);
              await Promise.all([widget.revealed, widget.context.ready]);
            }""",
            path,
        )

    def close_all(self) -> None:
        """Without asking about changes."""
        self.page.evaluate(
            "for (const widget of [...jupyterapp.shell.widgets('main')]) widget.dispose()"
        )

    def wait_open(self, path: str = "") -> Lab:
        which = f'{DOCUMENT}[data-path="{path}"]' if path else DOCUMENT
        self.page.wait_for_selector(f"{which} .cm-content")
        self.wait_for_state("idle")
        # JupyterLab connects to the kernel a little later than we do, and takes it for idle until
        # it has been told otherwise.
        self.page.wait_for_function("jupyterapp.shell.currentWidget.script.sessionContext.session")
        self.page.evaluate(
            "jupyterapp.shell.currentWidget.script.sessionContext.session.kernel.info"
        )
        self.focus()
        return self

    def go(self, path: str) -> None:
        sign = "&" if "?" in path else "?"
        self.page.goto(f"{self.server.url(path)}{sign}token={TOKEN}")

    def kept_scripts(self, workspace: str) -> list[str]:
        """What JupyterLab would open in this workspace: it keeps that a little later."""
        data = self.server.ask("GET", f"lab/api/workspaces/{workspace}")["data"]
        return [name for name in data if name.endswith(".py")]

    def wait_for_state(self, state: str) -> None:
        try:
            self.page.wait_for_selector(f'{DOCUMENT}[data-state="{state}"]')
        except Exception as error:
            documents = "nodes => nodes.map(node => [node.className, {...node.dataset}])"
            seen = self.page.locator(".rdit-Document").evaluate_all(documents)
            raise AssertionError(f"never {state}: {seen}, {self.complaints}") from error

    def wait_running(self) -> None:
        """Busy is the session before the kernel has the run."""
        marks = self.document.locator(".rdit-mark-running")
        marks.first.wait_for(state="attached")

    @property
    def document(self) -> Any:
        return self.page.locator(DOCUMENT)

    def focus(self) -> None:
        self.document.locator(".cm-content").focus()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, name: str) -> Any:
        return self.document.locator(f'[data-command="rdit:{name}"]').first

    def menu(self, menu: str, *items: str) -> None:
        """Choose an item of the menu bar, by a part of its label."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=menu).first.click()
        for item in items:
            # A submenu stands after the menu that it belongs to.
            self.page.locator(".lm-Menu").last.locator(
                ".lm-Menu-item:not(.lm-mod-disabled) .lm-Menu-itemLabel", has_text=item
            ).first.click()

    def execute(self, command: str, **args: Any) -> Any:
        """A command of JupyterLab's, by its id."""
        return self.page.evaluate(
            "([id, args]) => { void window.jupyterapp.commands.execute(id, args); }",
            [command, args],
        )

    @contextlib.contextmanager
    def executing(self, command: str, times: int = 1) -> Iterator[None]:
        """Wait at the end of the block until this command, begun in it so many times, is done."""
        self.page.evaluate(
            """([command, times]) => {
              window.executed = new Promise(done => {
                const { commandExecuted } = jupyterapp.commands;
                const see = (_, { id, result }) => {
                  if (id !== command || --times) return;
                  commandExecuted.disconnect(see);
                  done(result.then(() => true));
                };
                commandExecuted.connect(see);
              });
            }""",
            [command, times],
        )
        yield
        self.page.evaluate("executed")

    def change_theme(self, theme: str) -> None:
        self.execute("apputils:change-theme", theme=theme)
        self.page.wait_for_selector(f'body[data-jp-theme-name="{theme}"]', state="attached")
        # JupyterLab covers itself meanwhile, and trips over a second change before that has gone.
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def accept(self, label: str = "") -> None:
        """Answer a dialog."""
        button = self.page.locator(".jp-Dialog .jp-mod-accept")
        (button.filter(has_text=label) if label else button).click()

    @property
    def kernel_name(self) -> Any:
        return self.document.locator('[data-jp-item-name="kernelName"]')

    def result(self, line: int) -> Any:
        return self.document.locator(f'.rdit-result[data-line-start="{line}"]')

    def output(self, line: int) -> Any:
        return self.result(line).locator(".rdit-output")

    def text(self) -> str:
        """The document of the editor, as far as it is in view."""
        return "\n".join(self.document.locator(".cm-content > .cm-line").all_text_contents())


@contextlib.contextmanager
def browsers(lab_server: Server, browser: Browser) -> Iterator[Callable[..., Lab]]:
    """Makes browsers, which are closed at the end of the block. None may have complained of us."""
    labs: list[Lab] = []

    def make(server: Server | None = None, **options: Any) -> Lab:
        context = browser.new_context(viewport={"width": 1300, "height": 850}, **options)
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(PATIENT)
        # Playwright cannot set it, and it is what decides which key Accel is.
        if "Macintosh" in options.get("user_agent", ""):
            context.add_init_script(
                "Object.defineProperty(navigator, 'platform', {get: () => 'MacIntel'})"
            )
        page = context.new_page()
        lab = Lab(page, server or lab_server)

        def complain(text: str) -> None:
            if OURS.search(text):
                lab.complaints.append(text)

        page.on("pageerror", lambda error: complain(f"{error}\n{error.stack}"))
        page.on(
            "console",
            lambda said: complain(f"{said.text} {said.location}") if said.type == "error" else None,
        )
        labs.append(lab)
        return lab

    yield make
    for lab in labs:
        lab.page.context.close()
    assert [lab.complaints for lab in labs] == [[] for _ in labs]


@pytest.fixture
def sessions_end(lab_server: Server) -> Iterator[None]:
    """After the test, when its browsers have closed the scripts."""
    yield
    lab_server.end_sessions()


@pytest.fixture
def new_lab(
    lab_server: Server, browser: Browser, sessions_end: None
) -> Iterator[Callable[..., Lab]]:
    """Browsers for this test only: a JupyterLab that stays open asks its server all the time."""
    with browsers(lab_server, browser) as make:
        yield make


@pytest.fixture(scope="module")
def new_shared_lab(lab_server: Server, browser: Browser) -> Iterator[Callable[..., Lab]]:
    with browsers(lab_server, browser) as make:
        yield make


@pytest.fixture(scope="module")
def shared_lab(new_shared_lab: Callable[..., Lab]) -> Lab:
    return new_shared_lab()


@pytest.fixture
def lab(shared_lab: Lab, sessions_end: None) -> Iterator[Lab]:
    """One browser for the tests of a module: JupyterLab takes its time to start."""
    yield shared_lab
    shared_lab.press("Escape", "Escape")
    shared_lab.close_all()
    complaints, shared_lab.complaints = shared_lab.complaints, []
    assert complaints == []
