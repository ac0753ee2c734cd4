"""Stand-ins for IPython's classes of media, files and code, as in `pyodide_ipython`: the names,
arguments and errors are IPython's."""

from __future__ import annotations

import array
import base64
import html
import io
import mimetypes
import os
import re
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from .pyodide_objects import JSON, DisplayObject, IFrame, TextDisplayObject

_LARGEST = 32767


class Audio(DisplayObject):
    """Sound with a player: a file, its bytes, an address, or samples with their rate."""

    _is_text = False

    def __init__(
        self,
        data: Any = None,
        filename: str | None = None,
        url: str | None = None,
        embed: bool | None = None,
        rate: int | None = None,
        autoplay: bool = False,
        normalize: bool = True,
        *,
        element_id: str | None = None,
    ):
        if filename is None and url is None and data is None:
            raise ValueError("No audio data found. Expecting filename, url, or data.")
        if embed is False and url is None:
            raise ValueError("No url found. Expecting url when embed=False")
        self.embed = url is None or embed is True
        self.autoplay, self.element_id = autoplay, element_id
        is_samples = data is not None and not isinstance(data, (bytes, str, Path))
        if is_samples and rate is None:
            raise ValueError(
                "rate must be specified when data is a numpy array or list of audio samples."
            )
        super().__init__(_wav(data, rate or 0, normalize) if is_samples else data, url, filename)

    def reload(self) -> None:
        if self.embed:
            super().reload()
        source = self.filename or self.url
        self.mimetype = mimetypes.guess_type(source)[0] if source else "audio/wav"

    def _repr_html_(self) -> str:
        if self.embed and self.data is not None:
            source = f"data:{self.mimetype};base64,{_base64(self.data)}"
        else:
            source = html.escape(self.url or "")
        name = f' id="{html.escape(self.element_id)}"' if self.element_id else ""
        plays = ' autoplay="autoplay"' if self.autoplay else ""
        kind = f' type="{self.mimetype}"' if self.mimetype else ""
        return f'<audio{name} controls="controls"{plays}><source src="{source}"{kind} /></audio>'


class Video(DisplayObject):
    """A video with a player: a file or an address by its name, or embedded."""

    _is_text = False

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        embed: bool = False,
        mimetype: str | None = None,
        width: int | None = None,
        height: int | None = None,
        html_attributes: str = "controls",
    ):
        self.mimetype, self.embed, self.html_attributes = mimetype, embed, html_attributes
        self.width, self.height = width, height
        super().__init__(data, url, filename)
        if self.data and not embed:
            raise ValueError(
                "To embed videos, you must pass embed=True (this may make your notebook files"
                " huge)\nConsider passing Video(url='...')"
            )

    def reload(self) -> None:
        """Nothing: a file is read when it is shown."""

    def _repr_html_(self) -> str:
        size = "".join(
            f' {name}="{value:d}"'
            for name, value in (("width", self.width), ("height", self.height))
            if value
        )
        if self.embed:
            data = self.data if self.filename is None else Path(self.filename).read_bytes()
            kind = self.mimetype or mimetypes.guess_type(self.filename or "")[0]
            # Text is base64 already.
            source = f"data:{kind};base64,{data if isinstance(data, str) else _base64(data)}"
        else:
            source = html.escape(self.url or self.filename or "")
        return f'<video src="{source}" {self.html_attributes}{size}></video>'


class Code(TextDisplayObject):
    """Code of a language, which the page colours if it is Python."""

    def __init__(
        self,
        data: Any = None,
        url: str | None = None,
        filename: str | None = None,
        language: str | None = None,
    ):
        super().__init__(data, url, filename)
        ending = os.path.splitext(self.filename or "")[1].removeprefix(".")
        self.language = language or ending or None

    def __repr__(self) -> str:
        return str(self.data)

    def _repr_markdown_(self) -> str:
        longest = max((len(run) for run in re.findall("`+", self.data)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{self.language or 'python'}\n{self.data}\n{fence}"


class GeoJSON(JSON):
    """GeoJSON, as its outlines."""

    def _repr_json_(self) -> Any:
        return None

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        kind = "application/geo+json"
        return {kind: self.data}, {kind: dict(self.metadata)}


class YouTubeVideo(IFrame):
    """A video of YouTube, by its id."""

    def __init__(
        self,
        id: str,
        width: Any = 400,
        height: Any = 300,
        allow_autoplay: bool = False,
        **params: Any,
    ):
        self.id = id
        if allow_autoplay:
            extras = [*params.get("extras", ()), 'allow="autoplay"']
            params.update(autoplay=1, extras=extras)
        super().__init__(f"https://www.youtube.com/embed/{id}", width, height, **params)


class VimeoVideo(IFrame):
    """A video of Vimeo, by its id."""

    def __init__(self, id: str, width: Any = 400, height: Any = 300, **params: Any):
        self.id = id
        super().__init__(f"https://player.vimeo.com/video/{id}", width, height, **params)


class FileLink:
    """A link to a file beside the script."""

    html_link_str = "<a href='%s' target='_blank'>%s</a>"

    def __init__(
        self,
        path: Any,
        url_prefix: str = "",
        result_html_prefix: str = "",
        result_html_suffix: str = "<br>",
    ):
        self.path = os.fsdecode(path)
        if os.path.isdir(path):
            raise ValueError(
                "Cannot display a directory using FileLink."
                f" Use FileLinks to display '{self.path}'."
            )
        self.url_prefix = url_prefix
        self.result_html_prefix, self.result_html_suffix = result_html_prefix, result_html_suffix

    def __repr__(self) -> str:
        return os.path.abspath(self.path)

    def _repr_html_(self) -> str:
        if not os.path.exists(self.path):
            return f"Path (<tt>{html.escape(self.path)}</tt>) doesn't exist."
        return self._line(self._link(self.path, self.path))

    def _link(self, path: str, name: str) -> str:
        address = self.url_prefix + html.escape(path)
        return self.html_link_str % (address, html.escape(name, quote=False))

    def _line(self, content: str) -> str:
        return f"{self.result_html_prefix}{content}{self.result_html_suffix}"


class FileLinks(FileLink):
    """Links to the files of a folder, and of those in it."""

    def __init__(
        self,
        path: Any,
        url_prefix: str = "",
        included_suffixes: Sequence[str] | None = None,
        result_html_prefix: str = "",
        result_html_suffix: str = "<br>",
        *,
        recursive: bool = True,
    ):
        if os.path.isfile(path):
            raise ValueError(
                f"Cannot display a file using FileLinks. Use FileLink to display '{path}'."
            )
        super().__init__("", url_prefix, result_html_prefix, result_html_suffix)
        self.path = os.fsdecode(path).rstrip("/")
        self.included_suffixes, self.recursive = included_suffixes, recursive

    def __repr__(self) -> str:
        lines: list[str] = []
        for folder, names in self._folders():
            lines += [f"{folder}/", *(f"  {name}" for name in names)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        lines: list[str] = []
        for folder, names in self._folders():
            lines.append(self._line(f"{html.escape(folder)}/"))
            lines += [
                self._line(f"&nbsp;&nbsp;{self._link(f'{folder}/{name}', name)}") for name in names
            ]
        return "\n".join(lines)

    def _folders(self) -> Iterator[tuple[str, list[str]]]:
        for folder, _, names in sorted(os.walk(self.path)):
            wanted = self.included_suffixes
            names = [name for name in names if wanted is None or name.endswith(tuple(wanted))]
            if names and (self.recursive or folder == self.path):
                yield folder, names


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _wav(samples: Any, rate: int, normalize: bool) -> bytes:
    """Samples as a WAV file of 16 bits: a row of numbers, or one row for each channel."""
    rows = samples.tolist() if hasattr(samples, "tolist") else list(samples)
    if not rows or not hasattr(rows[0], "__iter__"):
        rows = [rows]
    if any(hasattr(value, "__iter__") for row in rows for value in row):
        raise ValueError("Array audio input must be a 1D or 2D array")
    highest = max((abs(value) for row in rows for value in row), default=0)
    if not normalize and highest > 1:
        raise ValueError("Audio data must be between -1 and 1 when normalize=False.")
    whole = (highest or 1) if normalize else 1
    # Interleaved: the channels of one moment follow each other.
    moments = zip(*rows, strict=True)
    scaled = array.array(
        "h", (int(value / whole * _LARGEST) for moment in moments for value in moment)
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(len(rows))
        writer.setframerate(rate)
        writer.setsampwidth(2)
        writer.writeframes(scaled.tobytes())
    return file.getvalue()


NAMES = (Audio, Video, Code, GeoJSON, YouTubeVideo, VimeoVideo, FileLink, FileLinks)
for _kind in NAMES:
    # The module is part of their `repr`, which must be the same as in IPython.
    is_core = _kind in (Video, GeoJSON)
    _kind.__module__ = "IPython.core.display" if is_core else "IPython.lib.display"
