"""Warnings of the compiler about a script, by statement."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from .statement import Noted, Statement


def hand_out(noted: list[Noted], statements: Sequence[Statement]) -> None:
    """Give each warning to the first of the statements on its line."""
    if not noted:
        return
    for statement in statements:
        statement.noted = []
    for warning in noted:
        for statement in statements:
            if statement.line_start <= warning[3] <= statement.line_end:
                statement.noted.append(warning)
                break


@contextmanager
def noting_warnings(path: str, noted: list[Noted]) -> Iterator[None]:
    """Collect the compiler's warnings about this file in `noted`, each message once per line."""
    show = warnings.showwarning

    def note(message: Any, category: type[Warning], filename: str, lineno: int, *rest: Any) -> None:
        if filename != path:
            show(message, category, filename, lineno, *rest)
        elif not any((str(m), n) == (str(message), lineno) for m, _, _, n in noted):
            noted.append((message, category, filename, lineno))

    # Not `warnings.catch_warnings`: it invalidates the registries by which modules warn only once.
    warnings.showwarning = note  # type: ignore[assignment]
    try:
        yield
    finally:
        warnings.showwarning = show
