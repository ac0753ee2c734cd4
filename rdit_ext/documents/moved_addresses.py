"""Markdown in another folder than the one that its relative addresses are written for.

Pictures and links to files get the way back; what is absolute, of the network, an anchor or code
stays as it is.
"""

from __future__ import annotations

import html
import posixpath
import re

from .html_tags import CANDIDATE

_FENCE = re.compile(r" *(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r" *(?:[-+*]|\d{1,9}[.)])(?: +|$)")
_ADDRESS = r"<[^<>\n]*>|(?:\\.|[^\s()\\]|\([^\s()]*\))+"
_TITLE = r"""(?:"[^"\n]*"|'[^'\n]*'|\([^()\n]*\))"""
_NO_BLANK_LINE = r"(?:(?!\n\s*\n).)+?"
# https://spec.commonmark.org/0.31.2/#open-tag
_ATTRIBUTES = r"""(?:\s+[a-z_:@][\w:.@-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*/?>"""
_INLINE = re.compile(
    # Code, formulas, comments and escapes are passed over.
    rf"(?P<kept>(?<!`)(?P<ticks>`+)(?!`){_NO_BLANK_LINE}(?<!`)(?P=ticks)(?!`)|<!--(?:(?!<!--).)*?-->|\\."
    rf"|\$\${_NO_BLANK_LINE}\$\$|(?<![\w$])\$(?=[^\s$])[^$\n]+(?<=\S)\$(?![\d$]))"
    rf"|(?P<link>\]\(\s*)(?P<to>{_ADDRESS})(?=\s*\)|\s+[\"'(])"
    r"|(?P<definition>^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*(?:\r?\n)?[ \t]*)"
    rf"(?P<defined><[^<>\n]*>|\S+)(?=[ \t]*{_TITLE}?[ \t]*\r?$)"
    rf"|(?P<tag><(?P<raw>pre|script|style)(?![\w-]){_ATTRIBUTES})(?P<text>(?:(?!<(?P=raw)\b).)*?</(?P=raw)\s*>)"
    rf"|(?P<other><[a-z][\w-]*{_ATTRIBUTES})",
    re.S | re.M | re.I,
)
_ATTRIBUTE = re.compile(
    r"""(?P<before>[\s/=]*(?P<name>[^\s/>=]+)\s*=\s*)(?P<value>"[^"]*"|'[^']*'|[^\s>"'][^\s>]*)"""
)
_NAMES = ("src", "href", "poster")
_NO_PATH = re.compile(r"[a-z][-+.\w]*:|[/#?]|\\(?![!-/:-@\[-`{-~])|\s*$", re.I)
_ESCAPE = re.compile(r"\\.")
# Of a link, in characters.
_LONGEST_TEXT = 1000
# The hash of an entity begins no fragment.
_PATH = re.compile(r"(?:[^?#]|(?<=&)#)*")


def moved(address: str, back: str) -> str:
    """An address for a document from which `back`, a path of a URL, leads to the folder that the
    address is relative to."""
    path = _PATH.match(address)
    if not back or path is None or not _is_path(address):
        return address
    found = posixpath.normpath(f"{back}/{path[0]}")
    slash = "/" if path[0].endswith("/") else ""
    return f"{found}{slash}{address[path.end() :]}"


def _is_path(address: str) -> bool:
    return not _NO_PATH.match(address)


def moved_markdown(text: str, back: str) -> str:
    """A text of Markdown with its addresses moved."""
    if not back:
        return text
    return "".join(
        piece if is_code else _INLINE.sub(lambda found: _moved(found, back), piece)
        for piece, is_code in _pieces(text)
    )


def _pieces(text: str) -> list[tuple[str, bool]]:
    """The text in order, and which pieces of it are blocks of code."""
    pieces: list[tuple[list[str], bool]] = []
    fence = ""
    # How far the text of the list's item is indented, if there is one.
    item = 0
    is_after_blank, was_code = True, False
    for line in text.splitlines(keepends=True):
        said = line.expandtabs(4).rstrip()
        indent = len(said) - len(said.lstrip())
        begun = _FENCE.match(said)
        if fence:
            is_code = True
            if begun and begun[1].startswith(fence) and begun.end() == len(said):
                fence = ""
        else:
            is_deep = bool(said) and indent >= item + 4
            is_code = is_deep and (is_after_blank or was_code)
            if begun and not is_deep:
                is_code, fence = True, begun[1]
            elif found := None if is_deep else _ITEM.match(said):
                item = found.end()
            elif said and not indent and (is_after_blank or said[0] == "#"):
                item = 0
        is_after_blank = not said
        was_code = is_code or (was_code and is_after_blank)
        if not pieces or pieces[-1][1] != is_code:
            pieces.append(([], is_code))
        pieces[-1][0].append(line)
    return [("".join(lines), is_code) for lines, is_code in pieces]


def _moved(found: re.Match[str], back: str) -> str:
    if found["kept"]:
        return found[0]
    if tag := found["tag"] or found["other"]:
        return _ATTRIBUTE.sub(lambda one: _moved_value(one, back), tag) + (found["text"] or "")
    if found["link"] and not _ends_in_brackets(found.string, found.start()):
        return found[0]
    before, address = found["link"] or found["definition"], found["to"] or found["defined"]
    if address.startswith("<"):
        return f"{before}<{moved(address[1:-1], back)}>"
    return before + moved(address, back)


def _ends_in_brackets(text: str, end: int) -> bool:
    """Whether the bracket that would close behind this part of the text was opened in it."""
    depth = 1
    for char in reversed(_ESCAPE.sub("", text[max(0, end - _LONGEST_TEXT) : end])):
        depth += (char == "]") - (char == "[")
        if not depth:
            return True
    return False


def _moved_value(attribute: re.Match[str], back: str) -> str:
    name, value = attribute["name"].lower(), attribute["value"]
    quote = value[0] if value[0] in "\"'" else ""
    # With its entities: there are none in the way back.
    written = value[1:-1] if quote else value
    if name == "srcset":
        written = CANDIDATE.sub(lambda one: moved(one[1], back) + one[0][len(one[1]) :], written)
    elif name in _NAMES and _is_path(html.unescape(written)):
        written = moved(written, back)
    return f"{attribute['before']}{quote}{written}{quote}"
