"""`docs/private-api.md` against the installed packages, and against our source."""

import ast
import importlib
import importlib.util
import re
import sys
import zipfile
from functools import reduce
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "private-api.md").read_text()
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in TEXT.splitlines()
    if line.startswith("| `")
]
NAMES = [
    (name, *(file or [None]), package, re.findall("`([^`]+)`", where))
    for cell, package, where, _, _ in ROWS
    for names, *file in [cell.split(" in ")]
    for name in re.findall("`([^`]+)`", names)
]
# Underscored and yet documented.
PUBLIC = {"_exit"}


def source_of(path: str) -> str:
    """The text of a file of a package, of npm's or of Python's, or in Pyodide's archive."""
    if path.startswith("node_modules/"):
        archive, is_inside, inner = path.partition(".zip/")
        if is_inside:
            return zipfile.ZipFile(ROOT / f"{archive}.zip").read(inner).decode()
        return (ROOT / path).read_text()
    top = path.partition("/")[0].removesuffix(".py")
    origin = Path(importlib.util.find_spec(top).origin)
    return (origin.parent / path.rpartition(f"{top}/")[2]).read_text()


def is_newer_than_the_last(package: str) -> bool:
    """Whether a row is of versions before the installed one, as `ipykernel, up to 7.3` says."""
    name, _, last = package.partition(", up to ")
    if not last:
        return False
    installed = sys.version_info[:2] if name == "CPython" else numbers(metadata.version(name))
    return installed > numbers(last)


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")[:2]))


@pytest.mark.parametrize(
    ("name", "file", "package", "where"), NAMES, ids=[name for name, *_ in NAMES]
)
def test_a_name_of_the_table_is_in_its_package_and_in_our_source(name, file, package, where):
    attribute = name.rpartition(":")[2].rpartition(".")[2]
    assert any(attribute in (ROOT / path).read_text() for path in where), (
        f"docs/private-api.md: {attribute} is used in none of {where}"
    )
    if is_newer_than_the_last(package):
        return
    if package.startswith("torch"):
        pytest.importorskip("torch", reason="torch is too large to be installed for the tests")
    if file is not None:
        whole = re.escape(name) if re.search(r"\W$", name) else rf"{re.escape(name)}\b"
        assert re.search(rf"\b{whole}", source_of(file.strip("`"))), f"{package} has no {name}"
    else:
        module, _, path = name.partition(":")
        reduce(getattr, path.split("."), importlib.import_module(module))


def test_every_underscored_name_of_others_is_in_the_table():
    named = {part for name, *_ in NAMES for part in re.split("[.:]", name)}
    trees = [ast.parse(path.read_text()) for path in (ROOT / "rdit_ext").rglob("*.py")]
    used = {name for tree in trees for name in attributes(tree)}
    ours = {name for tree in trees for name in defined(tree)}
    for path in (ROOT / "labextension" / "src").rglob("*.ts"):
        used.update(re.findall(r"[.{]\s?(_[a-z]\w*)", path.read_text()))
    assert {name for name in used - ours - PUBLIC if "rdit" not in name} - named == set()


def attributes(tree: ast.Module):
    """Names with one underscore that a module takes from objects: `a._b`, `getattr(a, "_b")`."""
    for node in ast.walk(tree):
        name = None
        if isinstance(node, ast.Attribute):
            name = node.attr
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "hasattr"):
            name = getattr(node.args[1], "value", None)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (part for part in node.module.split(".") if is_private(part))
        if isinstance(name, str) and is_private(name):
            yield name


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def defined(tree: ast.Module):
    """Names that a module gives to its own objects: by `self._b = ...`, `def _b`, `_b = ...`."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and ast.unparse(node.value) in ("self", "cls")
        ):
            yield node.attr
