"""Executes scripts and statements, interrupts them, and clears what they have defined."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import msgspec
from tornado.iostream import StreamClosedError

from ..errors import UnknownSession
from ..protocol import (
    Done,
    ErrorEvent,
    Event,
    ExecuteBody,
    ExecuteRequest,
    ExecuteScriptBody,
    InterruptBody,
    ResetBody,
    RunAnswer,
    RunRequest,
)
from ..session.fold import SessionFold
from ..session.run import Run, new_run_id
from ..session.run_result import results
from ..session.session import Session
from ..wire.encode import encode
from ..wire.paths import optional_path
from .base import RditHandler, allowed

NDJSON = "application/x-ndjson"
_EXECUTE_SCRIPT = msgspec.json.Decoder(ExecuteScriptBody)
_EXECUTE = msgspec.json.Decoder(ExecuteBody)
_RESET = msgspec.json.Decoder(ResetBody)
_INTERRUPT = msgspec.json.Decoder(InterruptBody)
# Bytes of a stream that may be buffered for a caller that does not read them.
_MAX_BEHIND = 64 << 20


class RunHandler(RditHandler):
    """What `execute-script` and `execute` share: wait for a run's results, or stream its events."""

    _gone = False

    def on_connection_close(self) -> None:
        # The session owns the run, which goes on without this caller.
        self._gone = True

    async def execute(self, run: Run, body: ExecuteScriptBody | ExecuteBody) -> None:
        """Answer with the results of the run; with its events as NDJSON if `Accept` asks for that.

        Raises:
            TooBusy: the session's queue is full.
            KernelError: the run could not be executed at all.
        """
        session = await self.open_session(body.session, body.path)
        run.path = optional_path(body.path)
        run.timeout = body.timeout
        if NDJSON in self.request.headers.get("Accept", ""):
            await self._stream(session, run)
        else:
            await self._block(session, run)

    async def _block(self, session: Session, run: Run) -> None:
        fold = SessionFold()
        run.listeners.append(lambda events, lines: fold.apply(events))
        session.submit(run)
        await run.finished.wait()
        if run.failure is not None:
            raise run.failure
        if not self._gone:
            folded = fold.run(run.id)
            status = folded.done.status if folded.done else "ok"
            self.answer(RunAnswer(results(folded), status, run.id, session.id))

    async def _stream(self, session: Session, run: Run) -> None:
        stream = _EventStream()
        run.listeners.append(stream.put)
        session.submit(run)
        self.set_header("Content-Type", NDJSON)
        try:
            async for line in stream:
                if run.failure is not None and not self._headers_written:
                    raise run.failure
                self.write(line)
                await self.flush()
        except StreamClosedError:
            stream.close()
            return
        self.finish(set_content_type=NDJSON)


class _EventStream:
    """The events of a run as lines of JSON, buffered without back-pressure: a slow caller must not
    hold up the run. Beyond 64 MiB the stream ends with an `error` event instead."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._size = 0
        self._closed = False

    def put(self, events: Sequence[Event], text: bytes) -> None:
        """Append events, which `text` has as lines of JSON; the stream ends with `done`. A no-op
        after `close`."""
        if self._closed:
            return
        self._size += len(text)
        if self._size > _MAX_BEHIND:
            self.close()
            note = f"{_MAX_BEHIND} bytes wait to be read: the stream ends here, the run goes on."
            text = encode(ErrorEvent(message=note)) + b"\n"
        self._lines.put_nowait(text)
        if self._closed or any(isinstance(event, Done) for event in events):
            self._lines.put_nowait(None)

    def close(self) -> None:
        """Append nothing any more: the caller has gone."""
        self._closed = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (text := await self._lines.get()) is not None:
            self._size -= len(text)
            yield text


class ExecuteScriptHandler(RunHandler):
    """`POST execute-script`"""

    @allowed("execute", "kernels")
    async def post(self) -> None:
        body = self.decode(_EXECUTE_SCRIPT)
        asked = RunRequest(
            run=new_run_id(),
            script=body.script,
            line_range=body.line_range,
            stop_on_error=body.stop_on_error,
        )
        await self.execute(Run(asked), body)


class ExecuteHandler(RunHandler):
    """`POST execute`"""

    @allowed("execute", "kernels")
    async def post(self) -> None:
        body = self.decode(_EXECUTE)
        asked = ExecuteRequest(
            run=new_run_id(), statements=body.statements, stop_on_error=body.stop_on_error
        )
        await self.execute(Run(asked), body)


class ResetHandler(RditHandler):
    """`POST reset`"""

    @allowed("execute", "kernels")
    async def post(self) -> None:
        body = self.decode(_RESET)
        await self.require_permission("write", "kernels")
        session = await self.open_session(body.session, body.path)
        await session.reset(body.restart)
        self.answer({"status": "ok", "session": session.id, "restart": body.restart})


class InterruptHandler(RditHandler):
    """`POST interrupt`: 404 for a session that was named and does not exist."""

    @allowed("write", "kernels")
    async def post(self) -> None:
        body = self.decode(_INTERRUPT)
        session = self.sessions.find(body.session, optional_path(body.path))
        if session is not None:
            await session.interrupt()
        elif body.session is not None or body.path is not None:
            raise UnknownSession(body.session or body.path or "")
        # The default session is made by its first run: before that, interrupting it is a no-op.
        self.answer({"status": "ok"})
