"""Plain builtins are written exactly as IPython writes them; bundles become what JSON can carry."""

from __future__ import annotations

import json
import random
from typing import Any

from IPython.core.formatters import PlainTextFormatter

from rdit_ext.runtime.matplotlib_figures import is_noise
from rdit_ext.runtime.mime_bundle import as_markdown, fit_bundle, shorten
from rdit_ext.runtime.plain_repr import write_plain
from rdit_ext.runtime.utf8 import clean, count_bytes

STRINGS = [
    "",
    "a",
    "it's",
    '"',
    "é",
    "日本",
    "\ud800",
    "\n",
    "\t",
    "\\n",
    "\0",
    "x" * 78,
    "x" * 200,
]


def value(choose: random.Random, depth: int = 2) -> Any:
    scalars: list[Any] = [
        None,
        True,
        0,
        -1,
        10**30,
        0.1,
        1e300,
        -0.0,
        float("inf"),
        float("nan"),
        1j,
        complex(1, -2),
        choose.choice(STRINGS),
        choose.choice(STRINGS).encode("utf-8", "surrogatepass"),
    ]
    if depth == 0 or choose.random() < 0.4:
        return choose.choice(scalars)
    items = [value(choose, depth - 1) for _ in range(choose.choice([0, 1, 2, 5, 30, 50]))]
    kind = choose.choice([list, tuple, dict, set])
    if kind is dict:
        return {choose.choice(scalars): item for item in items}
    if kind is set:
        return {item for item in items if item.__hash__}
    return kind(items)


def test_plain_values_are_written_as_ipython_writes_them() -> None:
    choose = random.Random(0)
    ipython = PlainTextFormatter()
    written = 0
    for _ in range(5000):
        try:
            thing = value(choose)
        except TypeError:
            continue  # a set of lists
        text = write_plain(thing)
        if text is not None:
            written += 1
            assert text == ipython(thing)
    assert written > 2000


def test_values_of_other_types_are_left_to_ipython() -> None:
    class Number(int):
        pass

    for thing in (Number(1), {1}, [Number(1)], [[1]], {"a": {}}, range(3), 10**5000, [1] * 50):
        assert write_plain(thing) is None


def test_bundle_is_made_fit_for_json() -> None:
    data = {
        "text/plain": "lone \ud800",
        "image/png": b"\x89PNG",
        "application/json": {"a": float("nan"), "b": {1, 2}, 3: "three", "c": "\udfff"},
    }
    fitted, size = fit_bundle(data)
    assert json.loads(json.dumps(fitted, allow_nan=False)) == {
        "text/plain": "lone \\ud800",
        "image/png": "iVBORw==",
        "application/json": {"a": None, "b": "{1, 2}", "3": "three", "c": "?"},
    }
    assert size > 40


def test_very_long_text_keeps_head_and_tail() -> None:
    short = shorten("a" * 1_000_000 + "z" * 1_000_000)
    assert short.startswith("a" * 1000)
    assert short.endswith("z" * 1000)
    assert "characters are not shown" in short
    assert len(short) < 600_000


def test_markdown_is_dedented() -> None:
    assert as_markdown("\n    # A\n\n      - b\n    ") == "# A\n\n  - b"


def test_text_is_cleaned_and_counted_in_utf8() -> None:
    assert clean("é\ud800") == "é\\ud800"
    assert [count_bytes(text) for text in ("abc", "é", "日", "🎉")] == [3, 2, 3, 4]


def test_plain_values_are_no_noise_of_plotting() -> None:
    ring: list[Any] = []
    ring.append(ring)
    for thing in (1, [], [1], (), {"a": 1}, "matplotlib", ring):
        assert not is_noise(thing)
