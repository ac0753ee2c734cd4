"""What all handlers of the HTTP API share: permissions, bodies, answers, and errors with their
status.

Every method but `health` requires an authenticated user, and asks Jupyter's authorizer.
https://jupyter-server.readthedocs.io/en/latest/operators/security.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web

from ..errors import (
    BadRequest,
    KernelError,
    NoRuff,
    RditError,
    RuffFailed,
    Superseded,
    TooBusy,
    TooLarge,
    UnknownSession,
)
from ..session.manager import SessionManager
from ..session.session import Session
from ..wire.decode import decode
from ..wire.encode import encode
from ..wire.paths import optional_path

T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., Any])
# In this order: the first kind that an error is of gives its status.
_STATUS = (
    (UnknownSession, 404),
    (Superseded, 409),
    (TooLarge, 413),
    (TooBusy, 429),
    (BadRequest, 400),
    (RuffFailed, 422),
    (NoRuff, 501),
    (KernelError, 503),
    (RditError, 500),
)


def allowed(action: str, resource: str) -> Callable[[Method], Method]:
    """A decorator of handler methods: 401 or 403 unless the user is authenticated, and the
    authorizer allows this action on this resource."""

    def decorate(method: Method) -> Method:
        # `authenticated` is the outer one: `authorized` needs a user.
        check: Callable[[Method], Method] = authorized(action, resource)
        return cast(Method, web.authenticated(check(method)))

    return decorate


class RditHandler(ExtensionHandlerMixin, APIHandler):
    """What all handlers of the API share."""

    @property
    def sessions(self) -> SessionManager:
        manager: SessionManager = self.settings["rdit_sessions"]
        return manager

    def set_default_headers(self) -> None:
        super().set_default_headers()
        # Results of a user's code: no proxy or browser may cache them.
        self.set_header("Cache-Control", "no-store")

    def decode(self, decoder: msgspec.json.Decoder[T]) -> T:
        """The decoded body; an empty one counts as `{}`.

        Raises:
            TooLarge: it has more than `max_script_bytes`.
            BadRequest: it is not what the decoder expects.
        """
        body = self.request.body
        limit = self.sessions.limits.max_script_bytes
        if len(body) > limit:
            raise TooLarge(f"Expected a body of at most {limit} bytes, got {len(body)} - at `$`")
        return decode(body.strip() or b"{}", decoder)

    def answer(self, value: Any, status: int = 200) -> None:
        """Finish the request with this value as JSON."""
        self.set_status(status)
        self.finish(encode(value))

    async def require_permission(self, action: str, resource: str) -> None:
        """Check a permission that only some requests of a method need.

        Raises:
            HTTPError: 403, the authorizer does not allow this action on this resource.
        """
        if not await self.is_allowed(action, resource):
            raise web.HTTPError(403, f"User is not authorized to {action} on resource: {resource}.")

    async def is_allowed(self, action: str, resource: str) -> bool:
        """Whether the authorizer allows this action on this resource."""
        return bool(
            await ensure_async(
                self.authorizer.is_authorized(self, self.current_user, action, resource)
            )
        )

    async def open_session(self, name: str | None, path: str | None) -> Session:
        """The session that a request names; made if there is none and the user may write sessions.

        Raises:
            HTTPError: 403, the user may not make one.
            BadRequest, KernelUnavailable, TooBusy: as `SessionManager.open`.
        """
        script = optional_path(path)
        if self.sessions.find(name, script) is None:
            await self.require_permission("write", "sessions")
        return await self.sessions.open(name, script)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        error = kwargs.get("exc_info", (None, None))[1]
        if not isinstance(error, RditError):
            super().write_error(status_code, **kwargs)
            return
        status_code = next(status for kind, status in _STATUS if isinstance(error, kind))
        self.set_status(status_code)
        reply: dict[str, Any] = {"message": str(error), "cause": error.cause}
        if isinstance(error, TooBusy):
            reply["limit"] = error.limit
        self.finish(encode(reply))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        if isinstance(value, RditError):
            self.log.info("%s %s: %s", self.request.method, self.request.path, value)
        else:
            super().log_exception(typ, value, tb)
