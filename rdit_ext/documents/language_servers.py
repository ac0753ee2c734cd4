"""ty as a language server of jupyter-lsp, which knows pyrefly, pyright and pylsp by itself.

An entry point of the group `jupyter_lsp_spec_v1`. A configuration of the key `ty` comes before it.
https://jupyterlab-lsp.readthedocs.io/en/latest/Extending.html#python-package-entry_point
"""

from __future__ import annotations

import os
import shutil
import sysconfig
from typing import Any


def ty_spec(manager: Any) -> dict[str, dict[str, Any]]:
    """How ty is started; nothing where it is not installed, beside this Python or on the PATH."""
    program = shutil.which("ty", path=sysconfig.get_path("scripts")) or shutil.which("ty")
    if program is None:
        return {}
    return {
        "ty": {
            # By its path: `python -m ty` would import a `ty.py` of the folder it is started in.
            "argv": [os.path.abspath(program), "server"],
            "languages": ["python"],
            "version": 2,
            "display_name": "ty",
            "mime_types": ["text/x-python", "text/x-ipython"],
            "urls": {"home": "https://docs.astral.sh/ty/"},
            "requires_documents_on_disk": False,
        }
    }
