"""Figures as pictures: how sharp, how large, and what is said of them."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from rdit_ext.runtime.figure_picture import describe, draw
from tests.support.kernel import Kernel

matplotlib = pytest.importorskip("matplotlib")
from matplotlib import style  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402


def figure(**options: Any) -> Any:
    made = Figure(figsize=(4, 3), **options)
    made.subplots().plot([1, 3, 2])
    return made


def size(png: bytes) -> tuple[int, ...]:
    return struct.unpack(">II", png[16:24])


def drawn(figure: Any, **options: Any) -> tuple[tuple[int, ...], dict[str, Any]]:
    picture = draw(figure, **options)
    assert picture is not None
    return size(picture[0]), picture[1]


def test_two_pixels_for_each_that_is_shown() -> None:
    pixels, said = drawn(figure())
    assert [side / 2 for side in pixels] == [
        pytest.approx(said["width"], abs=1),
        pytest.approx(said["height"], abs=1),
    ]
    assert 300 < said["width"] < 400


def test_size_is_that_of_the_dpi_of_the_figure() -> None:
    _, usual = drawn(figure())
    pixels, large = drawn(figure(dpi=200))
    assert large["width"] == pytest.approx(2 * usual["width"], rel=0.02)
    # Not denser than 300 dots per inch.
    assert pixels[0] == pytest.approx(1.5 * large["width"], rel=0.02)


def test_settings_of_the_user_win() -> None:
    _, usual = drawn(figure())
    with matplotlib.rc_context({"savefig.dpi": 300}):
        pixels, said = drawn(figure())
    assert said["width"] == pytest.approx(usual["width"], abs=1)
    assert pixels[0] == pytest.approx(3 * said["width"], abs=3)
    pixels, said = drawn(figure(), dpi=50)
    assert pixels == (said["width"], said["height"])
    pixels, said = drawn(figure(), bbox_inches=None)
    assert (said["width"], said["height"]) == (400, 300)


def test_one_of_very_many_bytes_has_one_pixel_each() -> None:
    made = Figure(figsize=(9, 7))
    source = random.Random(1)
    noise = [[source.random() for _ in range(900)] for _ in range(700)]
    made.subplots().imshow(noise, cmap="prism", interpolation="nearest")
    pixels, said = drawn(made)
    assert pixels == (said["width"], said["height"])


def test_empty_one_is_no_picture() -> None:
    assert draw(Figure()) is None


def test_titles_and_labels_are_told() -> None:
    made = Figure()
    first, second = made.subplots(1, 2)
    first.set_title("Growth")
    first.set_xlabel("age")
    first.set_ylabel("height\nin m")
    second.set_xlabel("age")
    made.suptitle("Children")
    assert describe(made) == "Children; Growth: height in m by age; age"
    assert describe(figure()) == ""
    made.suptitle("x" * 1000)
    assert len(describe(made)) == 300


def test_transparent_one_says_what_it_is_readable_on() -> None:
    assert "needs_background" not in drawn(figure())[1]
    assert drawn(figure(facecolor="none"))[1]["needs_background"] == "light"
    with style.context("dark_background"):
        assert drawn(figure(facecolor="none"))[1]["needs_background"] == "dark"


FORMATS = """
import matplotlib.pyplot as plt
from matplotlib_inline.backend_inline import set_matplotlib_formats
set_matplotlib_formats({formats})
figure, axes = plt.subplots()
_ = axes.set_title("A title")
figure
"""


@pytest.mark.kernel
@pytest.mark.parametrize(
    ("formats", "kind", "names"),
    [
        ("'png'", "image/png", {"width", "height", "alt"}),
        ("'png', bbox_inches=None", "image/png", {"width", "height", "alt"}),
        ("'svg'", "image/svg+xml", set()),
        ("'retina'", "image/png", {"width", "height"}),
    ],
)
def test_format_that_the_user_has_chosen_wins(
    kernel: Kernel, formats: str, kind: str, names: set[str]
) -> None:
    events = kernel.run(FORMATS.format(formats=formats))
    outputs = [event["output"] for event in events if event["type"] == "output"]
    shown = [output for output in outputs if kind in output.get("data", {})]
    assert len(shown) == 1
    said = shown[0]["metadata"].get(kind, {})
    assert set(said) == names
    if "None" in formats:
        assert (said["width"], said["height"]) == (640, 480)
    kernel.run("set_matplotlib_formats('png', bbox_inches='tight')", lineRange={"from": 1, "to": 1})
