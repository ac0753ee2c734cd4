"""One viewer of one session: authorize, decode its requests, call the session, send it events.

Back-pressure: what a slow viewer has not read is buffered up to `max_viewer_bytes`. Beyond that
frames of the session's events are dropped, and when the socket is writable again it is sent what it
missed from the session's log. Answers to its own queries are in no log, and are kept.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any, NamedTuple, TypeVar

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.extension.handler import ExtensionHandlerMixin
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from ..errors import BadRequest, NotAllowed, RditError, TooLarge, unhandled
from ..protocol import (
    Answer,
    AttachRequest,
    ErrorEvent,
    ExecuteRequest,
    InputRequest,
    InterruptRequest,
    QueryRequest,
    Refusal,
    Request,
    ResetRequest,
    RunRequest,
)
from ..session.manager import SessionManager
from ..session.run import Run
from ..session.session import Session
from ..wire.decode import decode, decode_params
from ..wire.encode import encode, frames
from ..wire.paths import optional_path

T = TypeVar("T")
_DECODER = msgspec.json.Decoder(Request)
# The websocket close code "Try Again Later".
# https://www.iana.org/assignments/websocket/websocket.xhtml
_TRY_LATER = 1013
# The default of `ServerApp.max_body_size`.
_MAX_FRAME_BYTES = 512 << 20


class _Frame(NamedTuple):
    """What is to be written to a viewer."""

    data: bytes
    # To resume after once it is written; None: as before.
    seq: int | None = None
    # For this viewer alone.
    is_own: bool = False


class RditSocket(
    WebSocketMixin,
    WebSocketHandler,
    ExtensionHandlerMixin,
    JupyterHandler,
):
    """`GET ws?session=…` or `?path=…`"""

    session: Session | None = None

    @property
    def sessions(self) -> SessionManager:
        manager: SessionManager = self.settings["rdit_sessions"]
        return manager

    def set_default_headers(self) -> None:
        """None: Jupyter's default headers (CSP) are for pages, not for a websocket."""

    def get_compression_options(self) -> Any:
        return self.settings.get("websocket_compression_options")

    @property
    def max_message_size(self) -> int:
        # tornado closes the connection on a larger message, without a reason that the page could
        # show. So it is as large as Jupyter's limit for HTTP bodies, and `_admit` answers a message
        # beyond our own limit with an error.
        return max(_MAX_FRAME_BYTES, 2 * self.sessions.limits.max_script_bytes)

    async def is_allowed(self, action: str, resource: str) -> bool:
        """Whether the authorizer allows this action on this resource."""
        return bool(
            await ensure_async(
                self.authorizer.is_authorized(self, self.current_user, action, resource)
            )
        )

    @ws_authenticated
    async def get(self) -> None:
        if not await self.is_allowed("execute", "kernels"):
            raise web.HTTPError(403, "You are not authorized to execute on kernels.")
        self._name = self.get_argument("session", None)
        try:
            self._path = optional_path(self.get_argument("path", None))
        except BadRequest as error:
            raise web.HTTPError(400, str(error)) from None
        known = self.sessions.find(self._name, self._path)
        if known is None and not await self.is_allowed("write", "sessions"):
            raise web.HTTPError(403, "You are not authorized to write sessions.")
        await super().get()

    async def open(self) -> None:
        super().open()
        # TCP_NODELAY: Nagle's algorithm holds a small frame back until the peer has acknowledged
        # the one before, and delayed ACKs make that 40 ms.
        self.set_nodelay(True)
        self._outbox: deque[_Frame] = deque()
        self._size = 0
        # The `seq` of the last event written: where to resume if frames had to be dropped.
        self._seq = 0
        self._is_behind = False
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writer = asyncio.create_task(self._write())
        try:
            self.session = await self.sessions.open(self._name, self._path)
        except RditError as error:
            await self.write_message(encode([ErrorEvent(message=str(error), cause=error.cause)]))
            self.close(_TRY_LATER, "No session")

    async def on_message(self, message: str | bytes) -> None:
        # tornado reads the next frame when this coroutine returns. Admission is therefore serial,
        # however long an asynchronous authorizer takes: a run must not overtake the interrupt that
        # was sent before it. Handling is concurrent, in a task each: an interrupt must not wait for
        # a reset to finish. The order is kept all the same, as a task enters the session's queue
        # before its first `await`.
        request = await self._guarded(message, self._admit(message))
        if request is None:
            return
        task = asyncio.create_task(self._guarded(message, self._handle(request)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # Yield once to the event loop, so that the task starts now.
        await asyncio.sleep(0)

    async def _guarded(self, message: str | bytes, work: Coroutine[Any, Any, T]) -> T | None:
        """What `work` on the message returns; None if it raised, after an `error` event was
        sent."""
        try:
            return await work
        except RditError as error:
            self._say(_refusal(error, message))
        except Exception:
            self.log.exception("rdit: a request over the websocket failed")
            failure = RditError("rdit failed on this request; the server's log says why.")
            self._say(_refusal(failure, message))
        return None

    def on_close(self) -> None:
        if self.session is not None:
            self.session.detach(self)
            self.sessions.sweep(self.session)
        if hasattr(self, "_writer"):
            self._writer.cancel()

    # ---- requests

    async def _admit(self, message: str | bytes) -> Request:
        """The decoded request.

        Raises:
            TooLarge: the message has more than `max_script_bytes`.
            BadRequest: it cannot be understood.
            NotAllowed: the authorizer does not allow it.
        """
        limit = self.sessions.limits.max_script_bytes
        if len(message) > limit:
            raise TooLarge(f"Expected at most {limit} bytes, got {len(message)}.")
        request: Request = decode(message, _DECODER)
        if isinstance(request, (InterruptRequest, ResetRequest)) and not await self.is_allowed(
            "write", "kernels"
        ):
            raise NotAllowed("You are not authorized to write kernels.")
        return request

    async def _handle(self, request: Request) -> None:
        session = self.session
        if session is None:
            raise RditError("This connection has no session: open it again.")
        if isinstance(request, AttachRequest):
            self._attach(session, request.since, request.log)
            # `since` is 0 when a page was just opened: start its kernel. A later `attach` is a
            # page's heartbeat or reconnect, which must not restart a kernel that was shut down.
            if self._path is not None and request.since == 0:
                session.warm()
        elif isinstance(request, (RunRequest, ExecuteRequest)):
            session.submit(Run(request, allow_stdin=True))
        elif isinstance(request, InputRequest):
            session.answer_input(request.text)
        elif isinstance(request, InterruptRequest):
            await session.interrupt()
        elif isinstance(request, ResetRequest):
            await session.reset(request.restart)
        elif isinstance(request, QueryRequest):
            result = await session.query(request.method, decode_params(request), self)
            self._say(Answer(id=request.id, result=result))
        else:
            unhandled(request)

    # ---- events

    def send(self, frame: bytes, seq: int | None) -> None:
        """Part of `Viewer`: buffer a frame whose last event has the number `seq`."""
        if self._is_behind:
            return
        self._outbox.append(_Frame(frame, seq))
        self._size += len(frame)
        if self._size > self.sessions.limits.max_viewer_bytes:
            self._outbox = deque(frame for frame in self._outbox if frame.is_own)
            self._size = self._own_size()
            self._is_behind = True
        self._wake.set()

    def _say(self, event: Answer | ErrorEvent) -> None:
        """Send an event to this viewer only, after the frames that are buffered. It is never
        dropped, as no snapshot has it: where too much of the kind waits, an answer becomes a
        refusal."""
        data = encode([event])
        own, limit = self._own_size(), self.sessions.limits.max_viewer_bytes
        if own and own + len(data) > limit and isinstance(event, Answer):
            said = (
                f"This page has not read {own} bytes of answers yet, of at most {limit}. Ask again."
            )
            data = encode([Answer(id=event.id, error=Refusal(message=said, cause="too-busy"))])
        self._outbox.append(_Frame(data, is_own=True))
        self._size += len(data)
        self._wake.set()

    def _own_size(self) -> int:
        return sum(len(frame.data) for frame in self._outbox if frame.is_own)

    def _attach(self, session: Session, since: int, log: str) -> None:
        attached, missed = session.attach(self, since, log)
        self._outbox.append(_Frame(encode([attached]), attached.since))
        for frame in frames(missed):
            # `seq` is advanced only after the last frame: a snapshot that was sent in part is no
            # state to resume from.
            self._outbox.append(_Frame(frame))
        self._outbox.append(_Frame(b"", attached.seq))
        self._wake.set()

    async def _write(self) -> None:
        """Write the buffered frames, each when the one before was taken by the socket: tornado
        buffers without limit what is written and not awaited."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._outbox or self._is_behind:
                    if not self._outbox:
                        self._catch_up()
                        continue
                    frame = self._outbox.popleft()
                    if frame.data:
                        self._size = max(0, self._size - len(frame.data))
                        await self.write_message(frame.data)
                    if frame.seq is not None:
                        self._seq = frame.seq
        except WebSocketClosedError:
            pass  # tornado calls `on_close`

    def _catch_up(self) -> None:
        self._is_behind = False
        if self.session is not None:
            self._attach(self.session, self._seq, self.session.events.id)


def _refusal(error: RditError, message: str | bytes) -> Answer | ErrorEvent:
    """The error as the answer to a query, by its `id`, or as an event with the request's `run`."""
    try:
        raw = msgspec.json.decode(message)
    except (msgspec.DecodeError, RecursionError):
        raw = None
    sent: dict[str, Any] = raw if isinstance(raw, dict) else {}
    run, query = sent.get("run"), sent.get("id")
    if sent.get("type") == "query" and isinstance(query, str):
        return Answer(id=query, error=Refusal(message=str(error), cause=error.cause))
    run = run if isinstance(run, str) else None
    return ErrorEvent(message=str(error), cause=error.cause, run=run)
