"""Fills the template of a report, `static/report.html`, with a script and its results.

`labextension/src/documents/report.ts` does the same in the browser: tests/documents holds both to
the same bytes. What is written can be read without scripts: code and outputs are text, figures are
images. What an output has besides its text stands beside it as JSON, for what runs in the report,
`labextension/src/report/index.ts`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import msgspec

from ..protocol import Display, ExportedResult, Output, Result
from .markdown import IMAGES, image_metadata
from .segments import NEWLINE

_TEMPLATE = Path(__file__).parents[1] / "static" / "report.html"
_PLACE = re.compile(r"\{\{rdit:(\w+)(?:\|([^}]*))?\}\}")
# What only HTML and Markdown need.
_RICH = re.compile(r"<!--rdit:rich-->.*?<!--rdit:end-->\n", re.DOTALL)
# What only formulas need, in LaTeX and in Markdown.
_MATH = re.compile(r"<!--rdit:math-->.*?<!--rdit:end-->\n", re.DOTALL)
_HAS_MATH = re.compile(r"\$|\\[(\[]|\\begin\{")
# As `needsFrame` in results/mime.ts: what a policy without inline scripts would break.
_SCRIPTED = re.compile(
    r"<(script|iframe|svg|math|object|embed|link|ruby|dialog|html|body)[\s/>]|\son\w+\s*=",
    re.IGNORECASE,
)


_FILES = '<script type="application/json" id="rdit-report-files">{}</script>\n'


def template() -> str:
    """The template that the build of the page makes.

    Raises:
        FileNotFoundError: the page was not built.
    """
    return _TEMPLATE.read_text("utf-8")


def fill_report(
    template: str,
    script: str,
    results: list[ExportedResult],
    title: str = "",
    results_only: bool = False,
    files: dict[str, str] | None = None,
) -> str:
    """The report's HTML. `files`: what stands in it of those that its outputs name by a path, a
    `data:` address or why it is left out."""
    has_scripts = any(_has_scripts(output) for result in results for output in result.output)
    parts = {
        "title": _escaped(title),
        "attributes": " data-results-only" if results_only else "",
        "scripts": "'unsafe-inline' 'unsafe-eval'" if has_scripts else None,
        "body": _body(script, results, results_only),
        "files": _FILES.format(_json(files)) if files else None,
    }

    def fill(place: re.Match[str]) -> str:
        part = parts[place[1]]
        return (place[2] or "") if part is None else part

    outputs = [output for result in results for output in result.output]
    if not any(map(_needs_rich, outputs)):
        template = _RICH.sub("", template)
    if not any(map(_needs_math, outputs)):
        template = _MATH.sub("", template)
    return _PLACE.sub(fill, template)


def _body(script: str, results: list[ExportedResult], results_only: bool) -> str:
    lines = NEWLINE.split(script)
    if lines[-1] == "":
        lines.pop()

    def code(start: int, end: int) -> str:
        if results_only or start >= end:
            return ""
        return f'<pre class="rdit-report-code">\n{_escaped(chr(10).join(lines[start:end]))}</pre>\n'

    pairs = []
    last = 0
    for result in results:
        end = max(last, min(result.line_end, len(lines)))
        # What stands above the statement has no result, and the result stands beside its statement.
        start = max(last, min(result.line_start - 1, end))
        above = code(last, start)
        if above:
            pairs.append(_pair(above))
        said = is_stale = ""
        if result.stale:
            said = f'<p class="rdit-report-stale">Not up to date: {_escaped(result.stale)}</p>\n'
            is_stale = ' data-stale="true"'
        pairs.append(
            _pair(
                f'{code(start, end)}<div class="rdit-report-outputs rdit-results"'
                f' data-lines="{result.line_start}-{result.line_end}"{is_stale}>\n'
                f"{said}{''.join(map(_output, result.output))}</div>\n"
            )
        )
        last = end
    rest = code(last, len(lines))
    if rest:
        pairs.append(_pair(rest))
    return "\n".join(pairs)


def _pair(html: str) -> str:
    return f'<section class="rdit-report-pair">\n{html}</section>'


def _output(output: Output) -> str:
    rest: dict[str, Any] = msgspec.to_builtins(output)
    kind, text = rest.pop("type"), rest.pop("text")
    data, image = rest.get("data"), ""
    # Not where something else is shown in its place.
    if data is not None and not {"text/html", "text/markdown", "image/svg+xml"} & data.keys():
        found = next((kind for kind in IMAGES if isinstance(data.get(kind), str)), None)
        if found is not None:
            encoded = _escaped("".join(data[found].split()))
            said = image_metadata(rest.get("metadata", {}), found)
            alt = _escaped(said.get("alt", ""))
            sized = f' width="{said["width"]}"' if "width" in said else ""
            image = f'<img alt="{alt}"{sized} src="data:{found};base64,{encoded}">'
            rest["data"] = {kind: value for kind, value in data.items() if kind != found}
    unseen = ""
    if data and not image and not text.strip():
        types = f"{', '.join(data)}: not shown without scripts."
        unseen = f'<p class="rdit-report-unseen">{_escaped(types)}</p>'
    more = f'<script type="application/json">{_json(rest)}</script>' if rest else ""
    return (
        f'<div class="rdit-report-output" data-type="{kind}">{image}'
        f"<pre>\n{_escaped(text)}</pre>{unseen}{more}</div>\n"
    )


def _needs_rich(output: Output) -> bool:
    return isinstance(output, (Result, Display)) and bool(
        {"text/html", "text/markdown"} & output.data.keys()
    )


def _needs_math(output: Output) -> bool:
    if not isinstance(output, (Result, Display)):
        return False
    markdown = output.data.get("text/markdown", "")
    text = "".join(map(str, markdown)) if isinstance(markdown, list) else str(markdown)
    return "text/latex" in output.data or _HAS_MATH.search(text) is not None


def _has_scripts(output: Output) -> bool:
    if not isinstance(output, (Result, Display)):
        return False
    html = output.data.get("text/html")
    text = "".join(map(str, html)) if isinstance(html, list) else html
    if isinstance(text, str):
        return _SCRIPTED.search(text) is not None
    return any(kind.endswith("javascript") for kind in output.data)


def _escaped(text: str) -> str:
    """Text in HTML. A parser makes a line feed of a carriage return that is not written so."""
    for char, written in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ('"', "&quot;"),
        ("\r", "&#13;"),
    ):
        text = text.replace(char, written)
    return text


def _json(value: Any) -> str:
    """JSON that ends neither its element nor, where it is code, its line."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
