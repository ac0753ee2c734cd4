"""The editor page. It runs nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerJinjaMixin, ExtensionHandlerMixin
from tornado import web

from .. import __version__
from ..errors import BadRequest
from ..wire.paths import clean_path
from .base import allowed


def files_root(contents: Any) -> str:
    """The folder that Contents paths begin at; empty where they are no files of this machine."""
    return str(getattr(contents, "root_dir", ""))


def first_chunks(static: Path) -> list[str]:
    """Names of the files that page.js imports before it can start; none where no page is built."""
    listed = static / "first_chunks.json"
    return json.loads(listed.read_text("utf-8")) if listed.exists() else []


class PageHandler(ExtensionHandlerJinjaMixin, ExtensionHandlerMixin, JupyterHandler):
    """`GET /rdit`, `/rdit/edit/PATH`: the page.

    Without its PATH, `/rdit/edit` is not found, and says so like any other that cannot be edited.
    """

    @property
    def content_security_policy(self) -> str:
        # No `script-src`: outputs with scripts are rendered in sandboxed `srcdoc` frames, which
        # inherit this page's policy. `script-src 'self'` would block the scripts of every plot, and
        # with 'unsafe-inline' it would protect nothing. The frames' sandbox keeps the scripts from
        # the page.
        own = "object-src 'none'; base-uri 'none'; form-action 'self'"
        return f"{super().content_security_policy}; {own}"

    async def prepare(self) -> None:  # type: ignore[override]
        await super().prepare()
        if not self.check_origin():
            raise web.HTTPError(404)

    @allowed("read", "kernels")
    async def get(self, path: str | None = None) -> None:
        if path is not None:
            path = await self._existing_place(path)
        # Reading the property sets the XSRF cookie, which the page sends back with each POST.
        # https://www.tornadoweb.org/en/stable/guide/security.html
        self.xsrf_token  # noqa: B018
        self.set_header("Cache-Control", "no-store")
        config = {
            "baseUrl": self.base_url,
            "path": path,
            "version": __version__,
            # The root of Contents paths: the page maps file names in tracebacks to them.
            "root": files_root(self.contents_manager),
            "givesHidden": self.contents_manager.allow_hidden,
            "staticUrl": f"{self.base_url}static/{self.name}/",
            # Where jupyter-lsp is not, the page does not ask it: browsers log a 404 as an error.
            "hasLanguageServers": hasattr(self.serverapp, "language_server_manager"),
            "isBrowserAllowed": self.settings["rdit_browser_python"],
            "packagesUrl": self.settings["rdit_packages_url"],
        }
        if path is not None and self.settings["rdit_browser_python"]:
            # Cross-origin isolation, which SharedArrayBuffer needs: by shared memory the page
            # interrupts Python in its worker. `require-corp` would block images and scripts of
            # other origins in outputs; `credentialless` loads them without cookies.
            # https://www.chromestatus.com/feature/4918234241302528
            self.set_header("Cross-Origin-Opener-Policy", "same-origin")
            self.set_header("Cross-Origin-Embedder-Policy", "credentialless")
        title = f"{path.rpartition('/')[2]} - rdit" if path else "rdit"
        first_chunks = self.settings["rdit_first_chunks"]
        self.finish(
            self.render_template("rdit.html", config=config, title=title, first_chunks=first_chunks)
        )

    async def _existing_place(self, path: str) -> str:
        """The cleaned path, if its folder exists and it is no folder itself. The page finds out
        whether the script exists.

        Raises:
            HTTPError: 404, no script can have this path.
        """
        try:
            path = clean_path(path)
        except BadRequest:
            raise web.HTTPError(404, "No script below the server's root has this path.") from None
        contents: Any = self.contents_manager
        if await ensure_async(contents.dir_exists(path)):
            raise web.HTTPError(404, f"{path} is a folder, and rdit edits scripts.")
        folder = path.rpartition("/")[0]
        if folder and not await ensure_async(contents.dir_exists(folder)):
            raise web.HTTPError(404, f"There is no folder {folder} below the server's root.")
        return path
