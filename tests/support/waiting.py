"""Waits for conditions, never for seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

# Seconds. More than a kernel may take to start on a busy machine: its own reason is to be heard.
PATIENCE = float(os.environ.get("RDIT_TEST_PATIENCE", "60"))


def wait_for(
    condition: Callable[[], Any], what: str = "the condition", seconds: float = PATIENCE
) -> Any:
    """The first true value that `condition` returns."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds:g} s for {what}")
