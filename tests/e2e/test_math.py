"""Formulas on the page: of LaTeX outputs and in Markdown, typeset."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from .conftest import Tab

pytestmark = [pytest.mark.browser, pytest.mark.kernel]

SCRIPT = r'''r"""
# Roots

The roots of $ax^2 + bx + c$ are

$$x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$$

and `$HOME` is none.
"""
from IPython.display import Latex, Math
Math(r"\int_0^1 x^2\,dx = \tfrac{1}{3}")
Latex(r"""Euler: $e^{i\pi} = -1$, and
\begin{align} a &= b \\ c &= d \end{align}""")


class Root:
    def _repr_latex_(self):
        return r"$\displaystyle \sqrt{2}$"

    def _repr_png_(self):
        return b"\x89PNG"

    def __repr__(self):
        return "sqrt(2)"


Root()
Latex(r"$\nosuchcommand{1}$")
Latex("no formula")
from IPython.display import HTML
HTML("<b>from $5 to $6</b>")
'''


def test_formulas_are_typeset_and_what_cannot_be_is_shown_as_it_is_written(tab: Tab) -> None:
    tab.open("formulas.py", SCRIPT)
    loaded = (
        "performance.getEntriesByType('resource').some(({ name }) => /katex|typeset/.test(name))"
    )
    assert not tab.page.evaluate(loaded)
    tab.page.keyboard.press("Control+Shift+Enter")
    markdown = tab.output(1)
    expect(markdown.locator(".katex")).to_have_count(2)
    expect(markdown.locator(".katex-display math")).to_have_attribute("display", "block")
    expect(markdown.locator("code")).to_have_text("$HOME")
    expect(tab.output(11).locator("math annotation")).to_contain_text(r"\int_0^1")
    expect(tab.output(12).locator(".katex")).to_have_count(2)
    expect(tab.output(12)).to_contain_text("Euler: ")
    # Not numbered, as in Jupyter.
    expect(tab.output(12).locator(".eqn-num").first).to_be_hidden()
    # Before the picture, which is not even sent where it is not needed.
    expect(tab.output(27).locator(".katex .sqrt")).to_be_visible()
    expect(tab.output(28).locator("pre")).to_have_text(r"$\nosuchcommand{1}$")
    expect(tab.output(28)).to_contain_text("This cannot be typeset: Undefined control sequence")
    expect(tab.output(29)).to_have_text("no formula")
    assert tab.page.evaluate(loaded)
    # Of HTML the dollars are its own.
    expect(tab.output(31).locator("b")).to_have_text("from $5 to $6")
    expect(tab.output(31).locator(".katex")).to_have_count(0)
    family = tab.output(11).locator(".mathnormal").first
    assert "KaTeX_Math" in family.evaluate("element => getComputedStyle(element).fontFamily")
    tab.page.wait_for_function("document.fonts.check('12px KaTeX_Math')")


def test_a_formula_loads_nothing_and_goes_nowhere(tab: Tab) -> None:
    attacks = [
        r"\href{javascript:document.title='gone'}{x}",
        r"\url{https://evil.invalid/x}",
        r"\includegraphics{https://evil.invalid/x.png}",
        r"\htmlStyle{background: url(https://evil.invalid/x)}{x}",
        r"\htmlData{onclick=alert(1)}{x}",
        r"\text{<img src=https://evil.invalid/x onerror=alert(1)>}",
        r"\def\a{\a\a}\a",
        r"\rule{1e9em}{1e9em}",
    ]
    lines = "\n".join(f"Math({attack!r})" for attack in attacks)
    tab.open("attacks.py", f"from IPython.display import Math\n{lines}\n1 + 1\n")
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.url))
    tab.page.keyboard.press("Control+Shift+Enter")
    expect(tab.output(len(attacks) + 2)).to_have_text("2")
    for line in range(2, len(attacks) + 2):
        expect(tab.output(line).locator(".katex, pre").first).to_be_visible()
    results = tab.page.locator(".rdit-result")
    for selector in ("a[href]", "img", "[style*=url]", "[data-onclick]", "[onclick]"):
        expect(results.locator(selector)).to_have_count(0)
    assert [url for url in asked if "evil" in url] == []
    # A huge box does not push the code away: sizes are bounded, and results scroll.
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
