"""What ruff finds in a script, and the script in its format. Nothing of the script is executed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from typing import Any, TypeVar

import msgspec

from ..documents.ruff import Place, Ruff
from ..protocol import FormatBody, LintBody
from ..wire.paths import optional_path
from .base import RditHandler, allowed

T = TypeVar("T")
_LINT = msgspec.json.Decoder(LintBody)
_FORMAT = msgspec.json.Decoder(FormatBody)


class RuffHandler(RditHandler):
    """What both have in common."""

    _asked: asyncio.Task[Any] | None = None

    @property
    def ruff(self) -> Ruff:
        ruff: Ruff = self.settings["rdit_ruff"]
        return ruff

    async def place(self, path: str | None) -> Place:
        """Where the script at this Contents path is, and which Python its kernel has.

        Raises:
            BadRequest: the path is malformed.
        """
        script = optional_path(path)
        file, python = await self.sessions.place(script)
        is_there = bool(file) and await asyncio.to_thread(os.path.isdir, os.path.dirname(file))
        return Place(os.path.abspath(file) if is_there else "", python)

    async def until_gone(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result; None if the caller has hung up meanwhile, which ends the work."""
        asked: asyncio.Task[T] = asyncio.ensure_future(work)
        self._asked = asked
        try:
            return await asked
        except asyncio.CancelledError:
            if asked.cancelled():
                return None
            raise

    def on_connection_close(self) -> None:
        super().on_connection_close()
        if self._asked is not None:
            self._asked.cancel()


class LintHandler(RuffHandler):
    """`POST lint`"""

    # Asked while someone types, and by a page that is left open.
    _track_activity = False

    @allowed("read", "contents")
    async def post(self) -> None:
        body = self.decode(_LINT)
        place = await self.place(body.path)
        found = await self.until_gone(self.ruff.lint(body.script, place, body.viewer))
        if found is not None:
            self.answer(found)


class FormatHandler(RuffHandler):
    """`POST format`"""

    @allowed("read", "contents")
    async def post(self) -> None:
        body = self.decode(_FORMAT)
        place = await self.place(body.path)
        made = await self.until_gone(self.ruff.format(body.script, place, body.line_range))
        if made is not None:
            self.answer(made)
