"""Charts come as data, unless the user has it otherwise. altair and plotly are stood in for by
modules with what is asked of them.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from rdit_ext.runtime.charts import Charts

ALTAIR = """
class renderers:
    active = "default"
    @classmethod
    def enable(cls, name): cls.active = name
"""
PLOTLY = """
class renderers:
    default = "{}"
"""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("PLOTLY_RENDERER", raising=False)
    (tmp_path / "altair.py").write_text(ALTAIR)
    (tmp_path / "plotly/io").mkdir(parents=True)
    for folder in ("plotly", "plotly/io"):
        (tmp_path / folder / "__init__.py").touch()
    kept = {name: sys.modules.pop(name) for name in [*sys.modules] if of_libraries(name)}
    charts = Charts()
    yield tmp_path
    charts.remove()
    for name in [*sys.modules]:
        if of_libraries(name):
            del sys.modules[name]
    sys.modules.update(kept)


def of_libraries(name: str) -> bool:
    return name.partition(".")[0] in ("altair", "plotly")


def plotly(library: Path, default: str) -> ModuleType:
    (library / "plotly/io/_renderers.py").write_text(PLOTLY.format(default))
    return importlib.import_module("plotly.io._renderers")


def test_altair_has_its_charts_as_data(library: Path) -> None:
    altair = importlib.import_module("altair")
    assert altair.renderers.active == "mimetype"
    altair.renderers.enable("html")
    assert importlib.import_module("altair").renderers.active == "html"


def test_what_fails_ends_no_import(library: Path) -> None:
    (library / "altair.py").write_text("renderers = None")
    assert importlib.import_module("altair").renderers is None


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("plotly_mimetype+notebook", "plotly_mimetype"),
        ("browser", "plotly_mimetype"),
        ("plotly_mimetype", "plotly_mimetype"),
        ("colab", "colab"),
    ],
)
def test_plotly_has_its_figures_as_data(library: Path, default: str, expected: str) -> None:
    assert plotly(library, default).renderers.default == expected


def test_the_users_environment_wins(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLOTLY_RENDERER", "browser")
    assert plotly(library, "browser").renderers.default == "browser"
