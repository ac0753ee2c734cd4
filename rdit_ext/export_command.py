"""`rdit export`: runs a script in a kernel of its own, and writes it with its results to a file.

It joins what the server joins (Jupyter's managers, a session, a run) without a server, so a script
comes out as it does on the page. It has no viewers: what comes of the run is folded here.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import logging
import os
import re
import signal
import sys
import threading
import time
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_core.paths import jupyter_runtime_dir
from jupyter_core.utils import ensure_dir_exists
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.services.sessions.sessionmanager import SessionManager as JupyterSessions
from traitlets.config import Config

from .documents.convert import MIME_TYPES, export
from .documents.local_media import media_of
from .documents.report import template
from .documents.saving import replacing
from .errors import RditError
from .kernel.managers import KernelManagers
from .protocol import (
    Done,
    Error,
    Event,
    ExportedResult,
    ExportFormat,
    Input,
    Plan,
    RunRequest,
    StatusEvent,
)
from .session.fold import SessionFold
from .session.manager import SessionManager
from .session.run import Run, new_run_id
from .session.run_result import results
from .session.session import Limits, Session
from .wire.paths import ScriptPath

_DESCRIPTION = "Run a script and write it, with its results, to one file."
_EPILOG = """\
examples:
  rdit export analysis.py --to html
  rdit export analysis.py -o reports/monday.md --results-only
  rdit export analysis.py --to notebook -o - > analysis.ipynb

The script runs in a new kernel, in its own folder. The exit code is that of
`python SCRIPT`: 0, that of sys.exit, 1 after an error, 130 after Ctrl-C. The
file is written in any case, with the error in it; not for 2, which says that
nothing was run.
"""
_ENDINGS: dict[str, ExportFormat] = {
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".ipynb": "notebook",
}
# How many characters wide results are laid out, as the page says it of its column: the terminal's
# usual width, which is also what `shutil.get_terminal_size` says where there is none. A report has
# room for it beside the code in a window of 1280 pixels, and on paper.
_COLUMNS = 80
# Ctrl-C is sent to the script so many times; after that its kernel is ended.
_MOST_INTERRUPTS = 2
_EXIT = re.compile(r"The script ended here with exit code (-?\d+)\.\n?$")
_DIED = re.compile(r"The kernel (?:ended by itself with exit code|was killed by signal) (\d+)")


@dataclass(frozen=True)
class Wanted:
    """What the arguments ask for. `target`: None for standard output."""

    script: Path
    format: ExportFormat
    target: Path | None
    results_only: bool


def main(argv: list[str]) -> int:
    """The command; returns its exit code.

    Raises:
        SystemExit: on --help, and with 2 on arguments that make no sense.
    """
    parser = _parser()
    try:
        wanted = _wanted(parser.parse_args(argv))
        text = _read(wanted.script)
        if wanted.format == "html":
            template()  # a checkout whose page was never built has none
    except (OSError, ValueError) as error:
        parser.error(_said(error))
    _be_quiet()
    exporting = _Exporting(wanted, text)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(exporting.run())
    if exporting.failure:
        print(f"rdit export: {exporting.failure}", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    if exporting.is_asking:
        # A thread still waits for a line of the terminal, with the lock of `sys.stdin`, for which
        # the interpreter's end would wait too.
        os._exit(exporting.exit_code & 0xFF)
    return exporting.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rdit export",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("script", help="what to run, and to write")
    parser.add_argument(
        "--to",
        choices=list(MIME_TYPES),
        help="what to write; by default as the name after -o ends",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to; - is standard output (a file of the same name beside the script)",
    )
    parser.add_argument("--results-only", action="store_true", help="leave the code out")
    return parser


def _wanted(given: argparse.Namespace) -> Wanted:
    script = Path(given.script).absolute()
    if script.is_dir():
        raise ValueError(f"expected a script, got the folder {given.script}")
    if not script.exists():
        raise ValueError(f"there is no script {given.script}")
    format = given.to
    if format is None:
        ending = Path(given.output or "").suffix.lower()
        format = _ENDINGS.get(ending)
    if format is None:
        raise ValueError(
            "expected --to html, markdown or notebook, or a name after -o that ends in .html, .md"
            " or .ipynb"
        )
    if given.output == "-":
        return Wanted(script, format, None, given.results_only)
    target = (
        Path(given.output).absolute() if given.output else script.with_suffix(MIME_TYPES[format][1])
    )
    if target.is_dir():
        raise ValueError(f"expected a file to write to, got the folder {given.output}")
    if not target.parent.is_dir():
        raise ValueError(f"there is no folder {target.parent} to write to")
    if target.exists() and target.samefile(script):
        raise ValueError(f"{target.name} is the script itself: say another file with -o")
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise ValueError(f"{target} cannot be written: permission denied")
    return Wanted(script, format, target, given.results_only)


def _way_back(wanted: Wanted) -> str:
    """The path in addresses from the folder of the file to that of the script; "" if they are one,
    or where there is none."""
    if wanted.target is None:
        return ""
    folder, target = wanted.script.parent.resolve(), wanted.target.parent.resolve()
    try:
        way = os.path.relpath(folder, target)
    except ValueError:
        return ""  # on another drive of Windows
    return "" if way == os.curdir else quote(os.fsencode(Path(way).as_posix()))


def _read(script: Path) -> str:
    """The script's text in the encoding that it declares, as Python reads it."""
    try:
        with tokenize.open(script) as file:
            return file.read()
    except (SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"{script.name} cannot be read as text: {error}") from error


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _be_quiet() -> None:
    """Keep what Jupyter's packages log of kernels that start and end from the terminal."""
    for name in ("traitlets", "tornado.general"):
        logging.getLogger(name).setLevel(logging.ERROR)


class _Exporting:
    """One run of the command. `exit_code` and `failure` say what came of it."""

    def __init__(self, wanted: Wanted, text: str) -> None:
        self.exit_code = 1
        self.failure = ""
        self._wanted = wanted
        self._text = text
        self._run = Run(
            RunRequest(run=new_run_id(), script=text, columns=_COLUMNS),
            allow_stdin=sys.stdin is not None and sys.stdin.isatty(),
        )
        self._run.listeners.append(self._on_events)
        self._fold = SessionFold()
        self._progress = _Progress(wanted.script.name)
        self._kernels: Any = None
        # Once the run was sent.
        self._session: Session | None = None
        self._presses = 0
        self._asking: threading.Thread | None = None
        self._interrupts: set[asyncio.Task[None]] = set()

    @property
    def is_asking(self) -> bool:
        """Whether the terminal is still being read."""
        return self._asking is not None and self._asking.is_alive()

    async def run(self) -> None:
        """Run the script, write the file, and leave no process behind. Never raises what the user
        can be told: see `failure`."""
        try:
            with self._signals():
                await self._execute()
        except RditError as error:
            self.failure = str(error)
        self._progress.clear()
        self._write()

    async def _execute(self) -> None:
        self._kernels, manager = _managers(self._wanted.script)
        try:
            session = await manager.open(path=ScriptPath(self._wanted.script.name))
            self._progress.start()
            await session.start()
            if not self._presses:
                self._session = session
                session.submit(self._run)
                await self._run.finished.wait()
            # Politely, so that `atexit` functions of the script are called; Jupyter kills a kernel
            # that does not end within 5 s, for which `close` would not wait.
            await session.shutdown("The script has ended.")
        finally:
            await manager.close()
            # A start that was abandoned ends its process in a task of its own.
            left = asyncio.all_tasks() - {asyncio.current_task()}
            if left:
                await asyncio.wait(left, timeout=10)
            for kernel in self._kernels.list_kernel_ids():
                await self._kernels.get_kernel(kernel).signal_kernel(signal.SIGKILL)
        self.exit_code = self._code()
        if self._run.failure is not None and self.exit_code != 130:
            raise self._run.failure

    def _on_events(self, events: Sequence[Event], _: bytes) -> None:
        self._fold.apply(events)
        for event in events:
            if isinstance(event, Plan):
                self._progress.plan(event)
            elif isinstance(event, StatusEvent):
                self._progress.status(event)
            elif isinstance(event, Input) and event.waiting:
                self._progress.clear()
                self._ask(event)

    # ---- what came of it

    def _results(self) -> list[ExportedResult]:
        run = self._fold.run(self._run.id)
        return [
            ExportedResult(result.line_start, result.line_end, result.output)
            for result in results(run)
            if result.output
        ]

    def _errors(self) -> list[Error]:
        outputs = [output for result in self._results() for output in result.output]
        return [output for output in outputs if isinstance(output, Error)]

    def _code(self) -> int:
        """The exit code that `python` would have."""
        done: Done | None = self._fold.run(self._run.id).done
        status = done.status if done is not None else "cancelled"
        if status == "ok":
            return 0
        if status in ("interrupted", "cancelled") or self._presses > _MOST_INTERRUPTS:
            return 130
        last = self._errors()[-1:]
        for error in last:
            if error.name == "SystemExit" and (found := _EXIT.search(error.text)):
                return int(found[1])
            if status == "died" and (found := _DIED.search(error.message)):
                return int(found[1]) + (128 if "signal" in found[0] else 0)
        return 1

    def _write(self) -> None:
        for error in self._errors():
            print(error.text.rstrip("\n"), file=sys.stderr)
        wanted = self._wanted
        results = self._results()
        folder, here = wanted.script.parent.resolve(), Path.cwd().resolve()
        files = None
        if wanted.format == "html":
            files = media_of(results, folder, here if folder.is_relative_to(here) else folder)
        title = wanted.script.stem
        back = _way_back(wanted)
        text = export(self._text, results, wanted.format, title, wanted.results_only, files, back)
        # What a script prints may have halves of surrogate pairs, which no encoding has.
        content = text.encode("utf-8", "replace")
        target = wanted.target
        try:
            if target is None:
                sys.stdout.buffer.write(content)
                sys.stdout.buffer.flush()
                return
            writing = replacing(str(target), text=False) or target.open("wb")
            with writing as file:
                file.write(content)
        except OSError as error:
            self.failure = self.failure or f"the file could not be written: {_said(error)}"
            self.exit_code = self.exit_code or 1
            return
        print(f"Wrote {_shown(target)} ({_size(len(content))})", file=sys.stderr)

    # ---- Ctrl-C, and the end of the terminal

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None

        def interrupt(*_: Any) -> None:
            loop.call_soon_threadsafe(self._interrupt)

        def end(number: int, _: Any) -> None:
            self.exit_code = 128 + number
            self.failure = f"ended by {signal.Signals(number).name}"
            loop.call_soon_threadsafe(task.cancel)

        before = {signal.SIGINT: signal.signal(signal.SIGINT, interrupt)}
        for name in ("SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):
                before[number] = signal.signal(number, end)
        try:
            yield
        except asyncio.CancelledError:
            if not self.failure:
                raise
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupt(self) -> None:
        self._presses += 1
        if self._session is None or self._run.ended.is_set():
            return
        kernel = self._session.kernel_id
        if self._presses > _MOST_INTERRUPTS and kernel is not None:
            doing = self._kernels.get_kernel(kernel).signal_kernel(signal.SIGKILL)
        else:
            self._progress.say("Interrupting…")
            doing = self._session.interrupt()
        task = asyncio.ensure_future(doing)
        self._interrupts.add(task)
        task.add_done_callback(self._interrupts.discard)

    # ---- input()

    def _ask(self, asked: Input) -> None:
        loop = asyncio.get_running_loop()

        def read() -> None:
            try:
                if asked.password:
                    line = getpass.getpass(asked.prompt, sys.stderr) + "\n"
                else:
                    print(asked.prompt, end="", file=sys.stderr, flush=True)
                    line = sys.stdin.readline()
            except (OSError, EOFError, ValueError):
                line = ""
            loop.call_soon_threadsafe(self._answer, line)

        self._asking = threading.Thread(target=read, name="rdit-input", daemon=True)
        self._asking.start()

    def _answer(self, line: str) -> None:
        if self._session is None or self._run.ended.is_set():
            return
        if line:
            self._session.answer_input(line.rstrip("\n"))
        else:
            self._progress.say("The terminal has no more input: interrupting…")
            self._interrupt()


class _Progress:
    """What the terminal shows of the run, on standard error: one line that changes; where that is
    no terminal, a line at the beginning only."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_live = sys.stderr.isatty()
        self._lines: dict[int, int] = {}
        self._last = 0.0
        self._is_shown = False

    def start(self) -> None:
        """Python is being started."""
        self._show(f"Starting Python for {self._name}…")

    def plan(self, plan: Plan) -> None:
        """The run has begun."""
        self._lines = {s.node_index: s.line_start for s in plan.statements}
        if not self._is_live:
            count = len(plan.statements)
            self._show(f"Running {self._name}: {count} statement{'s' * (count != 1)}")

    def status(self, event: StatusEvent) -> None:
        """A statement began or ended. Shown at most ten times a second."""
        now = time.monotonic()
        if not self._is_live or event.status != "running" or now - self._last < 0.1:
            return
        self._last = now
        place = list(self._lines).index(event.node_index) + 1
        line = self._lines[event.node_index]
        self._show(f"Running {self._name}: line {line}, statement {place} of {len(self._lines)}")

    def say(self, text: str) -> None:
        """Something that stays."""
        self.clear()
        print(text, file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the changing line away."""
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._is_shown = False

    def _show(self, text: str) -> None:
        if not self._is_live:
            print(text, file=sys.stderr, flush=True)
            return
        self._is_shown = True
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def _managers(script: Path) -> tuple[Any, SessionManager]:
    """What a server has for its kernels and sessions, with the script's folder as its root."""
    log = logging.getLogger("rdit.export")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    root = str(script.parent)
    # As `rdit` has it, where Jupyter offers it: see `app.py`.
    encryption = AsyncMappingKernelManager.class_traits().get("transport_encryption")
    config = Config(
        {"MappingKernelManager": {"transport_encryption": "auto"} if encryption else {}}
    )
    # One that ends is not to come back: the script has ended with it.
    config.KernelManager.autorestart = False
    # Untyped: jupyter_server has no annotations here that mypy could use.
    make_kernels: Any = AsyncMappingKernelManager
    make_sessions: Any = JupyterSessions
    runtime = jupyter_runtime_dir()
    ensure_dir_exists(runtime, mode=0o700)
    kernels = make_kernels(root_dir=root, connection_dir=runtime, config=config, log=log)
    contents = AsyncLargeFileManager(root_dir=root, log=log)
    specs = KernelSpecManager(log=log)
    kernels.kernel_spec_manager = specs
    sessions = make_sessions(kernel_manager=kernels, contents_manager=contents, log=log)
    shared = KernelManagers(kernels, sessions, specs, contents, None, log)
    return kernels, SessionManager(shared, Limits(), log)


def _shown(path: Path) -> str:
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _size(count: int) -> str:
    return f"{count / 1000:.0f} kB" if count < 999_500 else f"{count / 1e6:.1f} MB"
