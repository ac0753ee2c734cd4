"""Paths of scripts, cleaned once where they come in."""

from __future__ import annotations

from typing import NewType

from ..errors import BadRequest

# A Contents path below the server's root, as `clean_path` gives it.
ScriptPath = NewType("ScriptPath", str)


def optional_path(path: str | None) -> ScriptPath | None:
    """As `clean_path`; None for None."""
    return None if path is None else clean_path(path)


def clean_path(path: str) -> ScriptPath:
    """The Contents path without leading, trailing and double slashes and without `.` parts.

    Raises:
        BadRequest: nothing is left, or it has a `..` part or a null byte.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or "\0" in path:
        raise BadRequest(
            f"Expected the path of a script below the server's root, got {path!r} - at `$.path`"
        )
    return ScriptPath("/".join(parts))
