"""Who may import whom, line by line; `docs/architecture.md` says why."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "rdit_ext"
RUNTIME = "runtime"

# Each module of the server, with those of ours that it may import.
MAY_IMPORT = {
    "__init__": {"_version", "app"},
    "_version": set(),
    "app": {
        "saving",
        *{"__init__", "command", "handlers", "processes", "session", "sessions", "websocket"},
    },
    "saving": set(),
    "command": {"__init__"},
    "handlers": {
        "convert",
        *{"__init__", "answers", "bodies", "errors", "fold", "log", "openapi", "protocol"},
        *{"runs", "session", "sessions"},
    },
    "websocket": {"bodies", "errors", "log", "protocol", "runs", "session", "sessions"},
    "bodies": {"errors", "protocol"},
    "openapi": {"protocol"},
    "sessions": {"errors", "kernels", "processes", "protocol", "session"},
    "session": {"errors", "kernels", "log", "processes", "protocol", "questions", "runs"},
    "runs": {"errors", "protocol"},
    "processes": {"errors", "kernels", "launches", "places"},
    "launches": set(),
    "places": set(),
    "questions": {"errors"},
    "kernels": {"errors", "last_words", "places", "protocol"},
    "last_words": {"protocol"},
    "answers": {"fold", "protocol"},
    "convert": {"errors", "protocol"},
    "log": {"fold", "protocol"},
    "fold": {"errors", "protocol"},
    "schema": {"protocol"},
    "protocol": set(),
    "errors": {"protocol"},
}
# Outside of ours and the standard library: what only these rooms may know.
ONLY_THERE = {
    "zmq": {"kernels", "processes"},
    "jupyter_client": {"kernels", "launches"},
    "tornado": {"app", "handlers", "websocket"},
    "jupyter_server": {"app", "command", "handlers", "websocket"},
    "jupyter_core": {"handlers", "processes", "websocket"},
    "nbformat": {"convert"},
    "nbconvert": {"convert"},
    "traitlets": {"app", "command"},
    "msgspec": {
        *{"bodies", "handlers", "kernels", "log", "openapi", "protocol", "schema"},
        *{"last_words", "runs", "websocket"},
    },
}


def imports(path):
    """(line, module) of everything that this file imports; ours are `.name`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level == 0:
                yield node.lineno, node.module
            elif node.module:
                yield node.lineno, f".{node.module}"
            else:
                for alias in node.names:
                    is_module = (path.parent / f"{alias.name}.py").exists()
                    yield node.lineno, f".{alias.name}" if is_module else ".__init__"


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.py")), ids=lambda p: p.stem)
def test_a_module_of_the_server_imports_only_what_it_may(path):
    assert path.stem in MAY_IMPORT, f"{path.name} is new: say here what it may import"
    wrong = []
    for line, name in imports(path):
        top = name.partition(".")[0]
        if name.startswith("."):
            allowed = name[1:] in MAY_IMPORT[path.stem]
        elif top == "rdit_ext":
            allowed = False
        else:
            allowed = top in sys.stdlib_module_names or path.stem in ONLY_THERE.get(top, set())
        if not allowed:
            wrong.append(f"{path.name}:{line} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("path", sorted((ROOT / RUNTIME).glob("*.py")), ids=lambda p: p.stem)
def test_the_runtime_imports_the_standard_library_and_itself_only(path):
    lent = {
        "boot": {"_rdit"},
        "host_ipython": {"IPython", "ipykernel", "matplotlib_inline"},
        "pyodide_bridge": {"pyodide"},
        "pyodide_canvas": {"matplotlib"},
        "pyodide_display": {"matplotlib", "pyodide"},
        # Of the standard library since 3.14, which is the browser's.
        "pyodide_pretty": {"annotationlib"},
    }
    wrong = [
        f"{path.name}:{line} imports {name}"
        for line, name in imports(path)
        if not name.startswith(".")
        and name.partition(".")[0] not in sys.stdlib_module_names
        and name.partition(".")[0] not in lent.get(path.stem, set())
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: p.stem)
def test_the_server_reads_the_runtime_as_text_and_never_imports_it(path):
    wrong = [
        f"{path.name}:{line} imports {name}"
        for line, name in imports(path)
        if path.parent == ROOT and name.lstrip(".").partition(".")[0] == RUNTIME
    ]
    assert wrong == []
