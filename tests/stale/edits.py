"""Random edits of a script's statements, as people make them."""

from __future__ import annotations

import ast
import random
import re

# The new statements, each with the index of the old one that it is, edited or not; None: it is new.
Order = list[tuple[str, int | None]]


def edit(sources: list[str], chance: random.Random) -> tuple[str, Order] | None:
    """One edit: what it was, and the statements after it. None if there was nothing to edit so."""
    order: Order = [(source, k) for k, source in enumerate(sources)]
    index = chance.randrange(len(sources))
    kind = chance.choice(
        ["constant"] * 5 + ["rename", "delete", "insert", "insert", "swap", "duplicate", "call"]
    )
    if kind == "delete" and len(sources) > 2:
        del order[index]
        return f"delete {index}", order
    if kind == "swap" and index + 1 < len(sources):
        order[index : index + 2] = reversed(order[index : index + 2])
        return f"swap {index}", order
    if kind == "duplicate":
        order.insert(index + 1, (sources[index], None))
        return f"duplicate {index}", order
    if kind == "insert":
        new = _new_statement(sources, chance)
        order.insert(index, (new, None))
        return f"insert {new!r} at {index}", order
    changed = {"constant": _constant, "rename": _rename, "call": _call}.get(kind, _constant)(
        sources, index, chance
    )
    if changed is None or changed == sources[index]:
        return None
    try:
        compile(changed, "script.py", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if len(ast.parse(changed).body) != 1:
            return None
    except SyntaxError:
        return None
    order[index] = (changed, index)
    return f"{kind} of {index}: {changed[:60]!r}", order


def _constant(sources: list[str], index: int, chance: random.Random) -> str | None:
    """Change a number or a string."""
    source = sources[index]
    spots = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float, str)
        and node.lineno == node.end_lineno
        and node.end_col_offset is not None
    ]
    lines = source.split("\n")
    spots = [node for node in spots if lines[node.lineno - 1].isascii()]
    if not spots:
        return None
    node = chance.choice(spots)
    line = lines[node.lineno - 1]
    old = line[node.col_offset : node.end_col_offset]
    if isinstance(node.value, str):
        if old[:1] not in "\"'" or old != repr(node.value).replace("'", old[0]):
            return None  # of an f-string, or written otherwise
        new = repr(chance.choice([node.value + "x", node.value[:-1], node.value.upper()]))
    elif isinstance(node.value, int):
        new = str(chance.choice([node.value + 1, max(node.value - 1, 0), node.value + 2]))
    else:
        new = repr(chance.choice([node.value + 0.5, node.value * 2]))
    lines[node.lineno - 1] = line[: node.col_offset] + new + line[node.end_col_offset :]
    return "\n".join(lines)


def _rename(sources: list[str], index: int, chance: random.Random) -> str | None:
    """Write another of the script's names in the place of one."""
    names = _names(sources)
    there = [name for name in _names([sources[index]]) if name in names]
    if not there or len(names) < 2:
        return None
    old, new = chance.choice(there), chance.choice([*names, "other"])
    return re.sub(rf"(?<![\w.]){old}\b(?!\s*=[^=])", new, sources[index], count=1)


def _call(sources: list[str], index: int, chance: random.Random) -> str | None:
    """Put an expression into a call, or take an operator for another."""
    source = sources[index]
    if chance.random() < 0.5:
        for old, new in (
            (" + ", " - "),
            (" * ", " + "),
            (" < ", " > "),
            ("min(", "max("),
            ("sum(", "len("),
        ):
            if old in source:
                return source.replace(old, new, 1)
    tree = ast.parse(source).body[0]
    if isinstance(tree, ast.Expr) and "\n" not in source:
        return f"print({source})"
    return None


def _new_statement(sources: list[str], chance: random.Random) -> str:
    names = _names(sources) or ["x"]
    name, other = chance.choice(names), chance.choice(names)
    return chance.choice(
        [
            f"{name} = {chance.randrange(5)}",
            f"{name} = [{chance.randrange(5)}, {chance.randrange(5)}]",
            f"{name} = {other}",
            f"{name}.append({chance.randrange(5)})",
            f"{name} += {chance.randrange(5)}",
            f"print({name})",
            f"{name}",
            f"del {name}",
            f"for {name} in range(2): pass",
            chance.choice(sources),
        ]
    )


def _names(sources: list[str]) -> list[str]:
    """The names that statements bind at top level, without modules and definitions."""
    found: dict[str, None] = {}
    for source in sources:
        for statement in ast.parse(source).body:
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
                continue
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found[node.id] = None
    return list(found)
