"""Whether rdit is here, for monitors and for pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated

from .. import __version__
from .base import RditHandler


class HealthHandler(RditHandler):
    """`GET health`: for monitors, and so the one method without authentication. It starts nothing,
    and tells an anonymous caller only that the extension is there, with its version."""

    _track_activity = False

    @allow_unauthenticated
    async def get(self) -> None:
        reply: dict[str, Any] = {"status": "ok", "version": __version__}
        if self.current_user:
            # A browser hides the status of a websocket that is refused: the page asks for it here.
            reply["mayExecute"] = await self.is_allowed("execute", "kernels")
        if self.current_user and await self.is_allowed("read", "kernels"):
            manager = self.sessions
            reply["kernelSpecs"] = await manager.kernel_specs()
            reply["sessions"] = len(manager.all())
            reply["running"] = manager.running
            reply["limits"] = asdict(manager.limits)
        self.answer(reply)
