"""`make test-cpython`: CPython's own tests as a script, by `python` and by rdit, module by module.

    python -m tests.cpython [MODULE …]       "builtin" is test.test_builtin

Prints both verdicts by module. Exits with 1 where they differ in a way that `differences.txt` does
not explain.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from ..runtime.kernel import Kernel

HERE = Path(__file__).parent
PATIENCE = 300
# What only the shells that this is called from set.
NOT_THEIRS = ("PYTHONUNBUFFERED", "FORCE_COLOR", "MPLBACKEND", "PYTHONPATH")


@dataclass
class Verdict:
    """What became of the tests of a module; `ended` says why there is none."""

    ended: str = ""
    missing: str = ""
    run: int = 0
    failures: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.ended or " ".join(
            f"{len(tests)} {kind}"
            for kind, tests in [
                ("run", range(self.run)),
                ("failed", {**self.failures, **self.errors}),
                ("skipped", self.skipped),
            ]
            if tests or kind == "run"
        )


def full_name(module: str) -> str:
    """`builtin` is test.test_builtin, `asyncio.test_runners` is test.test_asyncio.test_runners."""
    return f"test.test_{module}"


def read_verdict(folder: Path, ended: str) -> Verdict:
    try:
        return Verdict(**json.loads((folder / "verdict").read_text()))
    except FileNotFoundError:
        return Verdict(ended=ended or "ended without a verdict")


def prepare(folder: Path, module: str) -> Path:
    """A folder in which nothing else lies: tests write into theirs."""
    folder.mkdir()
    (folder / "module").write_text(full_name(module))
    return Path(shutil.copy(HERE / "script.py", folder / "script.py"))


def by_python(folder: Path, module: str) -> Verdict:
    script = prepare(folder, module)
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, script],
            cwd=folder,
            env={key: value for key, value in os.environ.items() if key not in NOT_THEIRS},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return Verdict(ended=f"did not end in {PATIENCE} s")
    return read_verdict(folder, f"exit code {code}")


def by_rdit(folder: Path, module: str) -> Verdict:
    script = prepare(folder, module)
    for name in NOT_THEIRS:
        os.environ.pop(name, None)
    told: list[str] = []
    with (folder / "log").open("wb") as log:
        kernel = Kernel(cwd=folder, stdout=log, stderr=log)
        try:
            kernel.start(script.read_text(), path=str(script))
            ended = _follow(kernel, told)
        finally:
            kernel.close()
            (folder / "output").write_text("".join(told))
    return read_verdict(folder, ended)


def _follow(kernel: Kernel, told: list[str]) -> str:
    """Take the events of a run as they come; returns why there is no end, if there is none."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            events = kernel.batch(timeout=1)
        except Empty:
            if not kernel.manager.is_alive():
                return "the kernel died"
            continue
        for event in events:
            if event["type"] == "output":
                told.append(event["output"]["text"])
            if event["type"] == "done":
                return f"ended: {event['status']}"
    return f"did not end in {PATIENCE} s"


def differences(module: str, python: Verdict, rdit: Verdict) -> dict[str, str]:
    """Test ids, or the module for the whole, with what is different."""
    if python.ended or rdit.ended or python.missing or rdit.missing:
        if (python.ended, python.missing) == (rdit.ended, rdit.missing):
            return {}
        return {module: f"{python.ended or python.missing or python} / {rdit.ended or rdit}"}
    found = {}
    if python.run != rdit.run:
        found[module] = f"{python.run} run by python, {rdit.run} by rdit"
    kinds = ("failures", "errors", "skipped")
    left, right = (
        {test: kind for kind in kinds for test in getattr(verdict, kind)}
        for verdict in (python, rdit)
    )
    for test in sorted(left.keys() | right.keys()):
        if left.get(test) != right.get(test):
            found[test] = f"{left.get(test, 'passed')} / {right.get(test, 'passed')}"
    return found


def explained() -> dict[str, str]:
    """Test ids with the reason why rdit's verdict is another."""
    reasons: dict[str, str] = {}
    name = ""
    for line in (HERE / "differences.txt").read_text().splitlines():
        if line.startswith(" "):
            reasons[name] += line.strip() + " "
        elif line and not line.startswith("#"):
            name = line.strip()
            reasons[name] = ""
    return reasons


def compare(module: str) -> tuple[Verdict, Verdict, dict[str, str], str]:
    """Both verdicts, how they differ, and what rdit's tests said where they do."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        python = by_python(Path(folder, "python"), module)
        if python.missing:
            return python, python, {}, ""
        rdit = by_rdit(Path(folder, "rdit"), module)
        found = differences(full_name(module), python, rdit)
        said = "".join(
            f"--- {test}\n{text}\n"
            for kind in ("failures", "errors", "skipped")
            for verdict in (python, rdit)
            for test, text in getattr(verdict, kind).items()
            if test in found
        )
        if found and not said:
            said = (Path(folder, "rdit", "output")).read_text()[-3000:]
        return python, rdit, found, said


def main(modules: list[str]) -> int:
    try:
        import test.support
    except ImportError:
        print(
            f"{sys.executable} has no package `test`, in which CPython's tests are "
            "(Debian: libpython3-testsuite)."
        )
        return 2
    # What was started in the background of a shell ignores it, and its children would.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    reasons = explained()
    everything = (HERE / "modules.txt").read_text().split()
    failed = False
    for module in modules or everything:
        python, rdit, found, said = compare(module)
        if any(test not in reasons for test in found):
            # A slow machine makes some tests fail on either side: what counts differs twice.
            python, rdit, found, said = compare(module)
        if python.missing:
            print(f"{module:26} not here: {python.missing}", flush=True)
            continue
        new = {test: what for test, what in found.items() if test not in reasons}
        mark = "DIFFERS" if new else "explained" if found else "same"
        print(f"{module:26} {mark:10} python: {python!s:36} rdit: {rdit}", flush=True)
        for test, what in new.items():
            print(f"    {test}: {what}")
        if new:
            failed = True
            print("    " + said.replace("\n", "\n    "), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
