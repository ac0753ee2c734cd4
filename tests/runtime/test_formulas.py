"""A formula is typeset from its LaTeX: no picture of it is made, unless there is nothing else."""

from __future__ import annotations

import pytest

from tests.support.kernel import Kernel

SCRIPT = """
class Formula:
    __module__ = "sympy.core.expr"
    drawn = 0
    def __init__(self, latex):
        self.latex = latex
    def _repr_latex_(self):
        return self.latex
    def _repr_png_(self):
        Formula.drawn += 1
        return b"png"
Formula("$x$")
Formula.drawn
Formula(None)
Formula.drawn
"""


@pytest.mark.kernel
def test_picture_of_a_formula_of_sympys_is_made_only_without_latex(kernel: Kernel) -> None:
    events = kernel.run(SCRIPT)
    shown = [event["output"]["data"] for event in events if event["type"] == "output"]
    assert [set(data) - {"text/plain"} for data in shown] == [
        {"text/latex"},
        set(),
        {"image/png"},
        set(),
    ]
    assert [shown[at]["text/plain"] for at in (1, 3)] == ["0", "1"]
