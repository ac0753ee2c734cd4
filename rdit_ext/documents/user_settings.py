"""A user's settings of the page, in a JSON file that people may edit too.

What the settings are is a table of the page (`session/settings.ts`), not of the server: names that
this version does not know stay in the file, as another version may have written them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import RditError, TooLarge
from .saving import replacing

MAX_BYTES = 65_536


class UserSettings:
    """The settings in the file at `path`, which need not exist. Its methods block."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Between reading and replacing the file no other change may come.
        self._lock = threading.Lock()

    def read(self) -> dict[str, Any]:
        """All that the file holds; nothing if there is no file.

        Raises:
            RditError: it cannot be read, or holds no JSON object. It is left as it is.
        """
        try:
            text = self._path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise self._unreadable(str(error)) from error
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise self._unreadable(str(error)) from error
        if not isinstance(values, dict):
            raise self._unreadable(f"Expected a JSON object, got {type(values).__name__}")
        return values

    def update(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Take these values over, and forget those that are None; all that the file holds then.
        Each name is changed by itself, so that the last one who sets it wins.

        Raises:
            TooLarge: the file would have more than `MAX_BYTES`. Nothing is changed.
            RditError: the file cannot be read or written.
        """
        with self._lock:
            before = self.read()
            values = {**before, **changes}
            values = {name: value for name, value in values.items() if value is not None}
            if values == before:
                return values
            text = json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
            size = len(text.encode())
            if size > MAX_BYTES:
                raise TooLarge(
                    f"Expected settings of at most {MAX_BYTES} bytes in all, got {size} - at"
                    " `$.settings`"
                )
            try:
                self._write(text)
            except OSError as error:
                raise RditError(
                    f"The settings cannot be written to {self._path}: {error.strerror or error}."
                ) from error
            return values

    def _write(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # None where a new file cannot take the place of the old one: then it is written into.
        writing = replacing(str(self._path)) or self._path.open("w", encoding="utf-8", newline="\n")
        with writing as file:
            file.write(text)

    def _unreadable(self, reason: str) -> RditError:
        return RditError(
            f"The settings in {self._path} cannot be read, and are left as they are: {reason}."
            " Mend that file, or remove it."
        )
