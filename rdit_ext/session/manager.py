"""All sessions of a server: found, made, moved and ended.

Of a path there is at most one session, and so of a name; a session may have both. It knows no
kernels beyond their specs.
"""

from __future__ import annotations

import asyncio
import posixpath

from ..errors import BadRequest, TooBusy, UnknownSession
from ..kernel.link import Logger
from ..kernel.managers import KernelManagers
from ..protocol import KernelModel
from ..wire.paths import ScriptPath
from .session import Limits, Session

DEFAULT = "default"


class SessionManager:
    """All sessions of this server, found by id, by name or by the path of their script."""

    def __init__(self, shared: KernelManagers, limits: Limits, log: Logger) -> None:
        self.limits = limits
        self._shared = shared
        self._log = log
        self._sessions: dict[str, Session] = {}
        # Against a race: two concurrent calls for one name or path must not make two sessions.
        self._opening = asyncio.Lock()

    def all(self) -> list[Session]:
        """Every session that was not deleted, the oldest first."""
        return [s for s in self._sessions.values() if not s.forgotten]

    def get(self, name: str) -> Session:
        """The session with this id or name.

        Raises:
            UnknownSession: there is none, or it was deleted.
        """
        session = self._named(name)
        if session is None or session.forgotten:
            raise UnknownSession(name)
        return session

    def find(self, name: str | None, path: ScriptPath | None) -> Session | None:
        """The session that a request names, by name or else by Contents path, or None. Without
        both: the default session."""
        if name is None and path is not None:
            session = self._on(path)
        else:
            session = self._named(name or DEFAULT)
        return None if session is None or session.forgotten else session

    async def open(
        self,
        name: str | None = None,
        path: ScriptPath | None = None,
        kernel_name: str | None = None,
    ) -> Session:
        """The session that a request names, made if there is none. No kernel is started.

        Raises:
            BadRequest: the name is malformed, name and path belong to different sessions, or the
                session has another kernel spec than `kernel_name`.
            KernelUnavailable: there is no kernel spec for Python.
            TooBusy: `max_sessions` are in use.
        """
        if name is not None and "\0" in name:
            raise BadRequest(f"Expected a name without a null byte, got {name!r} - at `$.session`")
        async with self._opening:
            session = self._choose(name, path)
            if session is None:
                session = await self._make(name, path, kernel_name)
            elif kernel_name not in (None, session.kernel_name):
                await self._shared.check_name(kernel_name)
                raise BadRequest(
                    f"Expected {session.kernel_name!r}, the kernel that session {session.name!r}"
                    f" has, got {kernel_name!r} - at `$.kernelName`"
                )
            session.forgotten = False
            return session

    async def update(self, name: str, path: ScriptPath | None, kernel_name: str | None) -> Session:
        """Follow a script that was renamed to `path`; give it a kernel of another spec. None: as it
        is.

        Raises:
            UnknownSession: there is no session with this id or name.
            BadRequest: the path has a session in use, or no kernel spec for Python
                has this name.
            KernelUnavailable: the new kernel could not be started.
            KernelDied: the start was ended by a restart or a shutdown.
        """
        session = self.get(name)
        if path is not None and path != session.path:
            other = self._on(path)
            if other is not None and (other.kernel_id or other.viewers) and not other.forgotten:
                raise BadRequest(
                    f"Expected the path of a script without a session, got {path!r} - at `$.path`"
                )
            if other is not None:
                self._sessions.pop(other.id)
            await session.move(path)
        if kernel_name is not None:
            found, display_name = await self._shared.check_name(kernel_name)
            await session.change_kernel(KernelModel(name=found, display_name=display_name))
        return session

    async def delete(self, name: str) -> None:
        """End a session's kernel and forget it. With viewers attached it stays, unlisted, so that
        an open page can run the script again.

        Raises:
            UnknownSession: there is no session with this id or name.
        """
        session = self.get(name)
        session.forgotten = True
        await session.shutdown("The session was shut down.")
        self.sweep(session)

    def sweep(self, session: Session) -> None:
        """Free a session that was deleted, once it has no viewers. A no-op for any other."""
        if session.forgotten and not session.viewers:
            self._sessions.pop(session.id, None)

    async def close(self) -> None:
        """End all sessions with their kernels, and free what they share."""
        sessions, self._sessions = list(self._sessions.values()), {}
        await asyncio.gather(*(s.close() for s in sessions), return_exceptions=True)
        self._shared.close()

    async def place(self, path: ScriptPath | None) -> tuple[str, str]:
        """The absolute file path of the script at this Contents path, "" where there are no files;
        and the interpreter that its kernel has, or would have, "" if unknown."""
        session = self._on(path) if path is not None else None
        python = await self._shared.interpreter(session.kernel_name if session else None)
        return self._shared.os_path(path) if path is not None else "", python

    async def kernel_specs(self) -> dict[str, str]:
        """Display names by name of the kernel specs that a session can have."""
        return await self._shared.spec_names()

    @property
    def running(self) -> int:
        """How many sessions have a run or a reset under way or queued."""
        return sum(s.is_busy for s in self._sessions.values())

    def _named(self, name: str) -> Session | None:
        if name in self._sessions:
            return self._sessions[name]
        return next((s for s in self._sessions.values() if s.is_named and s.name == name), None)

    def _on(self, path: str) -> Session | None:
        return next((s for s in self._sessions.values() if s.path == path), None)

    def _choose(self, name: str | None, path: str | None) -> Session | None:
        if path is None:
            return self._named(name or DEFAULT)
        on_path = self._on(path)
        if name is None:
            return on_path
        named = self._named(name)
        if named is None and on_path is not None and not on_path.is_named:
            on_path.name, on_path.is_named = name, True
            return on_path
        # A session that has only a name accepts scripts of any path.
        other = named if named is not None and named.path not in (None, path) else None
        if other is not None:
            raise BadRequest(
                f"Expected {other.path!r}, the path of session {name!r}, got {path!r} - at `$.path`"
            )
        if on_path is not None and on_path is not named:
            raise BadRequest(
                f"Expected {on_path.name!r}, the session of the script {path!r}, got {name!r}"
                " - at `$.session`"
            )
        return named

    async def _make(self, name: str | None, path: str | None, kernel_name: str | None) -> Session:
        name_of_kernel, display_name = await self._shared.check_name(kernel_name)
        if len(self._sessions) >= self.limits.max_sessions:
            self._make_room()
        session = Session(
            self._shared,
            self.limits,
            name or (posixpath.basename(path) if path else DEFAULT),
            path,
            KernelModel(name=name_of_kernel, display_name=display_name),
            self._log,
        )
        session.is_named = name is not None or path is None
        self._sessions[session.id] = session
        return session

    def _make_room(self) -> None:
        """Evict the session that was idle longest, of those without kernel and viewers.

        Raises:
            TooBusy: all are in use.
        """
        idle = [
            s
            for s in self._sessions.values()
            if s.kernel_id is None and not s.viewers and not s.is_busy
        ]
        if not idle:
            limit = self.limits.max_sessions
            raise TooBusy(
                f"There are {limit} sessions already, and no more are allowed:"
                " DELETE one at rdit/sessions/ID.",
                limit,
            )
        del self._sessions[min(idle, key=lambda s: s.last_activity).id]
