"""The request that installs the runtime in a kernel.

The runtime's modules are read as text and never imported here: they take over the process that
imports them.
"""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

# Keeps the script's folder out of `sys.path` while the kernel starts. Ignored by Python 3.10.
# https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH
SAFE_PATH = "PYTHONSAFEPATH"


def boot_request(marker: Path | None) -> dict[str, Any]:
    """The content of the `execute_request` that installs the runtime. `marker`: the shared file, of
    `crash_marker.py`; None where kernel and server share no files."""
    modules, code = _runtime()
    shared = {"marker": str(marker)} if marker is not None else {}
    # The runtime removes the variable again, unless the server itself has it: to child processes of
    # the script the environment is the server's.
    unset = [] if SAFE_PATH in os.environ else [SAFE_PATH]
    content = silent(code) | {"rdit": {"modules": modules, "unset": unset, **shared}}
    content["user_expressions"] = {"rdit": "'_rdit' in __import__('sys').modules"}
    return content


def is_booted(reply: dict[str, Any]) -> bool:
    """Whether the `user_expressions` of the boot request found the runtime. The reply's status does
    not say so: a kernel that is not ipykernel may report success for code it did not understand."""
    found = (reply.get("user_expressions") or {}).get("rdit", {}).get("data", {})
    return reply.get("status") == "ok" and found.get("text/plain") == "True"


def silent(code: str) -> dict[str, Any]:
    """The content of an `execute_request` that leaves no trace in history and execution count."""
    return {
        "code": code,
        "silent": True,
        "store_history": False,
        "allow_stdin": False,
        "stop_on_error": False,
        "user_expressions": {},
    }


@cache
def _runtime() -> tuple[dict[str, str], str]:
    """The sources of the runtime's modules by name, and that of its `boot.py`, which installs
    them."""
    folder = files("rdit_ext") / "runtime"
    modules = {
        item.name[:-3]: item.read_text(encoding="utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".py") and item.name != "boot.py" and "pyodide" not in item.name
    }
    return modules, (folder / "boot.py").read_text(encoding="utf-8")
