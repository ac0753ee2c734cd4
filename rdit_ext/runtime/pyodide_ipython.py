"""A stand-in for IPython in Pyodide: `display()`, and the classes of `IPython.display`, of
`pyodide_objects` and `pyodide_media`.

The classes have IPython's names, so that scripts have the same results in both places. If IPython
is installed, scripts import that instead.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import secrets
import types
from collections.abc import Sequence
from typing import Any

from . import pyodide_media, pyodide_objects
from .pyodide_display import displays


def display(
    *objs: Any,
    include: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    metadata: dict[str, Any] | None = None,
    transient: dict[str, Any] | None = None,
    display_id: str | bool | None = None,
    raw: bool = False,
    clear: bool = False,
    update: bool = False,
    **options: Any,
) -> DisplayHandle | None:
    """Show objects beside the running statement."""
    known = (transient or {}).get("display_id")
    name = secrets.token_hex(16) if display_id is True else display_id or known
    if update and not name:
        raise TypeError("display_id required for update_display")
    if not objs and name:
        objs, raw = ({},), True
    if clear:
        clear_output(wait=True)
    for value in objs:
        data, found = (value, {}) if raw else displays.format(value)
        if include is not None:
            data = {mime: data[mime] for mime in data if mime in include}
        if exclude is not None:
            data = {mime: data[mime] for mime in data if mime not in exclude}
        if data or raw:
            displays.show(data, _merged(found, metadata or {}), name or None, update)
    return DisplayHandle(name) if display_id else None


def update_display(obj: Any, *, display_id: str, **options: Any) -> None:
    """Show something else where the display with this id stands."""
    display(obj, display_id=display_id, update=True, **options)


def publish_display_data(
    data: dict[str, Any],
    metadata: dict[str, Any] | None = None,
    *,
    transient: dict[str, Any] | None = None,
    update: bool = False,
    **options: Any,
) -> None:
    """Show a MIME bundle."""
    displays.show(data, metadata, (transient or {}).get("display_id"), update)


def clear_output(wait: bool = False) -> None:
    """Clear what the running statement has put out."""
    displays.clear(wait)


class DisplayHandle:
    """A display that can be updated."""

    def __init__(self, display_id: str | None = None):
        self.display_id = display_id or secrets.token_hex(16)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} display_id={self.display_id}>"

    def display(self, obj: Any, **options: Any) -> None:
        """Show it once more, here."""
        display(obj, display_id=self.display_id, **options)

    def update(self, obj: Any, **options: Any) -> None:
        """Show something else instead."""
        update_display(obj, display_id=self.display_id, **options)


# The module is part of its `repr`, which must be the same as in IPython.
DisplayHandle.__module__ = "IPython.core.display_functions"
_FUNCTIONS = (display, update_display, publish_display_data, clear_output)
_NAMES = (*_FUNCTIONS, DisplayHandle, *pyodide_objects.NAMES, *pyodide_media.NAMES)


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports stand-ins for `IPython` and `IPython.display` if no other finder finds them."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in ("IPython", "IPython.display", "IPython.core", "IPython.core.display"):
            return None
        is_package = name in ("IPython", "IPython.core")
        return importlib.machinery.ModuleSpec(name, self, is_package=is_package)

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        module.__doc__ = "What scripts use most of IPython; the rest comes with IPython itself."
        if module.__name__ == "IPython":
            module.__dict__.update(
                get_ipython=lambda: None, version_info=(9, 0, 0, ""), __version__="9.0.0"
            )
            importlib.import_module("IPython.display")  # sets the attribute `display` of IPython
        elif module.__name__ != "IPython.core":
            module.__dict__.update({thing.__name__: thing for thing in _NAMES})

        def missing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            raise AttributeError(
                f"{module.__name__}.{name} is not available in the browser:"
                " only the common part of IPython.display is"
            )

        module.__dict__["__getattr__"] = missing


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for key, value in second.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged
