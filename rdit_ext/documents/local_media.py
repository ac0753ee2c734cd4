"""The images, sound and video that outputs name by a path, for a report, which stands alone: it has
them with it.

`labextension/src/editor/export_media.ts` does the same on the page, which asks Jupyter for them.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from ..protocol import Display, ExportedResult, Result
from .html_tags import media_sources
from .markdown import text_of

# Of all files in a report, in bytes.
MOST_BYTES = 20_000_000
# Images, and the definitions that they may refer to.
_IN_MARKDOWN = re.compile(
    r"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*(?:<([^<>\n]*)>|((?:[^\s()]|\([^\s()]*\))+))"
    r"|^ {0,3}\[[^\]\n]+\]:\s*(?:<([^<>\n]*)>|(\S+))",
    re.M,
)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_NO_ESCAPE = re.compile(r"%(?![0-9a-f]{2})", re.I)
_NO_PATH = re.compile(r"([a-z][-+.\w]*:|[/\\#?])", re.I)


def media_of(results: list[ExportedResult], folder: Path, root: Path) -> dict[str, str]:
    """The files of a report by their paths, as `data:` addresses; in place of one that has no room,
    why it is left out. `folder`: the script's; of what is outside of `root`, nothing is read."""
    files: dict[str, str] = {}
    room = MOST_BYTES
    for path in dict.fromkeys(_paths(results)):
        kind = mimetypes.guess_type(path)[0] or ""
        if not kind.startswith(("image/", "audio/", "video/")):
            continue
        try:
            file = (folder / path).resolve()
            if not file.is_file() or not file.is_relative_to(root.resolve()):
                continue
            size = file.stat().st_size
            if size <= room:
                encoded = base64.b64encode(file.read_bytes()).decode()
        # RuntimeError: a circle of links. The report says that it is not there.
        except (OSError, ValueError, RuntimeError):
            continue
        if size > room:
            most = MOST_BYTES // 1_000_000
            files[path] = f"with it, files in this report would have more than {most} MB."
            continue
        room -= size
        files[path] = f"data:{kind};base64,{encoded}"
    return files


def _paths(results: list[ExportedResult]) -> Iterator[str]:
    for output in (output for result in results for output in result.output):
        if isinstance(output, (Result, Display)):
            for source in _sources(output):
                path = _unescaped(re.sub(r"[?#].*", "", source, flags=re.S))
                if path and not _NO_PATH.match(source):
                    yield path


def _unescaped(path: str) -> str:
    """Without %-escapes; as it is if they are none, as browsers have it."""
    try:
        return path if _NO_ESCAPE.search(path) else unquote(path, errors="strict")
    except UnicodeDecodeError:
        return path


def _sources(output: Result | Display) -> Iterator[str]:
    markdown = text_of(output.data.get("text/markdown")) or ""
    for text in (text_of(output.data.get("text/html")) or "", markdown):
        yield from media_sources(text)
    for found in _IN_MARKDOWN.finditer(markdown):
        yield _ESCAPE.sub(r"\1", next(each for each in found.groups() if each is not None))
