"""Stand-ins for IPython's classes of text, pictures and pages that are shown, as in
`pyodide_ipython`."""

from __future__ import annotations

import base64
import html
import json
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class DisplayObject:
    """Data that is shown as what its class says: from a value, a file or an address."""

    _is_text = True

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        metadata: dict[str, Any] | None = None,
    ):
        if isinstance(data, Path):
            data = str(data)
        if isinstance(data, str) and url is None and filename is None:
            if data.startswith("http"):
                data, url = None, data
            elif _is_file(data):
                data, filename = None, data
        self.data, self.url, self.filename = data, url, filename
        self.metadata = metadata or {}
        self.reload()
        if self._is_text and self.data is not None and not isinstance(self.data, str):
            raise TypeError(f"{type(self).__name__} expects text, not {self.data!r}")

    def reload(self) -> None:
        """Read the file or the address again."""
        content: bytes | None = None
        if self.filename is not None:
            content = Path(self.filename).read_bytes()
        elif self.url is not None:
            from pyodide.http import open_url

            self.data = open_url(self.url).read()
        if content is not None:
            self.data = content.decode() if self._is_text else content

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object>"

    def _with_metadata(self, data: Any) -> Any:
        return (data, dict(self.metadata)) if self.metadata else data


class TextDisplayObject(DisplayObject):
    """Text that is shown as what its class says."""


class Pretty(TextDisplayObject):
    """Plain text as it is."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(self.data)


class HTML(TextDisplayObject):
    """HTML."""

    def _repr_html_(self) -> Any:
        return self._with_metadata(self.data)

    __html__ = _repr_html_


class Markdown(TextDisplayObject):
    """Markdown."""

    def _repr_markdown_(self) -> Any:
        return self._with_metadata(self.data)


class Latex(TextDisplayObject):
    """LaTeX."""

    def _repr_latex_(self) -> Any:
        return self._with_metadata(self.data)


class Math(TextDisplayObject):
    """A formula."""

    def _repr_latex_(self) -> Any:
        return self._with_metadata(rf"$\displaystyle {self.data.strip('$')}$")


class Javascript(TextDisplayObject):
    """JavaScript, which the page runs in a sandbox or not at all."""

    def _repr_javascript_(self) -> Any:
        return self._with_metadata(self.data)


class SVG(TextDisplayObject):
    """An SVG picture."""

    def __init__(self, data: Any = None, *arguments: Any, **named: Any):
        super().__init__(data.decode() if isinstance(data, bytes) else data, *arguments, **named)
        if self.data is not None:
            from xml.dom import minidom

            found = minidom.parseString(self.data).getElementsByTagName("svg")
            self.data = found[0].toxml() if found else self.data

    def _repr_svg_(self) -> Any:
        return self._with_metadata(self.data)


class JSON(DisplayObject):
    """JSON, as a tree."""

    _is_text = False

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        expanded: bool = False,
        metadata: dict[str, Any] | None = None,
        root: str = "root",
        **named: Any,
    ):
        about = {"expanded": expanded, "root": root, **(metadata or {}), **named}
        super().__init__(data, url, filename, about)
        if isinstance(self.data, (str, bytes)):
            self.data = json.loads(self.data)
        if self.data is not None and not isinstance(self.data, (dict, list)):
            raise TypeError(f"JSON expects JSONable dict or list, not {self.data!r}")

    def _repr_json_(self) -> Any:
        return self.data, dict(self.metadata)


_PICTURES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


class Image(DisplayObject):
    """A picture: PNG, JPEG, GIF or WebP."""

    _is_text = False

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        format: str | None = None,
        embed: bool | None = None,
        width: int | None = None,
        height: int | None = None,
        retina: bool = False,
        unconfined: bool = False,
        metadata: dict[str, Any] | None = None,
        alt: str | None = None,
    ):
        if data is None and url is None and filename is None:
            raise ValueError("No image data found. Expecting filename, url, or data.")
        self.embed = url is None if embed is None else embed
        self.width, self.height, self.unconfined, self.alt = width, height, unconfined, alt
        super().__init__(data, url, filename, metadata)
        name = format or _ending(self.filename or self.url) or _picture_kind(self.data)
        self.format = {"jpg": "jpeg"}.get(name.lower(), name.lower())
        if self.embed and self.format not in _PICTURES:
            raise ValueError(f"Cannot embed the '{self.format}' image format")

    def reload(self) -> None:
        if self.embed:
            super().reload()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        sizes = {"width": self.width, "height": self.height, "alt": self.alt}
        about = {name: value for name, value in sizes.items() if value}
        if self.unconfined:
            about["unconfined"] = True
        if not self.embed:
            source = html.escape(self.url or self.filename or "")
            extra = "".join(f' {name}="{html.escape(str(about[name]))}"' for name in about)
            return {"text/html": f'<img src="{source}"{extra}/>'}
        if not isinstance(self.data, bytes):
            raise FileNotFoundError(f"No such file or directory: '{self.data}'")
        mime = _PICTURES[self.format]
        data = base64.b64encode(self.data).decode("ascii")
        about = {**self.metadata, **about}
        return {mime: data}, {mime: about} if about else {}


class IFrame:
    """A page within the page."""

    def __init__(
        self, src: str, width: Any, height: Any, extras: Sequence[str] = (), **params: Any
    ):
        self.src, self.width, self.height = src, width, height
        self.extras, self.params = extras, params

    def _repr_html_(self) -> str:
        query = f"?{urllib.parse.urlencode(self.params)}" if self.params else ""
        source = html.escape(f"{self.src}{query}")
        return (
            f'<iframe width="{html.escape(str(self.width))}"'
            f' height="{html.escape(str(self.height))}"'
            f' src="{source}" frameborder="0" allowfullscreen {" ".join(self.extras)}></iframe>'
        )


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False  # too long for a path, or with a null character: it is data


def _ending(name: str | None) -> str:
    return (name or "").rpartition(".")[2] if "." in (name or "") else ""


def _picture_kind(data: Any) -> str:
    starts = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
    for start, kind in starts.items():
        if isinstance(data, bytes) and data.startswith(start):
            return kind
    return "png"


NAMES = (
    DisplayObject, TextDisplayObject, Pretty, HTML, Markdown, Latex, Math, Javascript, SVG, JSON,
    Image, IFrame,
)  # fmt: skip
for _kind in NAMES:
    # The module is part of their `repr`, which must be the same as in IPython.
    _kind.__module__ = "IPython.core.display"
IFrame.__module__ = "IPython.lib.display"
