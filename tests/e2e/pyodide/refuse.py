"""A server's policy under which people read and write files, and run no code."""

from __future__ import annotations

from typing import Any

from jupyter_server.auth import AllowAllAuthorizer


class NoKernels(AllowAllAuthorizer):
    """Refuses to execute on kernels; all else is allowed."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        return (action, resource) != ("execute", "kernels")
