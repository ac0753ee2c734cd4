"""A display beyond the limit is drawn smaller or said, in the process it comes from."""

from __future__ import annotations

import base64
import io
import random

import pytest

from rdit_ext.runtime.mime_bundle import fit_bundle
from rdit_ext.runtime.renditions import smaller
from tests.support.kernel import Kernel

NOISE = """from PIL import Image
import random
noise = Image.frombytes("RGB", (3000, 3000), random.Random(1).randbytes(27_000_000))
"""


def display(**data: object) -> dict:
    return {"type": "display", "text": data.get("plain", ""), "metadata": {}, "data": data}


def png(side: int) -> str:
    image = pytest.importorskip("PIL.Image")
    file = io.BytesIO()
    noise = random.Random(side).randbytes(3 * side * side)
    image.frombytes("RGB", (side, side), noise).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_an_image_is_drawn_smaller() -> None:
    whole = png(500)
    output, size, note = smaller(
        {**display(), "data": {"image/png": whole, "text/plain": "<Image>"}}, 400_000
    )
    assert size <= 400_000
    image = pytest.importorskip("PIL.Image")
    drawn = image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"])))
    assert drawn.size[0] < 500
    assert f"{drawn.width} by {drawn.height} pixels" in note
    assert "image/png of 1.0 MB" in note
    assert output["data"]["text/plain"] == "<Image>"


def test_what_cannot_be_drawn_smaller_is_left_out_and_said() -> None:
    data = {"text/html": "x" * 5000, "text/plain": "a table", "application/json": {"a": ["b"] * 99}}
    output, size, note = smaller({**display(), "data": data}, 1000)
    assert output["data"] == {"text/plain": "a table", "application/json": {"a": ["b"] * 99}}
    assert output["text"] == "a table"
    assert size < 1000
    assert "text/html" in note
    assert "left out" in note
    # The bundle that came is somebody else's.
    assert "text/html" in data


def test_a_broken_image_and_a_long_text_leave_a_note() -> None:
    data = {"image/png": "no image" * 1000, "text/plain": "long " * 2000}
    output, _, note = smaller({**display(), "type": "result", "data": data}, 3000)
    assert set(output["data"]) == {"text/plain"}
    assert output["text"].startswith("long long")
    assert output["text"].endswith("…\n")
    assert "image/png" in note


def test_of_two_renditions_of_one_image_one_is_sent() -> None:
    data, size = fit_bundle({"image/png": b"1234", "image/jpeg": b"12345678", "text/plain": "i"})
    assert data == {"image/png": "MTIzNA==", "text/plain": "i"}
    assert size == len("MTIzNA==") + 1


@pytest.mark.kernel
def test_a_huge_image_leaves_the_kernel_small_and_with_a_note(kernel: Kernel) -> None:
    pytest.importorskip("PIL")
    events = kernel.run(f"{NOISE}\nnoise\n'after'")
    told = [e["output"] for e in events if e["type"] == "output" and e["nodeIndex"] == 3]
    shown, note = told
    assert shown["type"] == "result"
    assert set(shown["data"]) == {"image/png", "text/plain"}
    assert len(shown["data"]["image/png"]) <= 20_000_000
    assert note["type"] == "stderr"
    assert "is shown smaller, 2000 by 2000 pixels" in note["text"]
    assert any(e["type"] == "output" and e["nodeIndex"] == 4 for e in events)
