"""axe-core in a page: what it finds that keeps people out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.processes import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = ROOT / "node_modules/axe-core/axe.min.js"


def findings(page: Page, include: list[str] | None = None) -> list[str]:
    """Serious and critical findings, each with its rule, element and why; of the whole page, or of
    what these selectors name."""
    if not page.evaluate("'axe' in window"):
        # Not by a tag: a page's own policy might forbid it.
        page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        """include => axe.run(include ? {include: include.map(one => [one])} : document, {
            resultTypes: ['violations'],
            // What was rendered in a frame of its own is the output's, not ours.
            iframes: false,
        })""",
        include,
    )
    return [
        f"{violation['id']}: {json.dumps(node['target'])} {node['html'][:160]} "
        f"{' '.join(node['failureSummary'].split())[:300]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        or violation["id"] in ("page-has-heading-one", "label-content-name-mismatch")
        for node in violation["nodes"]
    ]
