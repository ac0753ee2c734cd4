"""The texts of scripts, as they were when their statements were compiled.

A function that was defined before an edit has the line numbers of the older text, but the same file
name. Tracebacks, `inspect`, `warnings` and pdb look lines up by file name in `linecache.cache`, and
would find the newest text. Therefore the code of each text has, as its `co_filename`, a string
object of its own, which equals the path, so that comparisons hold, but has its own identity.
`linecache.cache` is replaced by a dict that looks keys up by identity first. Any other string that
equals the path, such as `__file__`, finds the newest text.
"""

from __future__ import annotations

import _imp
import linecache
import sys
from collections.abc import Sequence
from difflib import SequenceMatcher
from types import CodeType
from typing import Any

# Characters of older texts that are kept at most, although code refers to them.
_MAX_OLDER = 32 * 1024 * 1024
# Lines that `line_now` compares at most: SequenceMatcher takes quadratic time in the worst case.
_MAX_COMPARED = 4000
# The reference count of a name that no code object has: the attribute of its `Version`, and the
# argument of `sys.getrefcount`.
_UNUSED = 2

Entry = tuple[int, None, list[str], str]


class Version:
    """One text of a script. `name` is the file name of code compiled from it."""

    __slots__ = ("_entry", "lines", "name", "path", "size")

    def __init__(self, path: str, lines: Sequence[str]):
        self.path = path
        # A new string object, by concatenation. CPython shares strings of one character.
        self.name = path[:1] + path[1:]
        self.lines = lines
        self.size = sum(map(len, lines)) + len(lines)
        self._entry: Entry | None = None

    @property
    def entry(self) -> Entry:
        """Its entry in `linecache.cache`: size, modification time, lines, full name."""
        if self._entry is None:
            # Without a modification time `linecache.checkcache` does not compare it with the file.
            whole = [line + "\n" for line in self.lines]
            self._entry = (self.size, None, whole, self.path)
        return self._entry

    def rest(self) -> None:
        """Free the entry, which is made again when it is needed."""
        self._entry = None


class _Cache(dict[Any, Any]):
    """`linecache.cache`, in which texts of scripts are found by the identity of the name."""

    def __contains__(self, name: object) -> bool:
        return id(name) in _versions or super().__contains__(name)

    def __getitem__(self, name: Any) -> Any:
        version = _versions.get(id(name))
        return super().__getitem__(name) if version is None else version.entry

    def get(self, name: Any, default: Any = None) -> Any:
        version = _versions.get(id(name))
        return super().get(name, default) if version is None else version.entry


# All versions by `id(name)`, the oldest first; and the newest version by path.
_versions: dict[int, Version] = {}
_newest: dict[str, Version] = {}


def install() -> None:
    """Replace `linecache.cache` by one that finds older texts."""
    linecache.cache = _Cache(linecache.cache)


def remove() -> None:
    """Make `linecache.cache` a plain dict again."""
    if isinstance(linecache.cache, _Cache):
        linecache.cache = dict(linecache.cache)


def remember(path: str, lines: Sequence[str]) -> str:
    """Make these lines the newest text of the script at `path`. Returns the string object that its
    code must have as file name."""
    version = _newest.get(path)
    if version is None or (version.lines is not lines and version.lines != lines):
        if version is not None:
            version.rest()
        _forget_unused()
        same = (v for v in _versions.values() if v.path == path and v.lines == lines)
        version = next(same, None) or Version(path, lines)
        _versions.pop(id(version.name), None)  # moves it to the end: it is the newest now
        _versions[id(version.name)] = _newest[path] = version
    if dict.get(linecache.cache, path) is not version.entry:
        linecache.cache[path] = version.entry
    return version.name


def name_anew(code: CodeType, name: str) -> None:
    """Make this string object the file name of a code object, and of those nested in it, which were
    compiled with an equal name.

    From 3.13 the compiler interns file names, so that code has the first string that was equal.
    """
    # `_fix_co_filename` does nothing if the names are equal: set another one in between.
    _imp._fix_co_filename(code, "")  # type: ignore[attr-defined]
    _imp._fix_co_filename(code, name)  # type: ignore[attr-defined]


def line_now(name: str, line: int) -> int:
    """The line number, in the newest text, of a line of the text with this name. Both count from 1;
    0: the line was changed or deleted.

    `name` must be the string object from the code, not an equal one.
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
    """Delete the texts to which no code refers, and the oldest beyond `_MAX_OLDER` characters."""
    size = 0
    for key, version in reversed(list(_versions.items())):
        if _newest.get(version.path) is version:
            continue
        size += version.size
        if sys.getrefcount(version.name) <= _UNUSED or size > _MAX_OLDER:
            del _versions[key]
