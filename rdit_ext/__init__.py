"""rdit: an editor for plain Python scripts, served by Jupyter. This module holds what Jupyter
asks of an extension, and imports nothing else until it is asked.
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
