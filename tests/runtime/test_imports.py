"""Who may import whom in the runtime: the standard library only, and no host but a host."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

RUNTIME = Path(__file__).parents[2] / "rdit_ext" / "runtime"
FILES = sorted(RUNTIME.glob("*.py"))
# What only the modules of one host may import: it is there already, or its package was imported.
LENT = {
    "figure_picture": {"matplotlib"},
    "host_ipython": {"IPython"},
    # jedi is a dependency of IPython.
    "introspect_ipython": {"IPython", "jedi"},
    "ipython_text": {"IPython"},
    "pyodide_bridge": {"pyodide"},
    "pyodide_canvas": {"matplotlib"},
    "pyodide_display": {"matplotlib"},
    "pyodide_objects": {"pyodide"},
    # Of the standard library since 3.14, which is the browser's.
    "introspect_pyodide": {"annotationlib"},
    "introspect_value": {"annotationlib"},
    "pyodide_pretty": {"annotationlib"},
}
# Boots the host of the browser.
BOOTS = "pyodide_bridge"


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
    assert outside - sys.stdlib_module_names - LENT.get(path.stem, set()) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_module_knows_a_host(path: Path) -> None:
    hosts = {name for name in imported(path) if name.startswith(".host_")}
    assert hosts == ({".host_pyodide"} if path.stem == BOOTS else set())


def test_every_module_is_named_in_the_readme() -> None:
    readme = (RUNTIME / "README.md").read_text()
    assert [path.name for path in FILES if f"`{path.name}`" not in readme] == []
