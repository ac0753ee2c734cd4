"""What is put into the template of a report, and the template itself."""

import base64
import hashlib
import json
import re
from pathlib import Path

import msgspec
import pytest

from rdit_ext.documents.report import fill_report, template
from rdit_ext.protocol import ExportBody, ExportedResult, Result

HERE = Path(__file__).parent / "documents"
# As in tests/ui/report.test.ts.
TEMPLATE = (
    "<title>{{rdit:title}}</title> {{rdit:scripts|'sha256-x'}}{{rdit:attributes}}\n{{rdit:body}}\n"
    "{{rdit:files}}"
)


def test_a_report_is_filled_as_in_the_browser():
    bodies = msgspec.json.decode((HERE / "reports.json").read_bytes(), type=list[ExportBody])
    made = [
        fill_report(TEMPLATE, body.script, body.results, body.title, body.results_only)
        for body in bodies
    ]
    files = {"a b.png": "data:image/png;base64,AA==", "</script>": "with it…"}
    made.append(fill_report(TEMPLATE, "1\n", [], files=files))
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


def code_of(html):
    return re.findall(r"<script>(.*?)</script>", html, re.S)


def test_the_template_runs_its_own_code_only_and_reaches_nothing(built):
    output = [Result(text="", data={"text/markdown": "$x$"}, metadata={})]
    html = fill_report(built, "1\n", [ExportedResult(line_start=1, line_end=1, output=output)])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    for code in code_of(html):
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
        built = built.replace(code, "")
    assert len(code_of(html)) == 3
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert "http" not in policy
    assert not re.search(r"<(link|img|iframe|script)\b[^>]*\b(src|href)=", built)
    styles = re.search(r"<style>(.*?)</style>", built, re.S)[1]
    assert not re.search(r"@import|url\((?!['\"]?data:)", styles)


def test_a_report_of_text_is_small(built):
    assert len(code_of(fill_report(built, "1\n", []))) == 1
    assert len(fill_report(built, "1\n", []).encode()) < 200_000
    rich = [Result(text="", data={"text/markdown": "x"}, metadata={})]
    page = fill_report(built, "1\n", [ExportedResult(line_start=1, line_end=1, output=rich)])
    assert len(code_of(page)) == 2
    assert len(page.encode()) < 300_000


@pytest.mark.parametrize("data", [{"text/latex": "x"}, {"text/markdown": ["a $", "x$"]}])
def test_a_report_with_a_formula_has_what_typesets_it(built, data):
    output = [Result(text="", data=data, metadata={})]
    page = fill_report(built, "1\n", [ExportedResult(line_start=1, line_end=1, output=output)])
    assert len(code_of(page)) == 2 + ("text/markdown" in data)
    assert len(page.encode()) < 600_000
