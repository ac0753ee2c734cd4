"""Who may import whom in the runtime: the standard library only, and no host but a host."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "rdit_ext" / "runtime"
FILES = sorted(RUNTIME.glob("*.py"))
HOSTS = {"host_ipython": {"IPython"}, "host_pyodide": {"js", "pyodide"}}


def imported(path: Path) -> set[str]:
    """The modules that a file imports; those of the runtime begin with a dot."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            found |= {f".{name}" for name in names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_only_the_standard_library_is_imported(path: Path) -> None:
    outside = {name for name in imported(path) if not name.startswith(".")}
    assert outside - sys.stdlib_module_names - HOSTS.get(path.stem, set()) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_module_knows_a_host(path: Path) -> None:
    assert {name for name in imported(path) if name.startswith(".host")} == set()


def test_every_module_is_named_in_the_readme() -> None:
    readme = (RUNTIME / "README.md").read_text()
    assert [path.name for path in FILES if f"`{path.name}`" not in readme] == []
