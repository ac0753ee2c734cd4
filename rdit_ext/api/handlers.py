"""HTTP: decode a request, call the session, encode the answer; and the editor page.

Here, and only here, our errors get their HTTP status. Every method but `health` requires an
authenticated user, and asks Jupyter's authorizer.
https://jupyter-server.readthedocs.io/en/latest/operators/security.html
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar, cast

import msgspec
from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import allow_unauthenticated, authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.extension.handler import ExtensionHandlerJinjaMixin, ExtensionHandlerMixin
from tornado import web
from tornado.iostream import StreamClosedError

from .. import __version__
from ..documents.convert import MIME_TYPES, export, notebook_to_script
from ..errors import (
    BadRequest,
    KernelError,
    RditError,
    TooBusy,
    TooLarge,
    UnknownSession,
)
from ..protocol import (
    Done,
    ErrorEvent,
    Event,
    ExecuteBody,
    ExecuteRequest,
    ExecuteScriptBody,
    ExportBody,
    FilePath,
    InterruptBody,
    NotebookScriptBody,
    OpenSessionBody,
    ResetBody,
    RunAnswer,
    RunRequest,
    UpdateSessionBody,
)
from ..session.fold import SessionFold
from ..session.manager import SessionManager, clean_path
from ..session.run import Run, new_run_id
from ..session.run_result import results
from ..session.session import Session
from ..wire.decode import decode
from ..wire.encode import encode
from .openapi import document

T = TypeVar("T")
Method = TypeVar("Method", bound=Callable[..., Any])
NDJSON = "application/x-ndjson"
_EXECUTE_SCRIPT = msgspec.json.Decoder(ExecuteScriptBody)
_EXECUTE = msgspec.json.Decoder(ExecuteBody)
_RESET = msgspec.json.Decoder(ResetBody)
_INTERRUPT = msgspec.json.Decoder(InterruptBody)
_EXPORT = msgspec.json.Decoder(ExportBody)
_NOTEBOOK_SCRIPT = msgspec.json.Decoder(NotebookScriptBody)
_UPDATE_SESSION = msgspec.json.Decoder(UpdateSessionBody)
_OPEN_SESSION = msgspec.json.Decoder(OpenSessionBody)
_STATUS = (
    (UnknownSession, 404),
    (TooLarge, 413),
    (TooBusy, 429),
    (BadRequest, 400),
    (KernelError, 503),
    (RditError, 500),
)
# Bytes of a stream that may be buffered for a caller that does not read them.
_MAX_BEHIND = 64 << 20


def allowed(action: str, resource: str) -> Callable[[Method], Method]:
    """A decorator of handler methods: 401 or 403 unless the user is authenticated, and the
    authorizer allows this action on this resource."""

    def decorate(method: Method) -> Method:
        # `authenticated` is the outer one: `authorized` needs a user.
        check: Callable[[Method], Method] = authorized(action, resource)
        return cast(Method, web.authenticated(check(method)))

    return decorate


def files_root(contents: Any) -> str:
    """The folder that Contents paths begin at; empty where they are no files of this machine."""
    return str(getattr(contents, "root_dir", ""))


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

    async def must(self, action: str, resource: str) -> None:
        """Check a permission that only some requests of a method need.

        Raises:
            HTTPError: 403, the authorizer does not allow this action on this resource.
        """
        if not await self.may(action, resource):
            raise web.HTTPError(403, f"User is not authorized to {action} on resource: {resource}.")

    async def may(self, action: str, resource: str) -> bool:
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
        if self.sessions.find(name, path) is None:
            await self.must("write", "sessions")
        return await self.sessions.open(name, path)

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


class HealthHandler(RditHandler):
    """`GET health`: for monitors, and so the one method without authentication. It starts nothing,
    and tells an anonymous caller only that the extension is there, with its version."""

    _track_activity = False

    @allow_unauthenticated
    async def get(self) -> None:
        reply: dict[str, Any] = {"status": "ok", "version": __version__}
        if self.current_user:
            # A browser hides the status of a websocket that is refused: the page asks for it here.
            reply["mayExecute"] = await self.may("execute", "kernels")
        if self.current_user and await self.may("read", "kernels"):
            manager = self.sessions
            reply["kernelSpecs"] = await manager.kernel_specs()
            reply["sessions"] = len(manager.all())
            reply["running"] = manager.running
            reply["limits"] = asdict(manager.limits)
        self.answer(reply)


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
        run.path = None if body.path is None else clean_path(body.path)
        run.timeout = body.timeout
        if NDJSON in self.request.headers.get("Accept", ""):
            await self._stream(session, run)
        else:
            await self._block(session, run)

    async def _block(self, session: Session, run: Run) -> None:
        fold = SessionFold()
        run.listeners.append(fold.apply)
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

    def put(self, events: Sequence[Event]) -> None:
        """Append events; the stream ends with `done`. A no-op after `close`."""
        if self._closed:
            return
        text = b"".join(encode(event) + b"\n" for event in events)
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
        await self.must("write", "kernels")
        session = await self.open_session(body.session, body.path)
        await session.reset(body.restart)
        self.answer({"status": "ok", "session": session.id, "restart": body.restart})


class InterruptHandler(RditHandler):
    """`POST interrupt`: 404 for a session that was named and does not exist."""

    @allowed("write", "kernels")
    async def post(self) -> None:
        body = self.decode(_INTERRUPT)
        session = self.sessions.find(body.session, body.path)
        if session is not None:
            await session.interrupt()
        elif body.session is not None or body.path is not None:
            raise UnknownSession(body.session or body.path or "")
        # The default session is made by its first run: before that, interrupting it is a no-op.
        self.answer({"status": "ok"})


class SessionsHandler(RditHandler):
    """`GET sessions`, `POST sessions`"""

    @allowed("read", "sessions")
    async def get(self) -> None:
        self.answer([session.model() for session in self.sessions.all()])

    @allowed("execute", "kernels")
    async def post(self) -> None:
        body = self.decode(_OPEN_SESSION)
        await self.must("write", "sessions")
        is_new = self.sessions.find(body.name, body.path) is None
        session = await self.sessions.open(body.name, body.path, body.kernel_name)
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
            await self.must("execute", "kernels")
            await self.must("write", "kernels")
        self.answer((await self.sessions.update(name, body.path, body.kernel_name)).model())

    @allowed("write", "sessions")
    async def delete(self, name: str) -> None:
        await self.must("write", "kernels")
        await self.sessions.delete(name)
        self.set_status(204)
        self.finish()


class ExportHandler(RditHandler):
    """`POST export`: converts what the body holds; it executes nothing, and reads no file."""

    @allowed("read", "contents")
    async def post(self) -> None:
        body = self.decode(_EXPORT)
        text = await asyncio.get_running_loop().run_in_executor(
            None, export, body.script, body.results, body.format, body.title
        )
        mime_type, ending = MIME_TYPES[body.format]
        self.set_attachment_header(f"{body.title or 'script'}{ending}")
        self.finish(text, set_content_type=mime_type)


class NotebookScriptHandler(RditHandler):
    """`POST notebook-script`"""

    @allowed("read", "contents")
    async def post(self) -> None:
        path = clean_path(self.decode(_NOTEBOOK_SCRIPT).path)
        await self.must("write", "contents")
        contents: Any = self.contents_manager
        model = await ensure_async(contents.get(path, content=True, type="notebook"))
        folder, _, name = path.rpartition("/")
        wanted = f"{name.rpartition('.')[0] or name}.py"
        free = await ensure_async(contents.increment_filename(wanted, folder, insert="-"))
        target = f"{folder}/{free}" if folder else free
        text = notebook_to_script(model["content"])
        await ensure_async(
            contents.save({"type": "file", "format": "text", "content": text}, target)
        )
        self.answer(FilePath(target), 201)


class OpenApiHandler(RditHandler):
    """`GET openapi.json`"""

    @allowed("read", "kernels")
    async def get(self) -> None:
        self.answer(document(__version__, self.base_url))


class PageHandler(ExtensionHandlerJinjaMixin, ExtensionHandlerMixin, JupyterHandler):
    """`GET /rdit`, `/rdit/edit/PATH`: the editor page. It runs nothing.

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
        self.finish(self.render_template("rdit.html", config=config, title=title))

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
