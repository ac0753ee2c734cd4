"""A user's settings of the page, kept on the server."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from ..documents.user_settings import UserSettings
from ..protocol import SettingsBody, SettingsModel, SettingValue
from .base import RditHandler, allowed

_SETTINGS = msgspec.json.Decoder(SettingsBody)


class SettingsHandler(RditHandler):
    """`GET settings`, `PATCH settings`. The resource is Jupyter's own for a user's
    configuration, `config`."""

    _track_activity = False

    @property
    def _store(self) -> UserSettings:
        store: UserSettings = self.settings["rdit_user_settings"]
        return store

    @allowed("read", "config")
    async def get(self) -> None:
        await self._answer(self._store.read)

    @allowed("write", "config")
    async def patch(self) -> None:
        changes = self.decode(_SETTINGS).settings
        await self._answer(lambda: self._store.update(changes))

    async def _answer(self, call: Any) -> None:
        values = await asyncio.get_running_loop().run_in_executor(None, call)
        self.answer(SettingsModel({k: v for k, v in values.items() if _is_value(v)}))


def _is_value(value: Any) -> bool:
    """Whether a value in the file is one of the API's: people and other versions write there."""
    try:
        msgspec.convert(value, SettingValue)
    except msgspec.ValidationError:
        return False
    return True
