"""`make test-pythons`: the suites of runtime and server on every Python that the package claims.

    python tests/pythons.py [ROW …]     a row is a version, `oldest` or `newest`

A row that ends in a version of Python has the newest packages that it can have; `oldest` has the
oldest that pyproject.toml allows on the oldest Python, `newest` the newest, betas too, on the
newest. Each row has an environment of its own in `.venv-pythons`. Says which were not there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
VERSIONS = [f"3.{minor}" for minor in range(10, 15)]
SUITES = ["tests/runtime", "tests/server"]


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
    newest = ["--upgrade", "--pre", "jupyter_server", "ipykernel", "ipython", "msgspec"]
    return {
        **{version: (path, []) for version, path in pythons.items()},
        "oldest": (there[0] if there else None, oldest()),
        "newest": (there[-1] if there else None, newest),
    }


def install(row: str, python: str, more: list[str]) -> str:
    """The interpreter of the row's environment."""
    folder = ROOT / ".venv-pythons" / row
    own = str(folder / "bin" / "python")
    stamp = folder / ".ready"
    if stamp.exists() and stamp.stat().st_mtime > (ROOT / "pyproject.toml").stat().st_mtime:
        return own
    print(f"{row}: installing what its tests need", flush=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    (ROOT / "rdit_ext/labextension").mkdir(exist_ok=True)
    pip = [own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # The page is none of these suites' concern.
    environment = {**os.environ, "SKIP_JUPYTER_BUILDER": "1"}
    subprocess.run([*pip, "--editable", ".[suites]"], cwd=ROOT, env=environment, check=True)
    if more:
        subprocess.run([*pip, *more], cwd=ROOT, env=environment, check=True)
    stamp.touch()
    return own


def main(names: list[str]) -> int:
    known = rows()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No such row: {', '.join(unknown)}. There are {', '.join(known)}.")
        return 2
    missing: list[str] = []
    passed: list[str] = []
    failed: list[str] = []
    for row in names or known:
        python, more = known[row]
        if python is None:
            missing.append(row)
            continue
        own = install(row, python, more)
        print(f"{row}: {python}", flush=True)
        pytest = [own, "-m", "pytest", "-q", "-p", "no:cacheprovider", *SUITES]
        done = subprocess.run(pytest, cwd=ROOT)
        (failed if done.returncode else passed).append(row)
    if missing:
        print(f"Not on this machine, so not tested: Python {', '.join(missing)}.")
    print(f"Passed: {', '.join(passed) or 'none'}. Failed: {', '.join(failed) or 'none'}.")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
