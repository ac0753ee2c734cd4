"""RditApp: the settings, the handlers, start and stop; and the `rdit` command."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from jupyter_server._tz import utcnow
from jupyter_server.extension.application import ExtensionApp, ExtensionAppJinjaMixin
from jupyter_server.serverapp import ServerApp
from jupyter_server.services.kernels.kernelmanager import MappingKernelManager
from tornado.ioloop import PeriodicCallback
from traitlets import Bool, Float, Int, Unicode

from . import __version__
from .api.page import files_root, first_chunks
from .api.routes import handlers
from .command import RditServer, arguments
from .documents.ruff import Ruff
from .documents.saving import save_scripts_whole
from .documents.user_settings import UserSettings
from .kernel.managers import KernelManagers
from .session.manager import SessionManager
from .session.session import Limits

HERE = Path(__file__).parent


# CurveZMQ encryption for kernels of the `rdit` command where Jupyter offers it: without it each
# kernel prints a warning. It does not apply where the extension runs in another server.
_ENCRYPTED = (
    {"MappingKernelManager": {"transport_encryption": "auto"}}
    if MappingKernelManager.class_traits().get("transport_encryption")
    else {}
)


class RditApp(ExtensionAppJinjaMixin, ExtensionApp):
    """An editor for plain Python scripts, served by Jupyter."""

    name = "rdit"
    version = __version__
    description = "Edit and run plain Python scripts: every statement's result stands beside it."
    extension_url = "/rdit"
    file_url_prefix = "rdit/edit"
    load_other_extensions = True
    serverapp_class = RditServer
    serverapp_config = _ENCRYPTED
    static_paths = [str(HERE / "static")]  # noqa: RUF012
    template_paths = [str(HERE / "templates")]  # noqa: RUF012

    max_sessions = Int(
        Limits.max_sessions, min=1, help="How many sessions there may be at a time."
    ).tag(config=True)
    max_queued_runs = Int(
        Limits.max_queued_runs, min=1, help="How many runs may wait in one session."
    ).tag(config=True)
    max_log_bytes = Int(
        Limits.max_log_bytes,
        min=1,
        help="How many bytes of events a session keeps; the oldest runs are let go of first.",
    ).tag(config=True)
    max_script_bytes = Int(
        Limits.max_script_bytes, min=1, help="How many bytes a request to execute may have."
    ).tag(config=True)
    max_viewer_bytes = Int(
        Limits.max_viewer_bytes,
        min=1,
        help="How many bytes may wait for a page that reads slowly, before it is sent a summary.",
    ).tag(config=True)
    max_display_bytes = Int(
        Limits.max_display_bytes,
        min=100_000,
        help="How many bytes one display may have; of a larger one a smaller one is sent, or a"
        " note.",
    ).tag(config=True)
    kernel_start_timeout = Float(
        Limits.kernel_start_timeout, min=0.1, help="How many seconds a kernel may take to answer."
    ).tag(config=True)
    reload_modules = Bool(
        Limits.reload_modules,
        help="Whether a run of a whole script loads modules of the script's folder anew that were"
        " edited since they were loaded.",
    ).tag(config=True)
    report_activity = Bool(
        True,
        help="Whether a run counts as activity of the server, also while it prints nothing, so that"
        " JupyterHub does not stop the server under it.",
    ).tag(config=True)

    save_whole = Bool(
        True,
        help="Whether a script that is saved replaces the file at once, rather than being written"
        " into it, so that a save that is cut off leaves no half of it.",
    ).tag(config=True)
    browser_python = Bool(
        True,
        help="Whether the page may run Python in the browser when this server cannot be reached, or"
        " refuses a kernel.",
    ).tag(config=True)
    pyodide_packages_url = Unicode(
        "",
        help="Where Python in the browser finds packages: the address of a folder with wheels for"
        " Pyodide and their pyodide-lock.json. Empty: nowhere, and no other site is asked.",
    ).tag(config=True)

    sessions: SessionManager | None = None
    ruff: Ruff | None = None
    _reporter: PeriodicCallback | None = None

    def initialize_settings(self) -> None:
        server = self.serverapp
        assert server is not None
        limits = Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})
        processes = KernelManagers(
            server.kernel_manager,
            server.session_manager,
            server.kernel_spec_manager,
            server.contents_manager,
            getattr(server, "event_logger", None),
            self.log,
        )
        if self.save_whole:
            save_scripts_whole(server.contents_manager)
        self.settings["rdit_user_settings"] = UserSettings(
            Path(server.config_dir) / "rdit" / "settings.json"
        )
        packages = self.pyodide_packages_url
        self.settings["rdit_packages_url"] = packages and packages.rstrip("/") + "/"
        self.settings["rdit_browser_python"] = self.browser_python
        self.settings["rdit_first_chunks"] = first_chunks(HERE / "static")
        # What JupyterLab's pages tell our plugin, as ours tells its own.
        lab = server.web_app.settings.setdefault("page_config_data", {})
        lab["rditRoot"] = files_root(server.contents_manager)
        lab["rditGivesHidden"] = server.contents_manager.allow_hidden
        self.ruff = self.settings["rdit_ruff"] = Ruff()
        self.sessions = self.settings["rdit_sessions"] = SessionManager(processes, limits, self.log)

    def initialize_handlers(self) -> None:
        self.handlers.extend(handlers())

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        if self.report_activity:
            self._reporter = PeriodicCallback(self._report_activity, 60_000)
            self._reporter.start()

    async def stop_extension(self) -> None:
        """End our sessions with their kernels. Jupyter calls this before it ends all other
        kernels."""
        if self._reporter is not None:
            self._reporter.stop()
        if self.ruff is not None:
            self.ruff.close()
        if self.sessions is not None:
            await self.sessions.close()

    def current_activity(self) -> dict[str, int] | None:
        """How many sessions run something; None for none. While it is not None, Jupyter does not
        shut the server down for inactivity (`ServerApp.shutdown_no_activity_timeout`)."""
        running = self.sessions.running if self.sessions is not None else 0
        return {"runs": running} if running else None

    def _report_activity(self) -> None:
        if self.current_activity():
            assert self.serverapp is not None
            times = self.serverapp.web_app.settings.setdefault("last_activity_times", {})
            times["rdit"] = utcnow()


def main(argv: list[str] | None = None) -> None:
    """The `rdit` command, and `jupyter rdit`."""
    if not sys.warnoptions:
        # Deprecation warnings of Jupyter's packages tell users of the command nothing.
        warnings.simplefilter("ignore")
    given = sys.argv[1:] if argv is None else argv
    if given[:1] == ["export"]:
        from .export_command import main as export

        sys.exit(export(given[1:]))
    launch: Callable[[list[str]], None] = RditApp.launch_instance
    launch(arguments(given))
