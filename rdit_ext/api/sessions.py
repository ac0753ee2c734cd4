"""Lists, opens, changes and ends sessions."""

from __future__ import annotations

import msgspec

from ..protocol import OpenSessionBody, UpdateSessionBody
from ..wire.paths import optional_path
from .base import RditHandler, allowed

_UPDATE_SESSION = msgspec.json.Decoder(UpdateSessionBody)
_OPEN_SESSION = msgspec.json.Decoder(OpenSessionBody)


class SessionsHandler(RditHandler):
    """`GET sessions`, `POST sessions`"""

    @allowed("read", "sessions")
    async def get(self) -> None:
        self.answer([session.model() for session in self.sessions.all()])

    @allowed("execute", "kernels")
    async def post(self) -> None:
        body = self.decode(_OPEN_SESSION)
        await self.require_permission("write", "sessions")
        path = optional_path(body.path)
        is_new = self.sessions.find(body.name, path) is None
        session = await self.sessions.open(body.name, path, body.kernel_name)
        await session.start()
        self.answer(session.model(), 201 if is_new else 200)


class SessionHandler(RditHandler):
    """`GET sessions/ID`, `PATCH sessions/ID`, `DELETE sessions/ID`"""

    @allowed("read", "sessions")
    async def get(self, name: str) -> None:
        self.answer(self.sessions.get(name).model())

    @allowed("write", "sessions")
    async def patch(self, name: str) -> None:
        body = self.decode(_UPDATE_SESSION)
        if body.kernel_name is not None:
            await self.require_permission("execute", "kernels")
            await self.require_permission("write", "kernels")
        path = optional_path(body.path)
        self.answer((await self.sessions.update(name, path, body.kernel_name)).model())

    @allowed("write", "sessions")
    async def delete(self, name: str) -> None:
        await self.require_permission("write", "kernels")
        await self.sessions.delete(name)
        self.set_status(204)
        self.finish()
