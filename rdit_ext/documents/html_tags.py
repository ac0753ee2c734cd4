"""HTML of outputs, read by Python's parser: its tags and its text, and what media it names.

`labextension/src/results/html_tags.ts` and `local_files.ts` find the same media on the page. Python
in the browser has this module too (see `text_documents.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.S)
# Is passed over as a comment is; `html.parser` of older Pythons fails at it.
_SECTION = re.compile(r"<!\[[^>]*>?")
_MEDIA = re.compile(r"(?=<(?:img|audio|video|source|track)[\s/>])", re.I)
# An address of a `srcset`, and what stands behind it until the next.
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(?=,+(?:\s|$)|\s|$)(?:,+|(?:[^,(]|\([^)]*\))*)")


@dataclass(frozen=True)
class Tag:
    """A tag. `name`, and the names of `attributes`, are in lower case; values have no entities."""

    name: str
    attributes: dict[str, str]
    is_end: bool = False


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Tag | str] = []
        # The element that is open whose text is not seen.
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of several by a name the first one counts.
        self.found.append(Tag(tag, {name: value or "" for name, value in reversed(attrs)}))
        if tag in ("script", "style"):
            self._hidden = tag

    def handle_endtag(self, tag: str) -> None:
        self.found.append(Tag(tag, {}, is_end=True))
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def tokens(markup: str) -> list[Tag | str]:
    """The tags of HTML and the text between them, without that of scripts, styles and comments."""
    parser = _Parser()
    parser.feed(_SECTION.sub("", _without_comments(markup)))
    parser.close()
    return parser.found


def _without_comments(markup: str) -> str:
    # One that does not end is looked at once, not once for each that begins.
    last = markup.rfind("-->") + 3
    return _COMMENT.sub("", markup[:last]) + markup[last:] if last > 2 else markup


def media_sources(text: str) -> Iterator[str]:
    """The sources that images, sound and video have in HTML, and in what has HTML in it: strings of
    scripts, and Markdown. Each tag is read from where it begins, whatever stands before it."""
    for piece in _MEDIA.split(_without_comments(text))[1:]:
        first = next(iter(tokens(piece)), None)
        if isinstance(first, Tag):
            said = first.attributes
            yield from (said[name] for name in ("src", "poster") if name in said)
            yield from candidates(said.get("srcset", ""))


def candidates(srcset: str) -> list[str]:
    """The addresses in a `srcset`."""
    return _CANDIDATE.findall(srcset)
