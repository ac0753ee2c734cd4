"""Text as UTF-8, in which it is sent."""

from __future__ import annotations


def clean(text: str) -> str:
    """The text with lone surrogates escaped (`\\udc80`), because UTF-8 cannot encode them."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()
    return text


def count_bytes(text: str) -> int:
    """The length of the text in bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="backslashreplace"))
