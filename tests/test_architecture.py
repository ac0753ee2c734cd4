"""Who may import whom, line by line; `docs/architecture.md` says why."""

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "rdit_ext"
RUNTIME = "runtime"
SERVER = sorted(p for p in ROOT.rglob("*.py") if RUNTIME not in p.relative_to(ROOT).parts)

# Each room of the server, a folder or a single module, with those that it may import beside itself.
MAY_IMPORT = {
    "__init__": {"_version", "app"},
    "_version": set(),
    "app": {"__init__", "api", "command", "documents", "export_command", "kernel", "session"},
    "export_command": {"documents", "errors", "kernel", "protocol", "session", "wire"},
    "command": {"__init__"},
    "api": {"__init__", "documents", "errors", "protocol", "session", "wire"},
    "session": {"errors", "kernel", "protocol", "wire"},
    "kernel": {"errors", "protocol"},
    "documents": {"errors", "protocol"},
    "wire": {"errors", "protocol"},
    "errors": {"protocol"},
    "protocol": set(),
}
# Outside of ours and the standard library: the modules and rooms that alone may know them.
ONLY_THERE = {
    "zmq": {"kernel"},
    "jupyter_client": {"kernel", "export_command"},
    "tornado": {"app", "api"},
    "jupyter_server": {"app", "command", "api", "export_command"},
    "jupyter_core": {"api", "export_command", "kernel"},
    "traitlets": {"app", "command", "export_command"},
    "msgspec": {
        *{"protocol", "wire", "kernel", "session.queries", "session.run", "api"},
        *{"documents.convert", "documents.report", "documents.ruff"},
    },
}


def name_of(path):
    """The dotted name of a module, below `rdit_ext`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path):
    """(line, module) of everything that this file imports; ours are `.name`, below `rdit_ext`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module
        elif isinstance(node, ast.ImportFrom):
            folder = path.parents[node.level - 1]
            base = [*folder.relative_to(ROOT).parts, *(node.module or "").split(".")]
            target = ".".join(filter(None, base))
            for alias in [None] if node.module else node.names:
                inner = ".".join(filter(None, [target, alias.name if alias else ""]))
                is_module = (ROOT / (inner.replace(".", "/") + ".py")).exists()
                yield node.lineno, f".{inner if is_module else target or '__init__'}"


@pytest.mark.parametrize("path", SERVER, ids=name_of)
def test_a_module_of_the_server_imports_only_what_it_may(path):
    room = name_of(path).partition(".")[0]
    assert room in MAY_IMPORT, f"{room} is new: say here what it may import"
    wrong = []
    for line, name in imports(path):
        top = name.partition(".")[0]
        if name.startswith("."):
            allowed = name.split(".")[1] in MAY_IMPORT[room] | {room}
        elif top == "rdit_ext":
            allowed = False
        else:
            allowed = top in sys.stdlib_module_names or bool(
                {room, name_of(path)} & ONLY_THERE.get(top, set())
            )
        if not allowed:
            wrong.append(f"{path.name}:{line} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("folder", [None, RUNTIME])
def test_no_module_imports_itself_by_way_of_others(folder):
    files = SERVER if folder is None else sorted((ROOT / folder).glob("*.py"))
    graph = {
        f".{name_of(path)}": {name for _, name in imports(path) if name.startswith(".")}
        for path in files
        if path.stem != "__init__"
    }
    tuple(TopologicalSorter(graph).static_order())  # raises CycleError with the circle


@pytest.mark.parametrize("path", sorted((ROOT / RUNTIME).glob("*.py")), ids=lambda p: p.stem)
def test_the_runtime_imports_the_standard_library_and_itself_only(path):
    lent = {
        "boot": {"_rdit"},
        "host_ipython": {"IPython", "ipykernel", "matplotlib_inline"},
        # Where they are installed.
        "introspect_ipython": {"IPython", "jedi"},
        "ipython_text": {"IPython"},
        "pyodide_bridge": {"pyodide"},
        "pyodide_canvas": {"matplotlib"},
        "figure_picture": {"matplotlib"},
        "pyodide_objects": {"pyodide"},
        # Of the standard library since 3.14, which is the browser's.
        "introspect_value": {"annotationlib"},
        "introspect_pyodide": {"annotationlib"},
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


@pytest.mark.parametrize("path", SERVER, ids=name_of)
def test_the_server_reads_the_runtime_as_text_and_never_imports_it(path):
    wrong = [
        f"{path.name}:{line} imports {name}"
        for line, name in imports(path)
        if name.lstrip(".").partition(".")[0] == RUNTIME
    ]
    assert wrong == []
