"""The texts of scripts, as they were when their statements were compiled.

A function that did not run again after an edit still has the line numbers of the older text, under
the same file name. Tracebacks, `inspect`, warnings and pdb look a line up by that name, in
`linecache.cache`. So each text of a script gives its code a file name that is a string object of
its own: equal to the path, as anybody who compares it expects, and told from the others by what it
is. `linecache.cache` becomes a dict that looks at this first. Whoever asks by another string with
the path in it, `__file__` for one, gets the newest text.
"""

from __future__ import annotations

import _imp
import linecache
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from types import CodeType
from typing import Any

# Characters of older texts that are kept, for code that is still there.
_MAX_OLDER = 32 * 1024 * 1024
# Lines to compare for where one of them is now: SequenceMatcher may take time by their square.
_MAX_COMPARED = 4000
# References to a name that no code has: its version's, and the call's that counts.
_UNUSED = 2

Entry = tuple[int, None, list[str], str]


class Version:
    """One text of a script. Code compiled from it has `name` for its file name."""

    __slots__ = ("_entry", "lines", "name", "path", "size")

    def __init__(self, path: str, lines: Sequence[str]):
        self.path = path
        # A string of its own; of one character there is only one in the process.
        self.name = path[:1] + path[1:]
        self.lines = lines
        self.size = sum(map(len, lines)) + len(lines)
        self._entry: Entry | None = None

    @property
    def entry(self) -> Entry:
        """What `linecache.cache` holds of it."""
        if self._entry is None:
            # No modification time: linecache.checkcache then leaves it alone.
            whole = [line + "\n" for line in self.lines]
            self._entry = (self.size, None, whole, self.path)
        return self._entry

    def rest(self) -> None:
        """Keep no more than it takes to make the entry again."""
        self._entry = None


class _Cache(dict[Any, Any]):
    """`linecache.cache`, with the texts of scripts by the very name in their code."""

    def __contains__(self, name: object) -> bool:
        return id(name) in _versions or super().__contains__(name)

    def __getitem__(self, name: Any) -> Any:
        version = _versions.get(id(name))
        return super().__getitem__(name) if version is None else version.entry

    def get(self, name: Any, default: Any = None) -> Any:
        version = _versions.get(id(name))
        return super().get(name, default) if version is None else version.entry


# By the identity of their names, the oldest first; and the newest by path.
_versions: dict[int, Version] = {}
_newest: dict[str, Version] = {}


def install() -> None:
    """Have `linecache` know older texts."""
    linecache.cache = _Cache(linecache.cache)


def remove() -> None:
    """Give `linecache` a plain dict again."""
    if isinstance(linecache.cache, _Cache):
        linecache.cache = dict(linecache.cache)


def remember(path: str, lines: Sequence[str]) -> str:
    """Make these lines the text of the script; the name that its code is compiled with."""
    version = _newest.get(path)
    if version is None or (version.lines is not lines and version.lines != lines):
        if version is not None:
            version.rest()
        _forget_unused()
        same = (v for v in _versions.values() if v.path == path and v.lines == lines)
        version = next(same, None) or Version(path, lines)
        _versions.pop(id(version.name), None)  # it is the newest now
        _versions[id(version.name)] = _newest[path] = version
    if dict.get(linecache.cache, path) is not version.entry:
        linecache.cache[path] = version.entry
    return version.name


def name_anew(code: CodeType, name: str) -> None:
    """Put this very object into code that was compiled with an equal name.

    From 3.13 the compiler takes for all equal file names the one that it met first.
    """
    # What is equal to the name in the code is left as it is: hence by way of another.
    _imp._fix_co_filename(code, "")  # type: ignore[attr-defined]
    _imp._fix_co_filename(code, name)  # type: ignore[attr-defined]


def line_now(name: str, line: int) -> int:
    """Where a line of the text with this name stands in the newest; 0: it was changed, or is gone.

    `name` has to be the very object that is in the code.
    """
    then = _versions.get(id(name))
    now = _newest.get(name)
    if then is None or now is None or then is now:
        return line
    old, new = then.lines, now.lines
    if not 1 <= line <= len(old):
        return 0
    start, least = 0, min(len(old), len(new))
    while start < least and old[start] == new[start]:
        start += 1
    if line <= start:
        return line
    end = 0
    while end < least - start and old[len(old) - 1 - end] == new[len(new) - 1 - end]:
        end += 1
    if line > len(old) - end:
        return line + len(new) - len(old)
    changed = old[start : len(old) - end], new[start : len(new) - end]
    if max(map(len, changed)) > _MAX_COMPARED:
        return 0
    at = line - 1 - start
    for block in SequenceMatcher(None, *changed, autojunk=False).get_matching_blocks():
        if block.a <= at < block.a + block.size:
            return at - block.a + block.b + start + 1
    return 0


def _forget_unused() -> None:
    """Let go of the texts that no code is left of, and of the oldest when they are too many."""
    size = 0
    for key, version in reversed(list(_versions.items())):
        if _newest.get(version.path) is version:
            continue
        size += version.size
        if sys.getrefcount(version.name) <= _UNUSED or size > _MAX_OLDER:
            del _versions[key]
