"""`make test-cpython`: CPython's own tests as a script, by `python` and by rdit, module by module.

    python -m tests.cpython [MODULE …]       "builtin" is test.test_builtin

Prints both verdicts by module. Exits with 1 where they differ in a way that `differences.txt` does
not explain. What is explained there and does not differ any more is named at the end as stale.

Some of these tests have another verdict from run to run, above all on a slow machine. So whatever
differs without an explanation is run again by both, twice at most, and counts only where in all
those runs no verdict of rdit's was also one of python's. The others are named as unsteady.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from tests.support.kernel import Kernel

HERE = Path(__file__).parent
PATIENCE = 300
ROUNDS = 3
# What only the shells that this is called from set.
NOT_THEIRS = ("PYTHONUNBUFFERED", "FORCE_COLOR", "MPLBACKEND", "PYTHONPATH")
_SOMETIMES = " (sometimes)"


@dataclass
class Verdict:
    """What became of the tests of a module; `ended` says why there is none."""

    ended: str = ""
    missing: str = ""
    run: int = 0
    # By the id of a test, what became of it and what it said.
    tests: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __str__(self) -> str:
        kinds = Counter(kind for kind, _ in self.tests.values() if kind != "passed")
        told = [f"{self.run} run", *(f"{count} {kind}" for kind, count in sorted(kinds.items()))]
        return self.ended or self.missing or " ".join(told)

    def by_name(self, module: str) -> dict[str, str]:
        """The verdict of each test, and of the module what there is but for them."""
        if self.ended or self.missing:
            return {module: str(self)}
        # Doctests are named after what they are in.
        return {module: f"{self.run} run"} | {
            test if test.startswith(f"{module}.") else f"{module}:{test}": kind
            for test, (kind, _) in self.tests.items()
        }


class Comparison:
    """The verdicts of a module by python and by rdit, in one or more runs each."""

    def __init__(self, module: str):
        self.module = module
        self.python: list[Verdict] = []
        self.rdit: list[Verdict] = []
        self.output = ""

    def run(self) -> None:
        """Run it once more by both."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            self.python.append(by_python(Path(folder, "python"), self.module))
            if self.python[-1].missing:
                return
            self.rdit.append(by_rdit(Path(folder, "rdit"), self.module))
            self.output = Path(folder, "rdit", "output").read_text()

    def differences(self) -> dict[str, str]:
        """Names of tests, or of the module for the whole, with what was different in all runs."""
        module = full_name(self.module)
        left = [verdict.by_name(module) for verdict in self.python]
        right = [verdict.by_name(module) for verdict in self.rdit]
        if not right:
            return {}
        if any(len(names) == 1 for names in left + right):
            # Of some run there is nothing but its end.
            left = [{module: names[module]} for names in left]
            right = [{module: names[module]} for names in right]
        found = {}
        for name in dict.fromkeys(name for names in left + right for name in names):
            pythons = {names.get(name, "not there") for names in left}
            rdits = {names.get(name, "not there") for names in right}
            if not pythons & rdits:
                found[name] = f"{' or '.join(sorted(pythons))} / {' or '.join(sorted(rdits))}"
        if len(found) > 1:
            # How many were run follows from which.
            found = {name: what for name, what in found.items() if "run / " not in what}
        return found

    def said(self, names: dict[str, str]) -> str:
        """What the tests of these names said."""
        module = full_name(self.module)
        told = "".join(
            f"--- {test}\n{said}\n"
            for verdict in (self.python[-1], self.rdit[-1])
            for test, (_, said) in verdict.tests.items()
            if said and (test in names or f"{module}:{test}" in names)
        )
        return told or self.output[-3000:]


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


class Explained:
    """What `differences.txt` says: by the name of a test, why rdit's verdict is another."""

    def __init__(self, text: str):
        self._reasons: dict[str, str] = {}
        # Those that may differ or not, from run to run.
        self._sometimes: set[str] = set()
        name = ""
        for line in text.splitlines():
            if line.startswith(" "):
                self._reasons[name] += line.strip() + " "
            elif line and not line.startswith("#"):
                name = line.strip().removesuffix(_SOMETIMES)
                if line.strip().endswith(_SOMETIMES):
                    self._sometimes.add(name)
                self._reasons[name] = ""

    def name(self, test: str) -> str | None:
        """The name there by which a test is explained; its subtests are with it."""
        if test in self._reasons:
            return test
        return next(
            (name for name in self._reasons if test.startswith((f"{name} ", f"{name}["))), None
        )

    def stale(self, module: str, found: dict[str, str]) -> list[str]:
        """What is explained of a module, and is the same."""
        used = {self.name(test) for test in found}
        return [
            name
            for name in self._reasons
            if (name == module or name.startswith((f"{module}.", f"{module}:")))
            and name not in used | self._sometimes
        ]


def main(modules: list[str]) -> int:
    try:
        importlib.import_module("test.support")
    except ImportError:
        print(
            f"{sys.executable} has no package `test`, in which CPython's tests are "
            "(Debian: libpython3-testsuite)."
        )
        return 2
    # What was started in the background of a shell ignores it, and its children would.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    explained = Explained((HERE / "differences.txt").read_text())
    everything = (HERE / "modules.txt").read_text().split()
    counts: Counter[str] = Counter()
    stale: list[str] = []
    started = time.monotonic()
    for module in modules or everything:
        compared = Comparison(module)
        first: dict[str, str] = {}
        while True:
            compared.run()
            found = compared.differences()
            first = first or found
            new = {name: what for name, what in found.items() if explained.name(name) is None}
            if not new or len(compared.python) == ROUNDS:
                break
        python = compared.python[-1]
        mark = "DIFFERS" if new else "explained" if found else "same"
        if python.missing:
            mark = "not here"
        counts[mark] += 1
        rdit = compared.rdit[-1] if compared.rdit else ""
        print(f"{module:26} {mark:10} python: {python!s:40} rdit: {rdit}", flush=True)
        for name in first.keys() - found.keys():
            print(f"    unsteady: {name}: {first[name]} at first")
        for name, what in new.items():
            print(f"    {name}: {what}")
        if new:
            print("    " + compared.said(new).replace("\n", "\n    "), flush=True)
        if not python.missing:
            stale += explained.stale(full_name(module), first)
    for name in stale:
        print(f"stale: {name} is explained in differences.txt, and does not differ")
    told = ", ".join(f"{count} {mark}" for mark, count in counts.items())
    print(f"{told}; {(time.monotonic() - started) / 60:.0f} minutes")
    return 1 if counts["DIFFERS"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
