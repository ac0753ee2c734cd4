"""HTML of outputs, read by Python's parser: its tags and its text, and what media it names.

`labextension/src/results/html_tags.ts` and `local_files.ts` find the same media on the page. Python
in the browser has this module too (see `text_documents.py`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

_BEGIN = re.compile(r"<(?:!--|!\[|script(?=[\s/>]))", re.I)
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.S)
# Is passed over as a comment is; `html.parser` of older Pythons fails at it.
_SECTION = re.compile(r"<!\[[^>]*>?")
_SCRIPT_END = re.compile(r"</script(?=[\s/>])", re.I)
# That of a query, `?a=1&region=eu`, is no entity; `html.unescape` and older Pythons' parsers take
# it for one: https://html.spec.whatwg.org/multipage/parsing.html#named-character-reference-state
_AMPERSAND = re.compile(r"&(?=[a-z][a-z0-9]*=)", re.I)
_MEDIA = re.compile(r"<(?:img|audio|video|source|track)(?=[\s/>])", re.I)
_ATTRIBUTE = re.compile(r"""[\s/=]*([^\s/>=]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"'][^\s>]*))?""")
_END = re.compile(r"[\s/=]*>")
# An address of a `srcset`, and what stands behind it until the next.
CANDIDATE = re.compile(r"([^\s,]\S*[^\s,]|[^\s,])(?=,+(?:\s|$)|\s|$)(?:,+|(?:[^,(]|\([^)]*\))*)")


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
    parser.feed(_AMPERSAND.sub("&amp;", _without_comments(markup)))
    parser.close()
    return parser.found


def _without_comments(markup: str) -> str:
    """The HTML without its comments and sections. Those in scripts are none."""
    # One that does not end is looked at once, not once for each that begins.
    last_comment = markup.rfind("-->")
    last_script = max((end.start() for end in _SCRIPT_END.finditer(markup)), default=-1)
    pieces, at, position = [], 0, 0
    while begun := _BEGIN.search(markup, position):
        start, position = begun.span()
        if begun[0] == "<!--":
            passed = _COMMENT.match(markup, start) if start < last_comment else None
        elif begun[0] == "<![":
            passed = _SECTION.match(markup, start)
        else:
            passed = None
            if start < last_script and (end := _SCRIPT_END.search(markup, position)):
                position = end.end()
        if passed:
            pieces.append(markup[at:start])
            at = position = passed.end()
    return "".join(pieces) + markup[at:]


def media_sources(text: str) -> Iterator[str]:
    """The sources that images, sound and video have in HTML, and in what has HTML in it: strings of
    scripts, and Markdown. Each tag is read from where it begins, whatever stands before it."""
    text = _without_comments(text)
    position = 0
    while begun := _MEDIA.search(text, position):
        position = begun.end()
        said: dict[str, str] = {}
        while attribute := _ATTRIBUTE.match(text, position):
            position = attribute.end()
            name, value = attribute.groups()
            if value is not None:
                said.setdefault(name.lower(), _unescaped(value))
        # What has no end is none.
        if _END.match(text, position):
            yield from (said[name] for name in ("src", "poster") if name in said)
            yield from candidates(said.get("srcset", ""))


def _unescaped(value: str) -> str:
    value = value[1:-1] if value[0] in "\"'" else value
    return html.unescape(_AMPERSAND.sub("&amp;", value))


def candidates(srcset: str) -> list[str]:
    """The addresses in a `srcset`."""
    return CANDIDATE.findall(srcset)
