"""A stand-in for IPython in Pyodide: the display formatter, `display()`, and the most used classes
of `IPython.display`.

The MIME bundles are those that a kernel's display formatter makes of the same objects, and the
classes have IPython's names, so that scripts have the same results in both places. If IPython is
installed, scripts import that instead.
"""

from __future__ import annotations

import base64
import html
import importlib
import importlib.abc
import importlib.machinery
import io
import json
import secrets
import sys
import types
import urllib.parse
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import interrupts, tracebacks
from .engine import Engine
from .mime_bundle import display_output
from .plain_repr import PLAIN, write_plain
from .pyodide_pretty import pretty

Bundle = tuple[dict[str, Any], dict[str, Any]]
_METHODS: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "text/html": ("_repr_html_", str),
    "text/markdown": ("_repr_markdown_", str),
    "image/svg+xml": ("_repr_svg_", str),
    "image/png": ("_repr_png_", (bytes, str)),
    "application/pdf": ("_repr_pdf_", (bytes, str)),
    "image/jpeg": ("_repr_jpeg_", (bytes, str)),
    "text/latex": ("_repr_latex_", str),
    "application/json": ("_repr_json_", (list, dict)),
    "application/javascript": ("_repr_javascript_", str),
}


class Displays:
    """Formats values, and outputs displays at the running statement."""

    def __init__(self) -> None:
        self._engine: Engine | None = None

    def attach(self, engine: Engine) -> None:
        """Output displays through this engine from now on."""
        self._engine = engine

    def format(self, value: Any) -> Bundle:
        """The MIME bundle of a value and its metadata; empty if the value has a method
        `_ipython_display_`, which displays it. Errors of its methods are output as errors."""
        if type(value) in PLAIN:
            text = write_plain(value)
            if text is not None:
                return {"text/plain": text}, {}
        if self._call(value, "_ipython_display_") is not None:
            return {}, {}
        data: dict[str, Any] = {}
        metadata: dict[str, Any] = {}
        bundle = self._call(value, "_repr_mimebundle_", include=None, exclude=None)
        if isinstance(bundle, tuple):
            data, metadata = dict(bundle[0]), dict(bundle[1])
        elif bundle is not None:
            data = dict(bundle)
        if "text/plain" not in data:
            text = self._guard(pretty, value)
            if text is not None:
                data["text/plain"] = text
        for mime, (name, kinds) in _METHODS.items():
            if mime not in data:
                found = self._call(value, name)
                if isinstance(found, tuple) and len(found) == 2:
                    found, metadata[mime] = found
                if found is not None and not isinstance(found, kinds):
                    warnings.warn(
                        f"{name} returned {type(found).__name__}: not shown", stacklevel=2
                    )
                elif found is not None:
                    data[mime] = found
        self._add_picture(value, data)
        return data, metadata

    def show(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None,
        display_id: str | None,
        update: bool,
    ) -> None:
        """Output a MIME bundle as a display of the running statement."""
        sink = self._engine.router.find() if self._engine else None
        if sink is None:
            print(data.get("text/plain", ""))
            return
        output, size = display_output(data, metadata, display_id)
        if update and display_id is not None:
            del output["type"], output["displayId"]
            sink.update(display_id, output, size)
        else:
            sink.output(output, size)
        interrupts.current.deliver()

    def show_figures(self, block: bool | None) -> bool:
        """What `plt.show()` does during a run: display the figures. False outside of a run."""
        return self._engine is not None and self._engine.show_figures(block)

    def clear(self, wait: bool) -> None:
        """Clear the outputs of the running statement."""
        sink = self._engine.router.find() if self._engine else None
        if sink is not None:
            sink.clear(wait)
            interrupts.current.deliver()

    def _add_picture(self, value: Any, data: dict[str, Any]) -> None:
        """Add a PNG to the bundle of a matplotlib figure, unless it has one."""
        figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
        if figure is None or not isinstance(value, figure):
            return
        if "image/png" not in data and (value.axes or value.lines):
            picture = self._guard(_draw, value)
            if picture is not None:
                data["image/png"] = picture
        if self._engine is not None:
            self._engine.figures.was_shown(value)

    def _call(self, value: Any, name: str, **arguments: Any) -> Any:
        """The result of a method of a value; None if there is no such method, or if the value is a
        class, whose methods are for its instances."""
        if isinstance(value, type):
            return None
        # An object that has even an attribute of this name answers to any (a mock, for example):
        # its attributes are not methods that display it.
        if getattr(value, "_rdit_has_any_name_", None) is not None:
            return None
        method = self._guard(getattr, value, name, None)
        if not callable(method):
            return None
        result = self._guard(method, **arguments)
        return True if name == "_ipython_display_" else result

    def _guard(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a function of the user's. If it raises, the error is output and None is returned, so
        that the other MIME types of the value are still shown."""
        try:
            return function(*arguments, **named)
        except NotImplementedError:
            return None
        except Exception as error:
            sink = self._engine.router.find() if self._engine else None
            if sink is not None:
                path = getattr(sys.modules["__main__"], "__file__", "")
                sink.output(tracebacks.describe(error, path), 1000)
            return None


def _draw(figure: Any) -> bytes:
    """A figure as a PNG, rendered as by the inline backend of a kernel."""
    if figure.canvas is None or not hasattr(figure.canvas, "print_png"):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(figure)
    picture = io.BytesIO()
    figure.canvas.print_figure(
        picture,
        format="png",
        dpi=figure.dpi,
        facecolor=figure.get_facecolor(),
        edgecolor=figure.get_edgecolor(),
        bbox_inches="tight",
    )
    return picture.getvalue()


# The rest are the names that scripts import from `IPython.display`. They output by `_displays`.
_displays = Displays()


def display(
    *objs: Any,
    include: Sequence[str] | None = None,
    exclude: Sequence[str] | None = None,
    metadata: dict[str, Any] | None = None,
    transient: dict[str, Any] | None = None,
    display_id: str | bool | None = None,
    raw: bool = False,
    clear: bool = False,
    update: bool = False,
    **options: Any,
) -> DisplayHandle | None:
    """Show objects beside the running statement."""
    known = (transient or {}).get("display_id")
    name = secrets.token_hex(16) if display_id is True else display_id or known
    if update and not name:
        raise TypeError("display_id required for update_display")
    if not objs and name:
        objs, raw = ({},), True
    if clear:
        clear_output(wait=True)
    for value in objs:
        data, found = (value, {}) if raw else _displays.format(value)
        if include is not None:
            data = {mime: data[mime] for mime in data if mime in include}
        if exclude is not None:
            data = {mime: data[mime] for mime in data if mime not in exclude}
        if data or raw:
            _displays.show(data, _merged(found, metadata or {}), name or None, update)
    return DisplayHandle(name) if display_id else None


def update_display(obj: Any, *, display_id: str, **options: Any) -> None:
    """Show something else where the display with this id stands."""
    display(obj, display_id=display_id, update=True, **options)


def publish_display_data(
    data: dict[str, Any],
    metadata: dict[str, Any] | None = None,
    *,
    transient: dict[str, Any] | None = None,
    update: bool = False,
    **options: Any,
) -> None:
    """Show a MIME bundle."""
    _displays.show(data, metadata, (transient or {}).get("display_id"), update)


def clear_output(wait: bool = False) -> None:
    """Clear what the running statement has put out."""
    _displays.clear(wait)


class DisplayHandle:
    """A display that can be updated."""

    def __init__(self, display_id: str | None = None):
        self.display_id = display_id or secrets.token_hex(16)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} display_id={self.display_id}>"

    def display(self, obj: Any, **options: Any) -> None:
        """Show it once more, here."""
        display(obj, display_id=self.display_id, **options)

    def update(self, obj: Any, **options: Any) -> None:
        """Show something else instead."""
        update_display(obj, display_id=self.display_id, **options)


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


_NAMES = (
    display, update_display, publish_display_data, clear_output, DisplayHandle, DisplayObject,
    TextDisplayObject, Pretty, HTML, Markdown, Latex, Math, Javascript, SVG, JSON, Image, IFrame,
)  # fmt: skip
for _kind in _NAMES:
    if isinstance(_kind, type):
        # The module is part of their `repr`, which must be the same as in IPython.
        _kind.__module__ = "IPython.core.display"
IFrame.__module__ = "IPython.lib.display"
DisplayHandle.__module__ = "IPython.core.display_functions"


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports stand-ins for `IPython` and `IPython.display` if no other finder finds them."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in ("IPython", "IPython.display", "IPython.core", "IPython.core.display"):
            return None
        is_package = name in ("IPython", "IPython.core")
        return importlib.machinery.ModuleSpec(name, self, is_package=is_package)

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        module.__doc__ = "What scripts use most of IPython; the rest comes with IPython itself."
        if module.__name__ == "IPython":
            module.__dict__.update(
                get_ipython=lambda: None, version_info=(9, 0, 0, ""), __version__="9.0.0"
            )
            importlib.import_module("IPython.display")  # sets the attribute `display` of IPython
        elif module.__name__ != "IPython.core":
            module.__dict__.update({thing.__name__: thing for thing in _NAMES})

        def missing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            raise AttributeError(
                f"{module.__name__}.{name} is not available in the browser:"
                " only the common part of IPython.display is"
            )

        module.__dict__["__getattr__"] = missing


def _merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    merged = dict(first)
    for key, value in second.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged


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
