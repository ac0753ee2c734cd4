"""Kernel processes by way of Jupyter's managers: start, watch, interrupt, restart and end them.

It knows process life and nothing of what is said to a kernel. Jupyter's session manager starts
every process, so that culling, the Running panel, hub activity and gateways treat it as any
other. Others may restart or end it by their own way; whoever does, the owner is told:

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

from .errors import (
    BadRequest,
    KernelDied,
    KernelSilent,
    KernelUnavailable,
    NoGateways,
    PortTaken,
    cause_of_exit,
)
from .kernels import ASK, SAFE_PATH, KernelLink, LocalLink, Log
from .launches import Launch
from .places import Places

_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
_WATCH = 0.2
# How the paths of our sessions end.
_OURS = re.compile(r"-rdit-[0-9a-f]{8}$")


class Owner(Protocol):
    """Who is told what becomes of a process."""

    def kernel_gone(self, error: KernelDied, coming_back: bool) -> None: ...
    def kernel_back(self) -> None: ...


class KernelProcesses:
    """What all processes share: Jupyter's managers and one ZMQ context."""

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
        # What is asked beside a run does not make its kernel idle.
        untracked = getattr(kernel_manager, "untracked_message_types", None)
        if untracked is not None and ASK not in untracked:
            kernel_manager.untracked_message_types = [*untracked, ASK]
        _import_safely(session_manager)
        self._context: zmq.asyncio.Context | None = None
        self._places: Places | None = None
        self._processes: dict[str, KernelProcess] = {}
        self._event_logger = event_logger
        if event_logger is not None:
            event_logger.add_listener(schema_id=_ACTIONS, listener=self._on_action)

    @property
    def context(self) -> zmq.asyncio.Context:
        """One for all links: each would otherwise have two threads of its own."""
        if self._context is None:
            self._context = zmq.asyncio.Context()
            # By default a subscriber that falls 1000 messages behind loses the newest, `idle` too.
            self._context.setsockopt(zmq.RCVHWM, 0)
        return self._context

    @property
    def places(self) -> Places:
        """Where kernels note where they are."""
        if self._places is None:
            self._places = Places()
        return self._places

    def close(self) -> None:
        """Let go; every link must be closed before."""
        if self._event_logger is not None:
            self._event_logger.remove_listener(schema_id=_ACTIONS, listener=self._on_action)
        if self._context is not None:
            self._context.destroy(linger=0)
        if self._places is not None:
            self._places.close()

    @property
    def is_gateway(self) -> bool:
        """Whether the kernels are on another machine, behind a gateway."""
        # Not imported before somebody else has done so: it brings much that is not needed.
        managers = sys.modules.get("jupyter_server.gateway.managers")
        kind = getattr(managers, "GatewayMappingKernelManager", None)
        return kind is not None and isinstance(self.kernels, kind)

    async def spec_names(self) -> dict[str, str]:
        """The names and display names of the kernel specs that rdit can use: those for Python."""
        if self.is_gateway:
            return {}
        specs = await ensure_async(self.specs.get_all_specs())
        return {
            name: model["spec"].get("display_name", name)
            for name, model in specs.items()
            if model["spec"].get("language", "").lower() == "python"
        }

    async def check_name(self, name: str | None) -> tuple[str, str]:
        """The name and display name of this kernel spec, or of the default one."""
        if self.is_gateway:
            # Whoever starts it is told; a script can be read and edited.
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
        """The file that a Contents path stands for; "" if contents are no files here."""
        root = getattr(self.contents, "root_dir", None)
        return os.path.join(root, *path.split("/")) if isinstance(root, str) and root else ""

    def own(self, process: KernelProcess) -> None:
        self._processes = {p.id: p for p in self._processes.values() if p.id}
        if process.id:
            self._processes[process.id] = process

    async def _on_action(self, logger: Any, schema_id: str, data: dict[str, Any]) -> None:
        process = self._processes.get(data.get("kernel_id", ""))
        if process is None:
            return
        if data.get("status") == "success":
            process.happened(data["action"])
        elif data.get("action") == "restart":
            process.failed(data.get("msg", ""))


class KernelProcess:
    """The process behind one session, if there is one now: `id` is Jupyter's name of it."""

    def __init__(self, shared: KernelProcesses, owner: Owner) -> None:
        self.id: str | None = None
        self._shared = shared
        self._owner = owner
        self._session_id: str | None = None
        self._phase: Literal["none", "up", "gone"] = "none"
        self._up = asyncio.Event()
        # While we restart or end it ourselves, nobody needs to be told.
        self._ours = False
        self._cause = ""
        self._held = 0
        self._wanted = 0
        # While a process is exchanged or ended.
        self._changing = asyncio.Lock()
        # How it was started.
        self._launch: Launch | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._clearing: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        return self._phase == "up"

    @property
    def is_ended_by_others(self) -> bool:
        """Whether somebody else is ending or restarting it: Jupyter interrupts it first."""
        if self._ours or self._phase != "up" or self.id not in self._shared.kernels:
            return False
        return bool(getattr(self._manager, "shutting_down", False))

    @property
    def _manager(self) -> Any:
        return self._shared.kernels.get_kernel(self.id)

    async def start(self, path: str | None, name: str, kernel_name: str, timeout: float) -> None:
        """Have a process for the script at `path`, its folder the working directory.

        Raises:
            KernelUnavailable: there is none, and none is left behind.
            TimeoutError: nor is there one after so many seconds.
        """
        if self._shared.is_gateway:
            raise NoGateways
        folder, _, file = (path or "").rpartition("/")
        # No document has this path: JupyterLab gives a document any session that has its path. The
        # type is one that JupyterLab can open: a console on the script's namespace.
        unique = f"{file or 'rdit'}-rdit-{secrets.token_hex(4)}"
        starting = asyncio.ensure_future(
            self._create(posixpath.join(folder, unique), name, kernel_name)
        )
        try:
            # Cancelled midway it would leave a process that nobody knows of.
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
        """A session of Jupyter's with a process."""
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
        """This error, and why the process that has ended could not start, as far as can be known:
        who has its ports, or what its program says."""
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
        """A new link to the process."""
        if self.id is None or self.id not in self._shared.kernels:
            raise KernelUnavailable("The kernel was shut down while it started.")
        shared = self._shared
        return LocalLink(self._manager, shared.context, shared.log, shared.places.make())

    async def wait_up(self, timeout: float) -> None:
        """Wait for a process that is coming back.

        Raises:
            TimeoutError: it did not in so many seconds.
        """
        await asyncio.wait_for(self._up.wait(), timeout)

    async def interrupt(self) -> None:
        if self.id is not None and self._phase == "up":
            try:
                await ensure_async(self._shared.kernels.interrupt_kernel(self.id))
            except Exception as error:
                # It ended meanwhile, and what ran with it.
                self._shared.log.warning("Kernel %s was not interrupted: %s", self.id, error)

    async def restart(self, timeout: float) -> None:
        """A new process in the place of the old one; the owner knows."""
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
            # What it returns resolves when the kernel answers; whoever connects finds that out
            # anyway.
            answered = await ensure_async(self._shared.kernels.restart_kernel(kernel_id, now=now))
            if isinstance(answered, asyncio.Future):
                answered.add_done_callback(lambda f: f.cancelled() or f.exception())
            # What Jupyter's managers tell of it comes now, while it is ours.
            await asyncio.sleep(0)

    def shutdown(self, now: bool = False) -> Coroutine[Any, Any, None]:
        """Forget the process at once. What is returned ends it; `now`, without asking it to."""
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
        # One that is just being started again would be left behind.
        async with self._changing:
            if kernel_id in kernels:
                manager = kernels.get_kernel(kernel_id)
                with suppress(Exception):
                    await self._pending(manager)
                if now or not _takes_messages(manager):
                    # Jupyter's session manager asks it first, which may take for ever. The row it
                    # keeps goes at its next look.
                    await ensure_async(kernels.shutdown_kernel(kernel_id, now=True))
                    return
            try:
                await ensure_async(sessions.delete_session(session_id))
            except Exception as error:
                # Some session managers fail before the kernel is ended, some after.
                self._shared.log.debug("Session %s could not be deleted: %s", session_id, error)
                if kernel_id in kernels:
                    await ensure_async(kernels.shutdown_kernel(kernel_id))

    async def rename(self, name: str) -> None:
        """Have Jupyter show it by this name."""
        if self._session_id is not None:
            await ensure_async(self._shared.sessions.update_session(self._session_id, name=name))

    def say_busy(self) -> None:
        """A run is under way, whatever Jupyter has seen since: it must not cull the kernel."""
        if self.id is not None and self._phase == "up":
            self._manager.execution_state = "busy"

    def hold(self, count: int) -> None:
        """Have Jupyter count so many connections to the kernel: it is not culled while there are
        some."""
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
        """Jupyter's managers did this to the process, whoever asked for it."""
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
        """It could not be restarted by others: there is no process any more."""
        if self._ours or self._phase == "none":
            return
        session_id, kernel_id = self._session_id, self.id
        self._gone(KernelDied(f"The kernel could not be restarted: {why}"), coming_back=False)
        self._clearing = asyncio.create_task(self._discard(session_id, kernel_id))

    async def _watch(self) -> None:
        """Notice the end of the process at once: Jupyter itself looks every three seconds."""
        while True:
            await asyncio.sleep(_WATCH)
            if self.id not in self._shared.kernels:
                return  # whoever took it out has told us
            manager = self._manager
            provisioner = getattr(manager, "provisioner", None)
            if manager.shutting_down or provisioner is None or not provisioner.has_process:
                continue
            code = await provisioner.poll()
            # Whoever ends it on purpose may have begun while we asked.
            if code is None or manager.shutting_down or self._phase != "up":
                continue
            restarter = getattr(manager, "_restarter", None)
            session_id, kernel_id = self._session_id, self.id
            self._gone(KernelDied(cause_of_exit(code)), coming_back=restarter is not None)
            # Not in this task: it is cancelled as soon as the process is back.
            if restarter is not None:
                # At once: if its turn came before ours, there would be two new processes.
                manager.stop_restarter()
                self._clearing = asyncio.create_task(self._hurry(manager, restarter))
            else:
                self._clearing = asyncio.create_task(self._discard(session_id, kernel_id))
            return

    async def _hurry(self, manager: Any, restarter: Any) -> None:
        """Have the restarter look now; it counts failures and gives up as if it had looked
        itself."""
        try:
            await ensure_async(restarter.poll())
        finally:
            # A process that did not come up is looked for again.
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
        cause = f"The kernel ends as soon as it is started. {self._cause}"
        self._gone(KernelDied(cause), coming_back=False)

    def _gone(self, error: KernelDied, coming_back: bool) -> None:
        if self._ours or self._phase == "none" or (self._phase == "gone" and coming_back):
            return
        self._phase = "gone"
        self._cause = str(error)
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
        # Whoever waits for it to come back shall look again.
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
        """End a process for which nobody waited."""
        if not starting.cancelled() and starting.exception() is None:
            model = starting.result()
            self._clearing = asyncio.create_task(
                self._discard(model["id"], model["kernel"]["id"], now=True)
            )

    @staticmethod
    async def _pending(manager: Any) -> None:
        """With pending kernels on, a kernel is announced before there is a process."""
        ready = getattr(manager, "ready", None)
        if ready is not None:
            future = ready if asyncio.isfuture(ready) else asyncio.wrap_future(ready)
            await asyncio.shield(future)


def _import_safely(sessions: Any) -> None:
    """Have our kernels start without the script's folder among the places that Python imports from:
    its `types.py` or `random.py` would be imported by ipykernel, in place of Python's own. The
    runtime takes the variable away again, before anything that it starts could have it."""
    usual = getattr(sessions, "get_kernel_env", None)
    if usual is None:
        return

    def get_kernel_env(path: str | None, name: str | None = None) -> dict[str, str]:
        environment: dict[str, str] = usual(path, name)
        return environment | {SAFE_PATH: "1"} if _OURS.search(path or "") else environment

    sessions.get_kernel_env = get_kernel_env


def _takes_messages(manager: Any) -> bool:
    """Whether Jupyter's own request to end is taken by the kernel's socket, rather than holding the
    event loop for as long as nobody reads there."""
    control = getattr(manager, "_control_socket", None)
    if control is None or control.closed:
        return True
    return bool(control.get(zmq.EVENTS) & zmq.POLLOUT)
