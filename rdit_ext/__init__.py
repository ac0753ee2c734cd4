"""rdit: an editor for plain Python scripts, served by Jupyter.

This module has the entry point that Jupyter Server looks for in an extension, and imports the rest
when that is called. https://jupyter-server.readthedocs.io/en/latest/developers/extensions.html
"""

from __future__ import annotations

from typing import Any

try:
    from ._version import __version__ as __version__  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # a checkout that was never built or installed
    __version__ = "0.0.0+unbuilt"


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .app import RditApp

    return [{"module": "rdit_ext", "app": RditApp}]
