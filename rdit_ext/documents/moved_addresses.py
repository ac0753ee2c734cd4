"""Markdown in another folder than the one that its relative addresses are written for.

Pictures and links to files get the way back; what is absolute, of the network, an anchor or code
stays as it is.
"""

from __future__ import annotations

import html
import posixpath
import re

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])(?:\s|$)")
_ADDRESS = r"<[^<>\n]*>|(?:\\.|[^\s()\\]|\([^\s()]*\))+"
_INLINE = re.compile(
    # Code, comments and escapes are passed over.
    r"(?P<kept>(?<!`)(?P<ticks>`+)(?!`)(?:(?!\n\s*\n).)+?(?<!`)(?P=ticks)(?!`)|<!--.*?-->|\\.)"
    rf"|(?P<link>\]\(\s*)(?P<to>{_ADDRESS})(?=\s*\)|\s+[\"'(])"
    r"|(?P<definition>^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\n?[ \t]*)(?P<defined><[^<>\n]*>|\S+)"
    r"""|(?P<tag><[a-z][\w-]*(?=[\s/>])(?:"[^"]*"|'[^']*'|[^"'>])*>)""",
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
    if not back or path is None or _NO_PATH.match(address):
        return address
    found = posixpath.normpath(f"{back}/{path[0]}")
    slash = "/" if path[0].endswith("/") else ""
    return f"{found}{slash}{address[path.end() :]}"


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
    pieces: list[tuple[str, bool]] = []
    fence = ""
    is_in_list, is_after_blank, was_code = False, True, False
    for line in text.splitlines(keepends=True):
        begun = _FENCE.match(line)
        if fence:
            is_code = True
            if begun and begun[1].startswith(fence) and not line[begun.end() :].strip():
                fence = ""
        elif begun:
            is_code, fence = True, begun[1]
        else:
            is_indented = line.startswith(("    ", "\t"))
            is_code = is_indented and (is_after_blank or was_code) and not is_in_list
            if line.strip() and not is_indented:
                is_in_list = _ITEM.match(line) is not None
        is_after_blank = not line.strip()
        was_code = is_code
        if pieces and pieces[-1][1] == is_code:
            pieces[-1] = (pieces[-1][0] + line, is_code)
        else:
            pieces.append((line, is_code))
    return pieces


def _moved(found: re.Match[str], back: str) -> str:
    if found["kept"]:
        return found[0]
    if found["tag"]:
        return _ATTRIBUTE.sub(lambda attribute: _moved_value(attribute, back), found["tag"])
    if found["link"] and not _ends_in_brackets(found.string[: found.start()]):
        return found[0]
    before, address = found["link"] or found["definition"], found["to"] or found["defined"]
    if address.startswith("<"):
        return f"{before}<{moved(address[1:-1], back)}>"
    return before + moved(address, back)


def _ends_in_brackets(text: str) -> bool:
    """Whether the bracket that would close behind this text was opened in it."""
    depth = 1
    for char in reversed(_ESCAPE.sub("", text[-_LONGEST_TEXT:])):
        depth += (char == "]") - (char == "[")
        if not depth:
            return True
    return False


def _moved_value(attribute: re.Match[str], back: str) -> str:
    value = attribute["value"]
    quote = value[0] if value[0] in "\"'" else ""
    said = html.unescape(value[1:-1] if quote else value)
    now = moved(said, back)
    if attribute["name"].lower() not in _NAMES or now == said:
        return attribute[0]
    return f"{attribute['before']}{quote}{html.escape(now)}{quote}"
