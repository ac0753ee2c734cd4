"""What is put into the template of a report, and the template itself."""

import base64
import hashlib
import json
import re
from pathlib import Path

import msgspec
import pytest

from rdit_ext.documents.report import fill_report, template
from rdit_ext.protocol import ExportBody

HERE = Path(__file__).parent / "documents"
# As in tests/ui/report.test.ts.
TEMPLATE = (
    "<title>{{rdit:title}}</title> {{rdit:scripts|'sha256-x'}}{{rdit:attributes}}\n{{rdit:body}}\n"
)


def test_a_report_is_filled_as_in_the_browser():
    bodies = msgspec.json.decode((HERE / "reports.json").read_bytes(), type=list[ExportBody])
    made = [
        fill_report(TEMPLATE, body.script, body.results, body.title, body.results_only)
        for body in bodies
    ]
    assert "".join(made).encode() == (HERE / "reports.html").read_bytes()


def test_what_an_output_says_ends_no_element():
    html = (HERE / "reports.html").read_text("utf-8")
    # Those of the reports, around JSON, and none that an output brought.
    for data in re.findall(r'<script type="application/json">(.*?)</script>', html, re.S):
        json.loads(data)
        assert "<" not in data
    assert html.count("<script") == html.count("</script>")
    assert "\u2028" not in re.sub(r"<pre.*?</pre>", "", html, flags=re.S)
    assert html.count("<pre") == html.count("</pre>")


@pytest.fixture(scope="module")
def built():
    return template()


def test_the_template_runs_its_own_code_only_and_reaches_nothing(built):
    html = fill_report(built, "1\n", [])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    code = re.search(r"<script>(.*?)</script>", html, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy
    around = built.replace(code, "")
    assert not re.search(r"<(link|img|iframe|script)\b[^>]*\b(src|href)=", around)
    assert not re.search(
        r"@import|url\((?!['\"]?data:)", re.search(r"<style>(.*?)</style>", built)[1]
    )
    assert built.count("</script>") == 1


def test_a_report_without_figures_is_small(built):
    assert len(built.encode()) < 250_000
