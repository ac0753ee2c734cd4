"""A real JupyterLab in a process of its own, with the extension as it is built here, and a browser on it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from tests.server.server import BASE_URL, PATIENCE, REPOSITORY, Server, wait_for

BUILT = REPOSITORY / "rdit_ext" / "labextension"
MILLISECONDS = PATIENCE * 1000


class LabServer(Server):
    """Started with collaboration off, unless it is asked for."""

    def __init__(self, root: Path, collaborates=False, overrides=None, settings=(), app="lab"):
        extensions = root / "labextensions"
        extensions.mkdir()
        (extensions / "rdit").symlink_to(BUILT)
        overridden = root / "overrides"
        overridden.mkdir()
        quiet = {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
            "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
        }
        (overridden / "overrides.json").write_text(json.dumps({**quiet, **(overrides or {})}))
        # The server of collaboration keeps a database there, and does not make the folder.
        (root / "jupyter" / "data").mkdir(parents=True)
        super().__init__(
            root,
            settings=[
                f"--LabServerApp.extra_labextensions_path={extensions}",
                f"--LabApp.app_settings_dir={overridden}",
                f"--LabApp.user_settings_dir={root / 'user-settings'}",
                f"--LabApp.workspaces_dir={root / 'workspaces'}",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--LabApp.news_url=None",
                f"--YDocExtension.disable_rtc={not collaborates}",
                *settings,
            ],
        )

    def script(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def end_sessions(self):
        for session in self.get("sessions").json():
            self.request("DELETE", f"sessions/{session['id']}")


__all__ = ["BASE_URL", "BUILT", "MILLISECONDS", "LabServer", "quote", "wait_for"]
