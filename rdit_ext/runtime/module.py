"""What Python itself puts into the `__main__` of a script, before the script's first line."""

from __future__ import annotations

import builtins
import sys
from importlib import machinery
from typing import Any, NoReturn


class _Loader(machinery.SourceFileLoader):
    """What `linecache` would ask for the lines of whatever code runs in the module, also for those
    of `exec(compile(text, "generated", "exec"))`: it would show the script's lines there."""

    def get_source(self, fullname: str) -> NoReturn:
        raise ImportError(f"the lines of {fullname} are in linecache")


def python_names(file: str | None) -> dict[str, Any]:
    """The names of a fresh `__main__`, in Python's order.

    `file`: the script's file; None where there is none, which is then as after `python -c`: what
    `multiprocessing` starts looks for no file, rather than for one that is not there.
    """
    names: dict[str, Any] = {
        "__name__": "__main__",
        "__doc__": None,
        "__package__": None,
        "__loader__": machinery.BuiltinImporter if file is None else _Loader("__main__", file),
        "__spec__": None,
    }
    if sys.version_info < (3, 14):  # made by the first annotation from then on
        names["__annotations__"] = {}
    names["__builtins__"] = builtins
    if file is not None:
        names["__file__"] = file
        if sys.version_info < (3, 15):
            names["__cached__"] = None
    return names


# Names that only a script in a file has.
OF_A_FILE = ("__file__", "__cached__")
