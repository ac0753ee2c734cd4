"""A script with its results as Markdown: one file, with its images in it."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from .html_tags import Tag, candidates, tokens
from .moved_addresses import moved, moved_markdown
from .segments import Output, Segment

_TEXTS = ("stdout", "stderr")
# Elements around which a line ends.
_BLOCK = re.compile(
    r"(address|article|aside|blockquote|br|d[ltd]|div|fig\w*|footer|form|h\d|header|hr|li|main|nav|[uo]l|p|pre|section|table|tr)",
    re.I,
)

# Colours and other escape sequences of terminals.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CHART = re.compile(r"application/vnd\.(plotly|vega(lite)?)\.v[\d.]+[.+]json")
# Of more than one row or column.
_SPAN = re.compile(r"\s*(?!1\b)\d")
_NUMBER = re.compile(r"[-+]?(?:[\d,]*\.?\d+|\d+\.|inf)(?:e[-+]?\d+)?%?", re.I)
# Of several the first that is there is shown.
IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp")


def to_markdown(segments: list[Segment], results_only: bool = False, back: str = "") -> str:
    """The document's text. Statements without outputs between them share a block of code, with the
    blank lines that the script has between them. `back`: the way from the document's folder to the
    script's, see `moved`."""
    parts: list[str] = []
    code: list[str] = []

    def end_code() -> None:
        if code and not results_only:
            parts.append(fenced("\n".join(code), "python"))
        code.clear()

    for segment in segments:
        if segment.kind == "markdown":
            end_code()
            parts.append(moved_markdown(segment.text, back))
            continue
        code += [*([""] * segment.gap if code else ()), segment.text]
        outputs = [text for one in joined(segment.outputs) if (text := output(one, back))]
        if outputs:
            end_code()
            if segment.stale:
                parts.append(f"*Not up to date: {segment.stale}*")
            parts += outputs
    end_code()
    return "\n\n".join(parts) + "\n" if parts else ""


def joined(outputs: list[Output]) -> list[Output]:
    """The outputs with text of the same stream in one piece."""
    found: list[Output] = []
    for one in outputs:
        before = found[-1] if found else None
        if before is not None and one["type"] in _TEXTS and one["type"] == before["type"]:
            found[-1] = {**before, "text": f"{before['text']}{one['text']}"}
        else:
            found.append(one)
    return found


def output(one: Output, back: str = "") -> str:
    """One output: text, a table, an image, or else which types it has; "" if it has nothing."""
    if "data" not in one:
        return indented(plain(one["text"]))
    data = one["data"]
    text = plain(text_of(data.get("text/plain")) or one["text"])
    markup = text_of(data.get("text/html"))
    if markup:
        found = tokens(markup)
        pictures = _pictures(found, back)
        words = text if _says(text) else _words(found) or ("" if pictures else text)
        written = [table(found) or indented(words), *pictures]
        return "\n\n".join(filter(None, written)) or _named(data)
    markdown = text_of(data.get("text/markdown"))
    if markdown and markdown.strip():
        return moved_markdown(markdown.strip("\n"), back)
    alt = re.sub(r"[\[\]\\\s]+", " ", text).strip()
    svg = text_of(data.get("image/svg+xml"))
    if svg:
        encoded = base64.b64encode(svg.encode("utf-8", "replace")).decode()
        return f"![{alt or 'Image'}](data:image/svg+xml;base64,{encoded})"
    for kind in IMAGES:
        encoded = "".join((text_of(data.get(kind)) or "").split())
        if encoded:
            said = image_metadata(one.get("metadata", {}), kind)
            if "width" in said:
                # It has more pixels than it is wide, which Markdown itself cannot say.
                alt = html.escape(said.get("alt") or alt or "Image")
                source = f"data:{kind};base64,{encoded}"
                return f'<img alt="{alt}" width="{said["width"]}" src="{source}">'
            return f"![{alt or 'Image'}](data:{kind};base64,{encoded})"
    if "application/json" in data and "text/plain" not in data:
        text = json.dumps(data["application/json"], indent=2, ensure_ascii=False)
        return fenced(text, "json")
    latex = text_of(data.get("text/latex"))
    if latex:
        return latex.strip("\n")
    # Its text does not show it.
    charts = {kind: value for kind, value in data.items() if _CHART.fullmatch(kind)}
    return _named(charts) or indented(text) or _named(data)


def image_metadata(metadata: dict[str, Any], kind: str) -> dict[str, Any]:
    """What the metadata of a bundle says of its image of this type: `width`, an integer, and `alt`,
    a string, where there are such. Metadata are the user's, and may be anything."""
    said = metadata.get(kind)
    if not isinstance(said, dict):
        return {}
    types = {"width": int, "alt": str}
    # By `type`, as a boolean is an `int` too.
    return {name: said[name] for name in types if type(said.get(name)) is types[name]}


def _says(text: str) -> bool:
    """Whether a text is more than the `repr` of an object that has none of its own."""
    text = text.strip()
    return bool(text) and not (text[0] == "<" and text[-1] == ">" and " object" in text)


def _named(data: dict[str, Any]) -> str:
    """Which types an output has that cannot be written here."""
    names = ", ".join(f"`{kind}`" for kind in data if kind != "text/plain" and data[kind])
    return f"*Not written here: {names}.*" if names else ""


def _pictures(html: list[Tag | str], back: str) -> list[str]:
    """The images of HTML, by their addresses."""
    found: list[str] = []
    for tag in html:
        if isinstance(tag, Tag) and tag.name == "img" and not tag.is_end:
            said = tag.attributes
            sources = [said.get("src", "").strip(), *candidates(said.get("srcset", ""))]
            if source := next(filter(None, sources), ""):
                alt = re.sub(r"[\[\]\\\s]+", " ", said.get("alt", "")).strip()
                address = re.sub(r"[\s()<>]", lambda char: quote(char[0]), moved(source, back))
                found.append(f"![{alt or 'Image'}]({address})")
    return found


def _words(html: list[Tag | str]) -> str:
    """The text of HTML, without its tags."""
    has_lines = any(isinstance(token, Tag) and token.name == "pre" for token in html)
    text = "".join(
        (token if has_lines else token.replace("\n", " "))
        if isinstance(token, str)
        else ("\n" if _BLOCK.fullmatch(token.name) else "")
        for token in html
    )
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def fenced(text: str, language: str) -> str:
    """A block of code, behind a fence that is not in it."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def indented(text: str) -> str:
    """A block of text as it is."""
    text = text.rstrip().strip("\n")
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n")) if text else ""


def plain(text: str) -> str:
    """Text as a terminal would leave it: without colours, and with what `\\r` has overwritten
    gone."""
    lines = []
    for line in _ANSI.sub("", text).replace("\r\n", "\n").split("\n"):
        shown = ""
        for part in line.split("\r"):
            shown = part + shown[len(part) :]
        lines.append(shown)
    return "\n".join(lines)


def table(html: list[Tag | str]) -> str:
    """The first table of this HTML as one of Markdown; "" if there is none, or one whose cells span
    several."""
    rows: list[list[str]] = []
    cell: list[str] | None = None
    depth = 0
    for token in html:
        if isinstance(token, str):
            if cell is not None:
                cell.append(token)
            continue
        name, is_end = token.name, token.is_end
        if name == "table":
            depth += -1 if is_end else 1
            if depth > 1:
                return ""
            if is_end:
                break
        elif name in ("tr", "th", "td"):
            if cell is not None:
                rows[-1].append(_cell("".join(cell)))
                cell = None
            if is_end or not depth:
                continue
            if any(_SPAN.match(token.attributes.get(of, "")) for of in ("colspan", "rowspan")):
                return ""
            if name == "tr":
                rows.append([])
            elif rows:
                cell = []
        elif name == "br" and cell is not None:
            cell.append(" ")
    if cell is not None:
        # HTML needs no end tag there.
        rows[-1].append(_cell("".join(cell)))
    if not rows or not any(rows):
        return ""
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    columns = zip(*rows[1:], strict=True) if rows[1:] else [()] * width
    rule = "|" + "".join(" ---: |" if _numbers(column) else " --- |" for column in columns)
    head, *body = ("| " + " | ".join(row) + " |" for row in rows)
    return "\n".join([head, rule, *body])


def _numbers(cells: Iterable[str]) -> bool:
    """Whether a column is set to the right: numbers, and what stands for those that are missing or
    left out."""
    found = [cell for cell in cells if cell not in ("", "...", "NaN", "NaT", "None")]
    return bool(found) and all(map(_NUMBER.fullmatch, found))


def _cell(text: str) -> str:
    return re.sub(r"([\\|`*_\[\]<>])", r"\\\1", " ".join(text.split()))


def text_of(value: Any) -> str | None:
    """A value of a MIME bundle as text, joined if it is a list of lines; None if it is neither."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return None
