"""Kernel processes by way of Jupyter's managers: start, watch, interrupt, restart and end them.

It knows the life of processes and nothing of the messages to a kernel. Jupyter's session manager
starts every process, so that culling, the Running panel and hub activity treat it as any other.
Other clients may restart or end it too; whoever does, the owner is told:

    none --start--> up --gone(cause, coming_back)--> gone --back()--> up
                     \\--gone(cause, False)--> none
"""

from __future__ import annotations

import asyncio
import posixpath
import secrets
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Literal, Protocol

import zmq
import zmq.asyncio
from jupyter_core.utils import ensure_async

from ..errors import (
    KernelDied,
    KernelSilent,
    KernelUnavailable,
    NoGateways,
    PortTaken,
    cause_of_exit,
)
from .launch import Launch
from .link import KernelLink, LocalLink
from .managers import KernelManagers

# Seconds between two looks at whether the process still runs.
_WATCH = 0.2


class Owner(Protocol):
    """Who is told what becomes of a process, in the event loop.

    `kernel_gone`: it ended, of itself or by others; `coming_back`: Jupyter starts another in its
    place. `kernel_back`: there is that other process, which has nothing in its namespace.
    """

    def kernel_gone(self, error: KernelDied, coming_back: bool) -> None: ...
    def kernel_back(self) -> None: ...


class KernelProcess:
    """The process behind one session of rdit. `id` is Jupyter's kernel id, None without a
    process.

    Larger than a class should be: what is asked of a process and what becomes of it meanwhile meet
    in one phase, and a cut between the two would share all of their state.
    """

    def __init__(self, shared: KernelManagers, owner: Owner) -> None:
        self.id: str | None = None
        self._shared = shared
        self._owner = owner
        self._session_id: str | None = None
        self._phase: Literal["none", "up", "gone"] = "none"
        self._up = asyncio.Event()
        # True while we restart the process ourselves: what Jupyter reports then is not passed on.
        self._ours = False
        # Why the last process ended, as a sentence; "" if none has.
        self.cause = ""
        # Whether Jupyter was told that the kernel is busy.
        self._is_said_busy = False
        # Connections that Jupyter counts for the process, and those that `hold` was last given.
        self._held = 0
        self._wanted = 0
        # Held while a process is restarted or ended: ending must not overtake a restart.
        self._changing = asyncio.Lock()
        self._launch: Launch | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._clearing: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Whether there is a process, as far as is known: a crash is noticed within 0.2 s."""
        return self._phase == "up"

    @property
    def is_ended_by_others(self) -> bool:
        """Whether another client is ending or restarting the process now. Jupyter sends SIGINT
        first, so a KeyboardInterrupt that arrives meanwhile is not the user's."""
        if self._ours or self._phase != "up":
            return False
        # Jupyter's manager has let go of a kernel that was ended before it reports that.
        is_removed = self.id not in self._shared.kernels
        return is_removed or bool(getattr(self._manager, "shutting_down", False))

    @property
    def _manager(self) -> Any:
        return self._shared.kernels.get_kernel(self.id)

    async def start(self, path: str | None, name: str, kernel_name: str, timeout: float) -> None:
        """Start a process for the script at the Contents path `path`, in the script's folder.

        Raises:
            NoGateways: the server's kernels are behind a gateway.
            KernelUnavailable: it could not be started, and no process is left behind.
            TimeoutError: it was not started within `timeout` seconds; one that comes later is
                ended.
        """
        if self._shared.is_gateway:
            raise NoGateways
        folder, _, file = (path or "").rpartition("/")
        # A path that no document has: JupyterLab attaches a document to any session with the same
        # path. The type is `console`, so that the Running panel can open a console on the kernel.
        unique = f"{file or 'rdit'}-rdit-{secrets.token_hex(4)}"
        starting = asyncio.ensure_future(
            self._create(posixpath.join(folder, unique), name, kernel_name)
        )
        try:
            # Shielded: a start that is cancelled midway leaves a process that nobody knows of.
            # Instead it runs to its end, and `_end_orphan` ends what it started.
            model = await asyncio.wait_for(asyncio.shield(starting), timeout)
        except asyncio.CancelledError:
            starting.add_done_callback(self._end_orphan)
            raise
        except Exception as error:
            if not starting.done():
                starting.add_done_callback(self._end_orphan)
                raise
            message = getattr(error, "log_message", None) or str(error) or type(error).__name__
            raise KernelUnavailable(f"No kernel could be started: {message}") from error
        self._session_id = model["id"]
        self.id = model["kernel"]["id"]
        self._shared.own(self)
        self._held = 0
        manager = self._manager
        self._launch = Launch.of(manager)
        self._become_up()
        manager.add_restart_callback(self._restarting, "restart")
        manager.add_restart_callback(self._given_up, "dead")

    async def _create(self, path: str, name: str, kernel_name: str) -> dict[str, Any]:
        """Create a session in Jupyter's session manager; its model, when the process runs."""
        sessions, kernels = self._shared.sessions, self._shared.kernels
        model: dict[str, Any] = await sessions.create_session(
            path=path, name=name, type="console", kernel_name=kernel_name
        )
        try:
            await self._pending(kernels.get_kernel(model["kernel"]["id"]))
        except Exception:
            await self._discard(model["id"], model["kernel"]["id"])
            raise
        return model

    async def why(self, error: KernelUnavailable) -> KernelUnavailable:
        """The error to raise in place of this one: with the reason why the last process could not
        start, where it is found. That is PortTaken if another program has one of its ports, or else
        the same kind of error with what the kernel's command writes when it is run once more, which
        may take 5 s."""
        launch = self._launch
        if launch is None:
            return error
        taken = launch.taken_ports()
        if taken:
            named = ", ".join(f"{port} ({channel})" for channel, port in taken.items())
            return PortTaken(
                f"{error} Another program has a port that was chosen for it: {named}."
                " The next start takes others."
            )
        words = await asyncio.get_running_loop().run_in_executor(None, launch.last_words)
        if not words:
            return error
        advice = launch.explain(words)
        return type(error)(f"{error}{advice and f' {advice}'} Its last words:\n{words}")

    def link(self) -> KernelLink:
        """A new link to the process, not opened yet.

        Raises:
            KernelUnavailable: there is no process.
        """
        if self.id is None or self.id not in self._shared.kernels:
            raise KernelUnavailable("The kernel was shut down while it started.")
        shared = self._shared
        return LocalLink(self._manager, shared.context, shared.log, shared.crash_markers.make())

    async def wait_up(self, timeout: float) -> None:
        """Wait until the process is up, or until it is known that none is coming back.

        Raises:
            TimeoutError: neither happened within `timeout` seconds.
        """
        await asyncio.wait_for(self._up.wait(), timeout)

    async def interrupt(self) -> None:
        """Interrupt the process the way its kernel spec says: by SIGINT or by a message. Never
        fails: a process that has just ended needs none."""
        if self.id is not None and self._phase == "up":
            try:
                await ensure_async(self._shared.kernels.interrupt_kernel(self.id))
            except Exception as error:
                # A race with the end of the process, which ends the run as well.
                self._shared.log.warning("Kernel %s was not interrupted: %s", self.id, error)

    async def restart(self, timeout: float) -> None:
        """Replace the process by a new one. The owner, who asks for it, is not told of it.

        After an error there is no process any more.

        Raises:
            KernelSilent: it took longer than `timeout` seconds.
            KernelUnavailable: it failed, or the session was shut down meanwhile.
        """
        assert self.id is not None
        self._stop_watching()
        self._ours = True
        self._phase = "gone"
        self._up.clear()
        try:
            await asyncio.wait_for(self._exchange(self.id), timeout)
            if self.id is None:
                raise KernelUnavailable("The session was shut down.")
        except asyncio.TimeoutError:
            await self.shutdown(now=True)
            raise KernelSilent(
                f"The kernel could not be restarted within {timeout:.3g} s."
            ) from None
        except Exception as error:
            await self.shutdown()
            raise KernelUnavailable(f"The kernel could not be restarted: {error}") from error
        finally:
            self._ours = False
        self._become_up()

    async def _exchange(self, kernel_id: str) -> None:
        async with self._changing:
            now = not _takes_messages(self._manager)
            # Jupyter returns a future that resolves when the new kernel answers. It is not awaited:
            # `Kernel.boot` waits for an answer anyway. Its exception is retrieved, or asyncio logs
            # it.
            answered = await ensure_async(self._shared.kernels.restart_kernel(kernel_id, now=now))
            if isinstance(answered, asyncio.Future):
                answered.add_done_callback(lambda f: f.cancelled() or f.exception())
            # Let the listener of `kernel_actions` run now, while `_ours` suppresses the report.
            await asyncio.sleep(0)

    def shutdown(self, now: bool = False) -> Coroutine[Any, Any, None]:
        """Forget the process at once; awaiting what is returned ends it.

        `now`: kill it, rather than ask it first by `shutdown_request`.
        """
        kernel_id, session_id = self.id, self._session_id
        if kernel_id is not None:
            self._forget()
        return self._discard(session_id, kernel_id, now)

    async def _discard(
        self, session_id: str | None, kernel_id: str | None, now: bool = False
    ) -> None:
        if kernel_id is None:
            return
        sessions, kernels = self._shared.sessions, self._shared.kernels
        # A restart under way would leave a new process behind.
        async with self._changing:
            if kernel_id in kernels:
                manager = kernels.get_kernel(kernel_id)
                with suppress(Exception):
                    await self._pending(manager)
                if now or not _takes_messages(manager):
                    # `delete_session` would send a `shutdown_request`, which blocks while the
                    # kernel takes no messages. The session manager's row stays, and goes when it
                    # next lists its sessions: it drops those without a kernel.
                    await ensure_async(kernels.shutdown_kernel(kernel_id, now=True))
                    return
            try:
                await ensure_async(sessions.delete_session(session_id))
            except Exception as error:
                # A session manager may raise before or after the kernel was ended: look again.
                self._shared.log.debug("Session %s could not be deleted: %s", session_id, error)
                if kernel_id in kernels:
                    await ensure_async(kernels.shutdown_kernel(kernel_id))

    async def rename(self, name: str) -> None:
        """Set the name that Jupyter's lists show for the session."""
        if self._session_id is not None:
            await ensure_async(self._shared.sessions.update_session(self._session_id, name=name))

    def say_busy(self) -> None:
        """Set Jupyter's state of the kernel to busy, so that it is not culled during a run. The
        `idle` status after a query that was answered beside the run may have set it to idle."""
        if self.id is not None and self._phase == "up":
            self._manager.execution_state = "busy"
            self._is_said_busy = True

    def say_idle(self) -> None:
        """Take back `say_busy`, as no run is under way. A race: the `idle` status after the run may
        have come before it."""
        is_said, self._is_said_busy = self._is_said_busy, False
        if is_said and self.id in self._shared.kernels:
            self._manager.execution_state = "idle"

    def hold(self, count: int) -> None:
        """Make Jupyter count `count` connections to the kernel, now and after a restart. By default
        (`MappingKernelManager.cull_connected`) a kernel with connections is not culled."""
        self._wanted = count
        while self.id is not None and self._held != count:
            if self._held < count:
                self._shared.kernels.notify_connect(self.id)
                self._held += 1
            else:
                self._shared.kernels.notify_disconnect(self.id)
                self._held -= 1

    def introduce(self, about: dict[str, Any]) -> None:
        """Tell Jupyter what the kernel has said of itself (`kernel_info_reply`). Jupyter's
        websocket asks for it before it opens, on the shell channel: while a run is on it would not
        open, and the run's widgets and progress bars could not be shown."""
        known: Future[dict[str, Any]] = Future()
        known.set_result(about)
        if self.is_up:
            self._manager._kernel_info_future = known

    # ---- what happens to it

    def happened(self, action: str) -> None:
        """Called after a `kernel_actions` event: an action of Jupyter's managers on the process
        that succeeded, whichever client asked for it."""
        if self._ours:
            return
        if action == "restart":
            self._gone(
                KernelDied("The kernel was restarted from elsewhere.", "kernel-restarted"),
                coming_back=True,
            )
            self._back()
        elif action == "shutdown":
            self._gone(
                KernelDied(
                    "The kernel was shut down by the server, after long idleness, or from"
                    " elsewhere.",
                    "kernel-shut-down",
                ),
                coming_back=False,
            )

    def failed(self, why: str) -> None:
        """Called when a restart that another client asked for has failed: there is no process
        now."""
        if self._ours or self._phase == "none":
            return
        session_id, kernel_id = self._session_id, self.id
        self._gone(KernelDied(f"The kernel could not be restarted: {why}"), coming_back=False)
        self._clearing = asyncio.create_task(self._discard(session_id, kernel_id))

    async def _watch(self) -> None:
        """Poll for the end of the process five times a second. Jupyter's restarter polls every 3 s
        (`KernelRestarter.time_to_dead`), and only where autorestart is on."""
        while True:
            await asyncio.sleep(_WATCH)
            if self.id not in self._shared.kernels:
                return  # removed by Jupyter's manager: a `kernel_actions` event reports it
            manager = self._manager
            provisioner = getattr(manager, "provisioner", None)
            if manager.shutting_down or provisioner is None or not provisioner.has_process:
                continue
            code = await provisioner.poll()
            # A race: another client may have begun to end it while `poll` was awaited.
            if code is None or manager.shutting_down or self._phase != "up":
                continue
            restarter = getattr(manager, "_restarter", None)
            session_id, kernel_id = self._session_id, self.id
            self._gone(KernelDied(cause_of_exit(code)), coming_back=restarter is not None)
            # The rest runs in another task: this one is cancelled when the process is back.
            if restarter is not None:
                # Stop Jupyter's timer first: if it fired before `_hurry`, two processes would
                # start.
                manager.stop_restarter()
                self._clearing = asyncio.create_task(self._hurry(manager, restarter))
            else:
                self._clearing = asyncio.create_task(self._discard(session_id, kernel_id))
            return

    async def _hurry(self, manager: Any, restarter: Any) -> None:
        """Call the restarter's `poll` now rather than after up to 3 s: it restarts the process,
        counts failures and gives up as always."""
        try:
            await ensure_async(restarter.poll())
        finally:
            # The process did not come up: let the restarter's own timer go on.
            if self._phase == "gone" and not manager.shutting_down:
                manager.start_restarter()

    def _restarting(self) -> None:
        code = None
        process = getattr(getattr(self._manager, "provisioner", None), "process", None)
        if process is not None:
            code = process.poll()
        cause = "The kernel ended." if code is None else cause_of_exit(code)
        self._gone(KernelDied(cause), coming_back=True)

    def _given_up(self) -> None:
        cause = f"The kernel ends as soon as it is started. {self.cause}"
        self._gone(KernelDied(cause), coming_back=False)

    def _gone(self, error: KernelDied, coming_back: bool) -> None:
        if self._ours or self._phase == "none" or (self._phase == "gone" and coming_back):
            return
        self._phase = "gone"
        self.cause = str(error)
        self._up.clear()
        if not coming_back:
            self._forget()
        self._owner.kernel_gone(error, coming_back)

    def _back(self) -> None:
        if self._phase == "gone":
            self._become_up()
            self._owner.kernel_back()

    def _become_up(self) -> None:
        self._phase = "up"
        self._up.set()
        self.hold(self._wanted)
        self._stop_watching()
        self._watcher = asyncio.create_task(self._watch())

    def _forget(self) -> None:
        self._stop_watching()
        self._let_go()
        self.id = self._session_id = None
        self._phase = "none"
        # Wake those in `wait_up`: they see that `id` is None.
        self._up.set()

    def _let_go(self) -> None:
        wanted = self._wanted
        self.hold(0)
        self._wanted = wanted
        self._held = 0

    def _stop_watching(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None and watcher is not asyncio.current_task():
            watcher.cancel()

    def _end_orphan(self, starting: asyncio.Future[dict[str, Any]]) -> None:
        """End the process of a start that was given up (see `start`)."""
        if not starting.cancelled() and starting.exception() is None:
            model = starting.result()
            self._clearing = asyncio.create_task(
                self._discard(model["id"], model["kernel"]["id"], now=True)
            )

    @staticmethod
    async def _pending(manager: Any) -> None:
        """Wait for the process: with `use_pending_kernels` Jupyter returns before there is one."""
        ready = getattr(manager, "ready", None)
        if ready is not None:
            future = ready if asyncio.isfuture(ready) else asyncio.wrap_future(ready)
            await asyncio.shield(future)


def _takes_messages(manager: Any) -> bool:
    """Whether a `shutdown_request` of Jupyter's manager can be sent without blocking.

    The manager sends on a synchronous socket: at its high-water mark, where the kernel reads
    nothing, the send would block the event loop.
    """
    control = getattr(manager, "_control_socket", None)
    if control is None or control.closed:
        return True
    return bool(control.get(zmq.EVENTS) & zmq.POLLOUT)
