"""What all kernel processes share: Jupyter's managers, one ZMQ context, one folder of shared files.

A session manager, a kernel manager and a contents manager may be of any kind that Jupyter Server
takes, a gateway's among them.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any, Protocol

import zmq
import zmq.asyncio
from jupyter_core.utils import ensure_async

from ..errors import BadRequest, KernelUnavailable
from .boot import SAFE_PATH
from .client import ANSWER, QUERY
from .crash_marker import CrashMarkers
from .link import Logger

_ACTIONS = "https://events.jupyter.org/jupyter_server/kernel_actions/v1"
_PYTHON = re.compile(r"python(3(\.\d+)?)?")
# The end of the path that a session of ours has in Jupyter's session manager.
_OURS = re.compile(r"-rdit-[0-9a-f]{8}$")


class Owned(Protocol):
    """A process that is told what Jupyter's managers do to it."""

    id: str | None

    def happened(self, action: str) -> None: ...
    def failed(self, why: str) -> None: ...


class KernelManagers:
    """What all processes share: Jupyter's managers, one ZMQ context, one folder of shared files."""

    def __init__(
        self,
        kernel_manager: Any,
        session_manager: Any,
        kernel_spec_manager: Any,
        contents_manager: Any,
        event_logger: Any,
        log: Logger,
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
        self._crash_markers: CrashMarkers | None = None
        self._processes: dict[str, Owned] = {}
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
    def crash_markers(self) -> CrashMarkers:
        """The folder of files in which kernels record which statement runs."""
        if self._crash_markers is None:
            self._crash_markers = CrashMarkers()
        return self._crash_markers

    def close(self) -> None:
        """Free the ZMQ context and the folder. Every link must be closed before."""
        if self._event_logger is not None:
            self._event_logger.remove_listener(schema_id=_ACTIONS, listener=self._on_action)
        if self._context is not None:
            self._context.destroy(linger=0)
        if self._crash_markers is not None:
            self._crash_markers.close()

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

    async def interpreter(self, name: str | None) -> str:
        """The path of the program that runs the kernels of this spec (of the default one for
        None): the interpreter of a local kernel. "" if unknown, and behind a gateway."""
        if self.is_gateway:
            return ""
        spec = (await ensure_async(self.specs.get_all_specs())).get(
            name or self.kernels.default_kernel_name
        )
        program: str = next(iter(spec["spec"].get("argv", ())), "") if spec else ""
        # As jupyter_client has it when it starts a kernel.
        if _PYTHON.fullmatch(program):
            return sys.executable
        return program if os.path.isabs(program) else ""

    def os_path(self, path: str) -> str:
        """The absolute file path of a Contents path; "" if the contents manager has no files."""
        root = getattr(self.contents, "root_dir", None)
        return os.path.join(root, *path.split("/")) if isinstance(root, str) and root else ""

    def own(self, process: Owned) -> None:
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
