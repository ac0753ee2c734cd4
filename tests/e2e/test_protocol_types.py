from __future__ import annotations

import json
import subprocess
from pathlib import Path

from rdit_ext.wire.schema import wire_schema

ROOT = Path(__file__).parents[2]


def test_the_committed_typescript_types_are_those_of_protocol_py() -> None:
    check = subprocess.run(
        ["node", "labextension/protocol.mjs", "--check"],
        cwd=ROOT,
        input=json.dumps(wire_schema()),
        text=True,
        capture_output=True,
    )
    assert (check.returncode, check.stderr) == (0, "")
