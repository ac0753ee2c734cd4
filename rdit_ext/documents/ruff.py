"""What ruff finds in a script, and how ruff formats it.

One process for each question, with the script on its standard input: nothing is written, and
nothing of the script is executed. Its executable is started by its path, never as `python -m ruff`,
which would import a `ruff.py` that lies in the folder of the script.

The rules are those of the project, if it has any: of the `ruff.toml` or `pyproject.toml` beside or
above the script, or the user's own. Else they are `RULES`, for the Python of the kernel.
https://docs.astral.sh/ruff/configuration/#config-file-discovery
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec

from ..errors import NoRuff, RuffFailed, Superseded, TooBusy, TooLarge
from ..protocol import Finding, Fix, FormatAnswer, LineRange, LintAnswer, TextEdit

T = TypeVar("T")

# What is wrong rather than a matter of taste. `F704` and `PLE1142` are about `await` outside of
# functions, which a script may have here. The same are in the browser's ruff_worker.ts.
RULES = "E9,F,E711,E712,E713,E714,E721,E722,W605,B006,PLE"
NO_RULES = "F704,PLE1142"

MAX_BYTES = 2_000_000
MAX_FINDINGS = 1000
_MAX_ANSWER = 64_000_000
_TIMEOUT = 10.0  # seconds
_PROCESSES = 2
_WAITING = 16
_NEWEST_PYTHON = 14
_NAMES = ("ruff.toml", ".ruff.toml", "pyproject.toml")
_RUFF_TABLE = re.compile(r"^\s*\[\[?\s*tool\s*\.\s*ruff\b", re.MULTILINE)
_TARGET = re.compile(r"^\s*(target-version|requires-python)\s*=", re.MULTILINE)
_UNPARSED = re.compile(r"Failed to parse (?:at |.*?:)(\d+):(\d+): (.*)")
_VERSION = "import sys; print('%d %d' % sys.version_info[:2])"
_EXECUTABLE = "ruff.exe" if os.name == "nt" else "ruff"


@dataclass(frozen=True)
class Place:
    """Where a script is. `file`: its absolute path, "" if it is in none; `python`: the interpreter
    of its kernel, "" if unknown."""

    file: str = ""
    python: str = ""


class _Position(msgspec.Struct):
    row: int
    column: int


class _Edit(msgspec.Struct):
    location: _Position
    end_location: _Position
    content: str | None = None


class _Fix(msgspec.Struct):
    applicability: str
    edits: list[_Edit]
    message: str | None = None


class _Diagnostic(msgspec.Struct):
    """One of `ruff check --output-format=json`, as far as it is used."""

    message: str
    location: _Position
    end_location: _Position
    code: str | None = None
    url: str | None = None
    fix: _Fix | None = None


_DIAGNOSTICS = msgspec.json.Decoder(list[_Diagnostic])


class Ruff:
    """Runs ruff, at most two processes at a time, in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_PROCESSES, thread_name_prefix="rdit-ruff")
        self._waiting = 0
        self._newest: dict[str, asyncio.Future[Any]] = {}
        self._versions: dict[str, str] = {}

    def close(self) -> None:
        """Start no further process. One that runs ends within its limit of time."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def lint(self, script: str, place: Place, viewer: str | None = None) -> LintAnswer:
        """What is found in this script, the first in the text first.

        Raises:
            NoRuff: it is not installed.
            RuffFailed: it gave no answer.
            Superseded: this viewer has asked again.
            TooBusy, TooLarge: a limit is reached.
        """
        text = _encoded(script)
        earlier = self._newest.get(viewer) if viewer else None
        if earlier is not None:
            earlier.cancel()
        asked = asyncio.ensure_future(self._run(lambda run: self._lint(run, text, place)))
        if viewer:
            self._newest[viewer] = asked
        try:
            return await asked
        except asyncio.CancelledError:
            if viewer and self._newest.get(viewer) is not asked:
                raise Superseded from None
            raise
        finally:
            if viewer and self._newest.get(viewer) is asked:
                del self._newest[viewer]

    async def format(
        self, script: str, place: Place, line_range: LineRange | None = None
    ) -> FormatAnswer:
        """The script in ruff's format, or why it has none.

        Raises:
            NoRuff: it is not installed.
            RuffFailed: it gave no answer.
            TooBusy, TooLarge: a limit is reached.
        """
        text = _encoded(script)
        return await self._run(lambda run: self._format(run, text, place, line_range))

    async def _run(self, work: Callable[[_Run], T]) -> T:
        """Calls this in a thread. Its process ends with this call, also if it is cancelled."""
        if self._waiting >= _WAITING:
            raise TooBusy(
                f"Ruff has {_WAITING} scripts to look at, and no more are allowed at a time.",
                _WAITING,
            )
        self._waiting += 1
        run = _Run()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, run)
        finally:
            self._waiting -= 1
            run.end()

    # ---- in a thread

    def _lint(self, run: _Run, text: bytes, place: Place) -> LintAnswer:
        program, configured, options = self._prepare(run, place)
        rules = [] if configured else [f"--select={RULES}", f"--ignore={NO_RULES}"]
        arguments = ["check", "--output-format=json", "--exit-zero", "--no-fix", "--no-fix-only"]
        arguments += ["--no-show-fixes", *rules, *options, "-"]
        code, answer, said = run([program, *arguments], text, place)
        if code:
            raise RuffFailed(_reason(said))
        found = _DIAGNOSTICS.decode(answer or b"[]")
        found.sort(key=lambda one: (one.location.row, one.location.column))
        return LintAnswer(
            findings=[_finding(one) for one in found[:MAX_FINDINGS]],
            tool=self._version(run, program),
            is_configured=configured,
            omitted=max(0, len(found) - MAX_FINDINGS),
        )

    def _format(
        self, run: _Run, text: bytes, place: Place, line_range: LineRange | None
    ) -> FormatAnswer:
        program, _, options = self._prepare(run, place)
        if line_range is not None:
            # The end is exclusive. https://docs.astral.sh/ruff/formatter/
            options = [f"--range={line_range.from_}:1-{line_range.to + 1}:1", *options]
        code, answer, said = run([program, "format", *options, "-"], text, place)
        if code:
            unparsed = _UNPARSED.search(said)
            if unparsed is None:
                raise RuffFailed(_reason(said))
            line, column = int(unparsed[1]), int(unparsed[2]) - 1
            error = Finding(
                message=unparsed[3],
                line_start=line,
                column_start=column,
                line_end=line,
                column_end=column,
            )
            return FormatAnswer(error=error)
        if text.strip() and not answer.strip():
            raise RuffFailed("Ruff gave back no text.")
        # A project may ask for "\r\n"; the file's line ends are the affair of who saves it.
        return FormatAnswer(script=answer.decode().replace("\r\n", "\n"))

    def _prepare(self, run: _Run, place: Place) -> tuple[str, bool, list[str]]:
        """The executable, whether there are rules of the project's own, and common options."""
        program = find_ruff(place.python)
        if program is None:
            raise NoRuff
        options = ["--no-cache"]
        configuration = find_configuration(place.file)
        if place.file:
            options += ["--stdin-filename", place.file, "--no-force-exclude"]
        if configuration is None:
            options.append("--isolated")
        if configuration is None or not _TARGET.search(_read(configuration)):
            # Without one ruff takes an old Python for granted, whose parser knows less.
            options.append(f"--target-version={self._target(run, place.python)}")
        return program, configuration is not None, options

    def _target(self, run: _Run, python: str) -> str:
        if not python or os.path.normcase(python) == os.path.normcase(sys.executable):
            return _target_of(sys.version_info[0], sys.version_info[1])
        if python not in self._versions:
            # `-I` and `-S`: neither files beside the script nor those of an environment are run.
            try:
                code, answer, _ = run([python, "-I", "-S", "-c", _VERSION], b"", Place())
            except RuffFailed:  # it is gone, or does not answer: no reason to find nothing
                return _target_of(3, 99)
            numbers = [int(part) for part in answer.split() if part.isdigit()]
            known = not code and len(numbers) == 2
            self._versions[python] = _target_of(*numbers) if known else _target_of(3, 99)
        return self._versions[python]

    def _version(self, run: _Run, program: str) -> str:
        if program not in self._versions:
            _, answer, _ = run([program, "--version"], b"", Place())
            self._versions[program] = answer.decode(errors="replace").strip() or "ruff"
        return self._versions[program]


class _Run:
    """The process of one question. `end` may be called from another thread, and ends it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_over = False

    def __call__(
        self, arguments: Sequence[str], text: bytes, place: Place
    ) -> tuple[int, bytes, str]:
        """The exit code, what it answers, and what it says on standard error.

        Raises:
            RuffFailed: it could not be started, or reached a limit.
        """
        folder = os.path.dirname(place.file)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("RUFF_")}
        with tempfile.TemporaryFile() as said:
            try:
                process = self._start(
                    arguments, said, folder or None, environment | {"NO_COLOR": "1"}
                )
            except OSError as error:
                raise RuffFailed(f"{arguments[0]} could not be started: {error}") from None
            late = threading.Event()
            timer = threading.Timer(_TIMEOUT, self._kill, [late])
            timer.daemon = True
            timer.start()
            try:
                with process:
                    answer = self._exchange(process, text)
            finally:
                timer.cancel()
                self._process = None
            if late.is_set():
                raise RuffFailed(f"Ruff did not answer within {_TIMEOUT:.0f} seconds.")
            said.seek(0)
            return process.returncode, answer, said.read(100_000).decode(errors="replace")

    def end(self) -> None:
        """End the process, if there is one, and start no other."""
        with self._lock:
            self._is_over = True
        self._kill()

    def _start(
        self, arguments: Sequence[str], said: IO[bytes], folder: str | None, env: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_over:
                raise RuffFailed("The question was taken back.")
            self._process = process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                cwd=folder,
                env=env,
            )
            return process

    def _exchange(self, process: subprocess.Popen[bytes], text: bytes) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # Ruff reads all before it writes anything.
            process.stdin.write(text)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended, and says why
        answer = process.stdout.read(_MAX_ANSWER + 1)
        if len(answer) > _MAX_ANSWER:
            process.kill()
            raise RuffFailed("Ruff finds too much in this script.")
        return answer

    def _kill(self, late: threading.Event | None = None) -> None:
        if late is not None:
            late.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()


def find_ruff(python: str) -> str | None:
    """The path of the executable: beside this interpreter, else beside ours, else on the PATH."""
    folders = []
    for prefix in filter(None, (os.path.dirname(python), sysconfig.get_path("scripts"))):
        folders += [prefix, os.path.join(prefix, "Scripts")]
    for folder in folders:
        program = os.path.join(folder, _EXECUTABLE)
        if os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    found = shutil.which("ruff")
    return os.path.abspath(found) if found else None


def find_configuration(file: str) -> Path | None:
    """The file that configures ruff for the script of this absolute path: the nearest above it, or
    the user's; None if there is none."""
    if not file:
        return None
    own = os.environ.get("APPDATA") if os.name == "nt" else os.environ.get("XDG_CONFIG_HOME")
    users = Path(own) / "ruff" if own else Path.home() / ".config" / "ruff"
    for folder in (*Path(file).parents, users):
        for name in _NAMES:
            path = folder / name
            if path.is_file() and (name != "pyproject.toml" or _RUFF_TABLE.search(_read(path))):
                return path
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""  # ruff itself says what is wrong with it


def _encoded(script: str) -> bytes:
    text = script.encode()
    if len(text) > MAX_BYTES:
        raise TooLarge(f"Expected a script of at most {MAX_BYTES} bytes, got {len(text)}")
    return text


def _target_of(major: int, minor: int) -> str:
    return f"py3{min(max(minor, 7), _NEWEST_PYTHON)}" if major == 3 else f"py3{_NEWEST_PYTHON}"


def _reason(said: str) -> str:
    """What it said, in one paragraph."""
    lines = [line.strip() for line in said.splitlines()]
    text = " ".join(line for line in lines if line and line != "ruff failed")
    return f"Ruff: {text.removeprefix('error: ')[:500] or 'it failed, and did not say why.'}"


def _finding(found: _Diagnostic) -> Finding:
    # A line that does not parse has no code, or this one.
    code = "" if found.code in (None, "invalid-syntax") else found.code or ""
    return Finding(
        code=code,
        message=found.message,
        url=found.url or "" if code else "",
        line_start=found.location.row,
        column_start=found.location.column - 1,
        line_end=found.end_location.row,
        column_end=found.end_location.column - 1,
        fix=_fix(found.fix) if found.fix is not None else None,
    )


def _fix(fix: _Fix) -> Fix | None:
    # What is only for display cannot be made.
    if fix.applicability not in ("safe", "unsafe"):
        return None
    return Fix(
        title=fix.message or "Fix",
        is_safe=fix.applicability == "safe",
        edits=[
            TextEdit(
                line_start=edit.location.row,
                column_start=edit.location.column - 1,
                line_end=edit.end_location.row,
                column_end=edit.end_location.column - 1,
                text=edit.content or "",
            )
            for edit in fix.edits
        ],
    )
