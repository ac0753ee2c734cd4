import json
import re
from pathlib import Path

import pytest

import rdit_ext

STATIC = Path(rdit_ext.__file__).parent / "static"


def config(text):
    match = re.search(
        r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', text, re.DOTALL
    )
    return json.loads(match[1])


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("", None),
        ("edit/a.py", "a.py"),
        ("edit/a%20b%25/%C3%BC.py", "a b%/ü.py"),
        ("edit/it's%20%3C/script%3E.py", None),
    ],
)
def test_the_page_knows_where_it_is(server, address, path):
    (server.root / "a b%").mkdir(exist_ok=True)
    answer = server.get(address)
    if path is None and address:
        # Below a folder that is not there; and the name is shown, not obeyed.
        assert answer.status_code == 404
        assert "<script>.py" not in answer.text
        return
    assert answer.status_code == 200
    assert config(answer.text) == {
        "baseUrl": "/a%40b/",
        "path": path,
        "root": str(server.root),
        "givesHidden": False,
        "version": server.get("health").json()["version"],
        "staticUrl": "/a%40b/static/rdit/",
        "hasLanguageServers": False,
        "isBrowserAllowed": True,
        "packagesUrl": "",
    }
    assert '<div class="rdit-page" data-backend="server" data-state="starting">' in answer.text
    assert "/a%40b/static/rdit/page.js?v=" in answer.text or "page.js" in answer.text


def test_the_page_names_the_files_that_its_script_begins_with(server):
    listed = json.loads((STATIC / "first_chunks.json").read_text("utf-8"))
    named = re.findall(r'rel="modulepreload" href="([^"]+)"', server.get("").text)
    assert named == [f"/a%40b/static/rdit/{name}" for name in listed]
    script = (STATIC / "page.js").read_text("utf-8")
    imported = re.findall(r"""(?:\bfrom|\bimport)\s*["'`]\./(chunks/[^"'`]+)["'`]""", script)
    assert set(imported) <= set(listed)


def test_a_name_cannot_break_out_of_the_page(server):
    name = '</script><b>".py'
    answer = server.get("edit/%3C%2Fscript%3E%3Cb%3E%22.py")
    assert answer.status_code == 404 or config(answer.text)["path"] == name
    assert "</script><b>" not in answer.text


NAMELESS = ("edit", "edit/", "edit//", "edit/%2F", "edit/.")


@pytest.mark.parametrize(
    "address", ["edit/nowhere/a.py", "edit/folder-here", "edit/..%2Fa.py", *NAMELESS]
)
def test_where_no_script_can_be_is_not_found_and_said_so(server, address):
    (server.root / "folder-here").mkdir(exist_ok=True)
    answer = server.get(address)
    assert answer.status_code == 404
    assert any(word in answer.text for word in ("folder", "below the server"))
    assert '<html lang="en">' in answer.text
    assert "Nothing to edit here" in answer.text


def test_the_page_may_be_framed_by_its_own_origin_only(server):
    policy = server.get("").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "object-src 'none'" in policy
