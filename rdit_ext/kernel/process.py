"""Kernel processes by way of Jupyter's managers: start, watch, interrupt, restart and end them.

It knows the life of processes and nothing of the messages to a kernel. Jupyter's session manager
starts every process, so that culling, the Running panel and hub activity treat it as any other.
Other clients may restart or end it too; whoever does, the owner is told:

    none --start--> up --gone(cause, coming_back)--> gone --back()--> up
                     \\--gone(cause, False)--> none
"""

from __future__ import annotations

import asyncio
import os
import posixpath
import re
import secrets
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Literal, Protocol

import zmq
import zmq.asyncio
from jupyter_core.utils import ensure_async

from ..errors import (
    BadRequest,
    KernelDied,
    KernelSilent,
    KernelUnavailable,
    NoGateways,
    PortTaken,
    cause_of_exit,
)
from .client import ANSWER, QUERY, SAFE_PATH, KernelLink, LocalLink, Log
from .crash_marker import Places
from .launch import Launch

_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
# Seconds between two looks at whether the process still runs.
_WATCH = 0.2
# The end of the path that a session of ours has in Jupyter's session manager.
_OURS = re.compile(r"-rdit-[0-9a-f]{8}$")


class Owner(Protocol):
    """Who is told what becomes of a process, in the event loop.

    `kernel_gone`: it ended, of itself or by others; `coming_back`: Jupyter starts another in its
    place. `kernel_back`: there is that other process, which has nothing in its namespace.
    """

    def kernel_gone(self, error: KernelDied, coming_back: bool) -> None: ...
    def kernel_back(self) -> None: ...


class KernelProcesses:
    """What all processes share: Jupyter's managers, one ZMQ context, one folder of shared files."""

    def __init__(
        self,
        kernel_manager: Any,
        session_manager: Any,
        kernel_spec_manager: Any,
        contents_manager: Any,
        event_logger: Any,
        log: Log,
    ) -> None:
        self.kernels = kernel_manager
        self.sessions = session_manager
        self.specs = kernel_spec_manager
        self.contents = contents_manager
        self.log = log
        # Queries are no activity: a page that asks does not keep an idle kernel from being culled.
        # And Jupyter would take the `idle` status that ends a query for the kernel's own: one that
        # runs would be culled as an idle one.
        untracked = getattr(kernel_manager, "untracked_message_types", None)
        if untracked is not None:
            ours = [kind for kind in (QUERY, ANSWER) if kind not in untracked]
            kernel_manager.untracked_message_types = [*untracked, *ours]
        _import_safely(session_manager)
        self._context: zmq.asyncio.Context | None = None
        self._places: Places | None = None
        self._processes: dict[str, KernelProcess] = {}
        self._event_logger = event_logger
        if event_logger is not None:
            event_logger.add_listener(schema_id=_ACTIONS, listener=self._on_action)

    @property
    def context(self) -> zmq.asyncio.Context:
        """The ZMQ context of all links: each context has an I/O thread and a reaper thread."""
        if self._context is None:
            self._context = zmq.asyncio.Context()
            # No high-water mark: by default a SUB socket that is 1000 messages behind drops the
            # next ones, an `idle` status among them.
            # http://api.zeromq.org/4-2:zmq-setsockopt (ZMQ_RCVHWM)
            self._context.setsockopt(zmq.RCVHWM, 0)
        return self._context

    @property
    def places(self) -> Places:
        """The folder of files in which kernels record which statement runs."""
        if self._places is None:
            self._places = Places()
        return self._places

    def close(self) -> None:
        """Free the ZMQ context and the folder. Every link must be closed before."""
        if self._event_logger is not None:
            self._event_logger.remove_listener(schema_id=_ACTIONS, listener=self._on_action)
        if self._context is not None:
            self._context.destroy(linger=0)
        if self._places is not None:
            self._places.close()

    @property
    def is_gateway(self) -> bool:
        """Whether the kernels are on another machine, behind a gateway."""
        # Looked up rather than imported: importing it is slow, and a server with a gateway has
        # imported it already.
        managers = sys.modules.get("jupyter_server.gateway.managers")
        kind = getattr(managers, "GatewayMappingKernelManager", None)
        return kind is not None and isinstance(self.kernels, kind)

    async def spec_names(self) -> dict[str, str]:
        """Display names by name of the kernel specs for Python. Behind a gateway: none."""
        if self.is_gateway:
            return {}
        specs = await ensure_async(self.specs.get_all_specs())
        return {
            name: model["spec"].get("display_name", name)
            for name, model in specs.items()
            if model["spec"].get("language", "").lower() == "python"
        }

    async def check_name(self, name: str | None) -> tuple[str, str]:
        """The name and display name of this kernel spec; of the default one for None.

        Raises:
            BadRequest: no kernel spec for Python has this name.
            KernelUnavailable: there is no kernel spec for Python.
        """
        if self.is_gateway:
            # `KernelProcess.start` refuses; until then the script can be read and edited.
            name = name or self.kernels.default_kernel_name
            return name, name
        names = await self.spec_names()
        if name is None:
            default = self.kernels.default_kernel_name
            name = default if default in names else next(iter(names), None)
            if name is None:
                raise KernelUnavailable("There is no kernel spec for Python: install ipykernel.")
        elif name not in names:
            there_are = ", ".join(sorted(names)) or "none"
            raise BadRequest(
                f"Expected the name of a Python kernel spec ({there_are}), got {name!r}"
                " - at `$.kernelName`"
            )
        return name, names[name]

    def os_path(self, path: str) -> str:
        """The absolute file path of a Contents path; "" if the contents manager has no files."""
        root = getattr(self.contents, "root_dir", None)
        return os.path.join(root, *path.split("/")) if isinstance(root, str) and root else ""

    def own(self, process: KernelProcess) -> None:
        """Report what Jupyter's managers do to this process, from now on, to its object."""
        self._processes = {p.id: p for p in self._processes.values() if p.id}
        if process.id:
            self._processes[process.id] = process

    async def _on_action(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        """A `kernel_actions` event of Jupyter Server (jupyter_server/event_schemas)."""
        process = self._processes.get(data.get("kernel_id", ""))
        if process is None:
            return
        if data.get("status") == "success":
            process.happened(data["action"])
        elif data.get("action") == "restart":
            process.failed(data.get("msg", ""))


class KernelProcess:
    """The process behind one session of rdit. `id` is Jupyter's kernel id, None without a
    process."""

    def __init__(self, shared: KernelProcesses, owner: Owner) -> None:
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
        if self._ours or self._phase != "up" or self.id not in self._shared.kernels:
            return False
        return bool(getattr(self._manager, "shutting_down", False))

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
        return LocalLink(self._manager, shared.context, shared.log, shared.places.make())

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


def _import_safely(sessions: Any) -> None:
    """Start our kernels with PYTHONSAFEPATH, by replacing `get_kernel_env` of the session manager.

    With the working directory on `sys.path` ipykernel would import a `types.py` or `random.py` of
    the script's folder in place of the standard library's. The runtime removes the variable before
    any user code runs, so no child process inherits it.
    https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH
    """
    usual = getattr(sessions, "get_kernel_env", None)
    if usual is None:
        return

    def get_kernel_env(path: str | None, name: str | None = None) -> dict[str, str]:
        environment: dict[str, str] = usual(path, name)
        return environment | {SAFE_PATH: "1"} if _OURS.search(path or "") else environment

    sessions.get_kernel_env = get_kernel_env


def _takes_messages(manager: Any) -> bool:
    """Whether a `shutdown_request` of Jupyter's manager can be sent without blocking.

    The manager sends on a synchronous socket: at its high-water mark, where the kernel reads
    nothing, the send would block the event loop.
    """
    control = getattr(manager, "_control_socket", None)
    if control is None or control.closed:
        return True
    return bool(control.get(zmq.EVENTS) & zmq.POLLOUT)
