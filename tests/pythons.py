"""`make test-pythons`: the suites of runtime and server on every Python that the package claims.

    python tests/pythons.py [--quick] [ROW …]     a row is a version, `oldest` or `newest`

The row of a version of Python has the newest packages that it can have; `oldest` has the oldest
that pyproject.toml allows on the oldest Python there is, `newest` the newest, betas too, on the
newest. Each row has an environment of its own in `.venv-pythons`. Says which Pythons are not there.
With `--quick` only what most depends on the versions: golden runs, kernels, interrupts, loops.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSIONS = [f"3.{minor}" for minor in range(10, 15)]
SUITES = ["tests/runtime", "tests/server"]
QUICK = [
    f"tests/runtime/test_{name}.py" for name in ("runs", "kernel", "interrupts", "counted_loops")
]
PACKAGES = ["ipykernel", "ipython", "jupyter_server", "msgspec"]


def find(version: str) -> str | None:
    """A Python of this version: on the PATH, or one of pyenv's."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    # Sorted as text: any release of the version does.
    pyenv = sorted(root.glob(f"versions/{version}.*/bin/python"), reverse=True)
    for path in (shutil.which(f"python{version}"), *map(str, pyenv)):
        if path is None:
            continue
        # What pyenv puts on the PATH may say that this version is not switched on.
        asked = subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
        )
        if asked.stdout.strip() == version:
            return path
    return None


def oldest() -> list[str]:
    """The oldest packages that pyproject.toml allows, as requirements."""
    text = (ROOT / "pyproject.toml").read_text()
    (line,) = re.findall(r"^dependencies = \[(.*)\]$", text, re.MULTILINE)
    return [f"{name}=={version}" for name, version in re.findall(r'"([\w-]+)>=([\d.]+)"', line)]


def rows() -> dict[str, tuple[str | None, list[str]]]:
    """By the name of the row: a Python, and what to install besides the package."""
    pythons = {version: find(version) for version in VERSIONS}
    there = [path for path in pythons.values() if path]
    newest = ["--upgrade", "--pre", *PACKAGES]
    return {
        **{version: (path, []) for version, path in pythons.items()},
        "oldest": (there[0] if there else None, oldest()),
        "newest": (there[-1] if there else None, newest),
    }


def versions(python: str) -> str:
    """What a row has of the packages that rdit stands on."""
    code = (
        "from importlib.metadata import version as v; import platform as p; "
        f"print('Python', p.python_version(), *(f'{{n}} {{v(n)}}' for n in {PACKAGES}))"
    )
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()


def install(row: str, python: str, more: list[str]) -> str | None:
    """The interpreter of the row's environment; None if that cannot be had."""
    folder = ROOT / ".venv-pythons" / row
    own = str(folder / "bin" / "python")
    stamp = folder / ".ready"
    if stamp.exists() and stamp.stat().st_mtime > (ROOT / "pyproject.toml").stat().st_mtime:
        return own
    print(f"{row}: installing what its tests need", flush=True)
    pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    # The page is none of these suites' concern.
    environment = {**os.environ, "SKIP_JUPYTER_BUILDER": "1"}
    package = ["--editable", ".[suites]"]
    # Betas of ours only: of what the tests need besides they are nobody's matter.
    steps = [package, more] if "--pre" in more else [[*package, *more]]
    try:
        subprocess.run([python, "-m", "venv", folder], check=True)
        for step in steps:
            subprocess.run([*pip, *step], cwd=ROOT, env=environment, check=True)
    except subprocess.CalledProcessError as error:
        print(f"{row}: {error}", flush=True)
        return None
    stamp.touch()
    return own


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="The suites on every Python that there is.")
    parser.add_argument("--quick", action="store_true", help="golden runs, kernels, interrupts")
    known = rows()
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(known))
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.rows if name not in known]
    if unknown:
        parser.error(f"no such row: {', '.join(unknown)}; there are {', '.join(known)}")
    there = {row: python for row in asked.rows or known if (python := known[row][0]) is not None}
    passed: list[str] = []
    failed: list[str] = []
    (ROOT / "rdit_ext/labextension").mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        # pip waits for the network most of the time.
        pythons = list(pool.map(lambda row: install(row, there[row], known[row][1]), there))
    for row, own in zip(there, pythons, strict=True):
        if own is None:
            failed.append(row)
            continue
        print(f"{row}: {there[row]}, {versions(own)}", flush=True)
        suites = QUICK if asked.quick else SUITES
        options = ["-q", "-p", "no:cacheprovider", "--instafail", "--tb=short"]
        two = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
        pytest = [own, "-m", "pytest", *options, *two, *suites]
        done = subprocess.run(pytest, cwd=ROOT)
        (failed if done.returncode else passed).append(row)
    missing = [version for version in VERSIONS if known[version][0] is None]
    if missing:
        print(f"Not on this machine, so not tested: Python {', '.join(missing)}.")
    print(f"Rows passed: {', '.join(passed) or 'none'}. Failed: {', '.join(failed) or 'none'}.")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
