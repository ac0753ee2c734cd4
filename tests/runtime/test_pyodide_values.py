"""Values in the browser look as they do in a kernel: the pretty printer and the formatter without
IPython, held against IPython's own."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import io
import os
import random
import re
import subprocess
import sys
import types
import warnings
from pathlib import Path
from typing import Any

import IPython
import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.display import HTML, JSON, SVG, Image, Latex, Markdown, Math
from IPython.lib import pretty as pretty_module

from rdit_ext.runtime import pyodide_display, pyodide_media, pyodide_objects
from rdit_ext.runtime.pyodide_pretty import pretty

as_ipython_writes_now = pytest.mark.skipif(
    IPython.version_info < (8, 39), reason="older versions of IPython write some values differently"
)


@dataclasses.dataclass
class Pair:
    a: Any
    b: Any


class Grouped:
    """Prints itself with IPython's protocol."""

    def __init__(self, values: list[Any]):
        self.values = values

    def _repr_pretty_(self, p: Any, cycle: bool) -> None:
        if cycle:
            p.text("Grouped(...)")
            return
        with p.group(2, "Grouped(", ")"):
            for index, value in enumerate(self.values):
                if index:
                    p.text(",")
                    p.breakable()
                p.pretty(value)


class TwoLines:
    def __repr__(self) -> str:
        return "line one\nline two"


class Values(list[Any]):
    pass


Named = collections.namedtuple("Named", "a b")
LEAVES = [
    *(1, -5, 3.5, None, True, "é\n", b"ab", 2j, TwoLines(), range(3), slice(1, 2), int, Pair, len),
    *(datetime.datetime(2020, 1, 2), datetime.timedelta(1), re.compile("a\\b", re.I)),
    *(re.compile(b"x"), ValueError("x", 1), types.SimpleNamespace(a=1, b=[1] * 20)),
]


def some_value(random: random.Random, depth: int) -> Any:
    if depth <= 0 or random.random() < 0.3:
        return random.choice([*LEAVES, "x" * random.randint(0, 100)])
    count = random.choice([0, 1, 2, 3, 5, 9])
    items = [some_value(random, depth - 1) for _ in range(count)]
    keys = [random.choice([n, str(n), (n, "k" * 40), "k" * 60]) for n in range(count)]
    return random.choice(
        [
            items,
            tuple(items),
            dict(zip(keys, items, strict=True)),
            {random.choice([n, "s" * n]) for n in range(count)},
            frozenset(range(5 * count)),
            Pair(items, count),
            Grouped(items),
            Values(items),
            Named(items, count),
            collections.deque(items, maxlen=random.choice([None, 5])),
            collections.Counter("abca" * count),
            collections.OrderedDict(enumerate(items)),
            collections.defaultdict(list, enumerate(items)),
            collections.UserList(items),
        ]
    )


@as_ipython_writes_now
def test_thousands_of_values_read_as_ipython_writes_them() -> None:
    source = random.Random(1)
    different = []
    for _ in range(5000):
        value = some_value(source, source.randint(0, 4))
        ours, theirs = pretty(value), pretty_module.pretty(value)
        if ours != theirs:
            different.append((ours, theirs))
    assert different[:1] == []


def cyclic() -> list[Any]:
    values: list[Any] = [1]
    values.append(values)
    names: dict[str, Any] = {}
    names["itself"] = names
    holder = Grouped([])
    holder.values.append(holder)
    return [values, names, holder]


@pytest.mark.parametrize(
    "value",
    [
        *cyclic(),
        list(range(2000)),
        set(range(2000)),
        object(),
        [object()],
        os.environ,
        types.MappingProxyType({"a": 1}),
        super(Values, Values()),
        test_thousands_of_values_read_as_ipython_writes_them,
        BaseException,
        type(None),
        os,
    ],
    ids=lambda value: type(value).__name__,
)
def test_odd_values_read_as_ipython_writes_them(value: Any) -> None:
    assert pretty(value) == pretty_module.pretty(value)


class Rich:
    def __repr__(self) -> str:
        return "Rich()"

    def _repr_html_(self) -> str:
        return "<b>rich</b>"

    def _repr_latex_(self) -> None:
        return None

    def _repr_json_(self) -> tuple[dict[str, int], dict[str, bool]]:
        return {"a": 1}, {"expanded": True}


class Bundle:
    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return {"text/plain": "plain", "application/x-mine": [1]}, {"application/x-mine": {"k": 1}}

    def _repr_html_(self) -> str:
        return "<i>too</i>"


class HasEverything:
    def __getattr__(self, name: str) -> Any:
        return lambda *arguments, **named: "anything"

    def __repr__(self) -> str:
        return "everything"


class WrongType:
    def _repr_html_(self) -> int:
        return 1

    def __repr__(self) -> str:
        return "wrong"


def table() -> Any:
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]})


@pytest.mark.parametrize(
    "make",
    [
        lambda: 42,
        lambda: "text",
        lambda: {"a": [1, 2]},
        Rich,
        Bundle,
        HasEverything,
        WrongType,
        lambda: Rich,
        table,
        lambda: table()["a"],
        lambda: HTML("<b>"),
        lambda: Markdown("**b**", metadata={"k": 1}),
        lambda: Math("x^2"),
        lambda: Latex("$x$"),
        lambda: SVG("<svg><g/></svg>"),
        lambda: JSON({"a": 1}),
        lambda: Image(b"\x89PNG" + bytes(20), width=10),
    ],
)
def test_mime_bundle_is_that_of_a_kernel(make: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert pyodide_display.Displays().format(make()) == DisplayFormatter().format(make())


STAND_INS = [
    ("HTML", ("<b>",), {}),
    ("Markdown", ("**b**",), {"metadata": {"k": 1}}),
    ("Math", ("$x^2$",), {}),
    ("Latex", ("$x$",), {}),
    ("Pretty", ("plain",), {}),
    ("SVG", ("<?xml version='1.0'?><svg><g/></svg>",), {}),
    ("JSON", ({"a": [1]},), {"expanded": True}),
    ("Javascript", ("alert(1)",), {}),
    ("Image", (b"\x89PNG" + bytes(20),), {"width": 10, "alt": "a dot"}),
    ("Image", (b"GIF89a" + bytes(20),), {}),
    ("Image", (), {"url": "https://example.org/a.png", "height": 5}),
]


@as_ipython_writes_now
@pytest.mark.parametrize(("name", "arguments", "named"), STAND_INS)
def test_stand_in_of_a_display_class_shows_what_ipythons_does(
    name: str, arguments: Any, named: Any
) -> None:
    ours = getattr(pyodide_objects, name)(*arguments, **named)
    theirs = getattr(IPython.display, name)(*arguments, **named)
    formats = pyodide_display.Displays()
    assert formats.format(ours) == formats.format(theirs)


def said(markup: str) -> list[str]:
    """What it links to or plays, its size, and its words but for what only old browsers show."""
    markup = re.sub(r"(?s)Your browser does not .*? (element|tag)\.|It may still be.*", "", markup)
    found = re.findall(r"""(?:src|href|width|height|id)=["']([^"']*)""", markup)
    return sorted([*found, *re.sub("<[^>]*>", " ", markup).split()])


MEDIA = [
    ("Audio", ([0.5, -1, 2, 0.25],), {"rate": 8000}),
    ("Audio", ([[0.5, -1], [2, 0.25]],), {"rate": 8000}),
    ("Audio", ([0.5, -1],), {"rate": 8000, "normalize": False}),
    ("Audio", (b"RIFF",), {"element_id": "a"}),
    ("Audio", (), {"url": "https://example.org/a.mp3?b&c"}),
    ("Audio", (), {"filename": "sound.mp3"}),
    ("Video", ("https://example.org/a.mp4",), {"width": 100}),
    ("Video", ("film.mp4",), {"width": 100, "height": 50}),
    ("Video", ("film.mp4",), {"embed": True}),
    ("Video", (b"film",), {"embed": True, "mimetype": "video/webm"}),
    ("YouTubeVideo", ("abc",), {"allow_autoplay": True}),
    ("VimeoVideo", ("abc",), {}),
    ("FileLink", ("a <b>.csv",), {}),
    ("FileLink", ("none.csv",), {}),
    ("FileLinks", (".",), {}),
    ("FileLinks", ("folder/",), {"recursive": False, "included_suffixes": [".txt"]}),
]


@as_ipython_writes_now
@pytest.mark.parametrize(("name", "arguments", "named"), MEDIA)
def test_stand_in_of_media_plays_and_links_what_ipythons_does(
    name: str, arguments: Any, named: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ("sound.mp3", "film.mp4", "a <b>.csv", "folder/a.txt", "folder/b.csv"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"content")
    stand_ins = {kind.__name__: kind for kind in pyodide_media.NAMES}
    ours = pyodide_display.Displays().format(stand_ins[name](*arguments, **named))[0]
    theirs = getattr(IPython.display, name)(*arguments, **named)
    text = DisplayFormatter().format(theirs)[0]["text/plain"]
    assert ours["text/plain"].partition(" at ")[0] == text.partition(" at ")[0]
    assert said(ours["text/html"]) == said(theirs._repr_html_())


def test_stand_ins_of_code_and_geojson() -> None:
    code = pyodide_media.Code("print('```')", language="python")
    formats = pyodide_display.Displays()
    assert formats.format(code)[0] == {
        "text/plain": "print('```')",
        "text/markdown": "````python\nprint('```')\n````",
    }
    point = {"type": "Point", "coordinates": [1, 2]}
    data, metadata = formats.format(pyodide_media.GeoJSON(point))
    assert (data["application/geo+json"], set(data)) == (
        point,
        {"text/plain", "application/geo+json"},
    )
    assert metadata["application/geo+json"]["expanded"] is False


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("Audio", (), {}),
        ("Audio", ([1, 2],), {}),
        ("Audio", ([2],), {"rate": 1, "normalize": False}),
        ("Audio", ([[[1]]],), {"rate": 1}),
        ("Video", ("film",), {}),
        ("FileLink", (".",), {}),
        ("FileLinks", (__file__,), {}),
    ],
)
def test_stand_ins_of_media_refuse_what_ipythons_do(name: str, arguments: Any, named: Any) -> None:
    stand_ins = {kind.__name__: kind for kind in pyodide_media.NAMES}
    for kind in (getattr(IPython.display, name), stand_ins[name]):
        with pytest.raises(ValueError, match=r"audio|Audio|rate|embed|display"):
            kind(*arguments, **named)


def test_figures_are_drawn_and_shown_where_show_stands() -> None:
    pytest.importorskip("matplotlib")
    # In a process of its own: the backend is chosen before matplotlib is imported.
    script = """
import sys
from rdit_ext.runtime import pyodide_display, pyodide_ipython
shown = []
pyodide_display.displays.show = lambda data, *rest: shown.append(sorted(data))
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
print(shown, plt.get_fignums())
figure, axes = plt.subplots()
print(sorted(pyodide_display.displays.format(plt.figure())[0]))
print(pyodide_display.displays.format(figure)[0]["image/png"][:4])
"""
    environment = {**os.environ, "MPLBACKEND": "module://rdit_ext.runtime.pyodide_canvas"}
    said = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said == ["[['image/png', 'text/plain']] []", "['text/plain']", r"b'\x89PNG'"]


def test_figures_of_a_run_stand_where_a_kernels_do() -> None:
    pytest.importorskip("matplotlib")
    script = """
import asyncio, json, sys, types
sys.modules["__main__"] = main = types.ModuleType("__main__")
from rdit_ext import runtime
from rdit_ext.runtime.pyodide_display import displays
from tests.support.bare import BareHost
from tests.support.golden import Golden, comparable
class Host(BareHost):
    has_descriptors = False
    def format(self, value):
        return displays.format(value)
host = Host(main.__dict__)
displays.attach(runtime.install(host))
same = []
for name in sys.argv[1:]:
    golden = Golden(name)
    host.events, host.asked = [], {"run": "run", **golden.request}
    asyncio.run(runtime.run())
    same.append(comparable(host.events) == comparable(golden.expected()))
runtime.remove()
print(same)
"""
    names = ["figure_pile", "figure_pause", "figure_function", "figure_shown", "figure_value"]
    environment = {
        **os.environ,
        "MPLBACKEND": "module://rdit_ext.runtime.pyodide_canvas",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    said = subprocess.run(
        [sys.executable, "-c", script, *names],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == f"{[True] * len(names)}\n"


def test_picture_of_a_figure_is_the_one_a_kernel_draws() -> None:
    pytest.importorskip("matplotlib")
    from IPython.core.pylabtools import print_figure
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(facecolor="red")
    FigureCanvasAgg(figure)
    figure.subplots().plot([1, 3, 2])
    data, metadata = pyodide_display.Displays().format(figure)
    sharp, usual = size_of(data["image/png"]), size_of(print_figure(figure))
    assert sharp == size_of(print_figure(figure, fmt="retina"))
    assert [metadata["image/png"][side] for side in ("height", "width")] == [
        pytest.approx(pixels, abs=1) for pixels in usual[:2]
    ]


def size_of(picture: bytes) -> tuple[int, ...]:
    from matplotlib.image import imread

    return tuple(imread(io.BytesIO(picture)).shape)
