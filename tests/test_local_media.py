"""Which files a report takes along that is made without a page."""

import base64

import pytest

from rdit_ext.documents import local_media
from rdit_ext.documents.local_media import media_of
from rdit_ext.protocol import Display, ExportedResult

PICTURE = b"a picture"
DATA = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "scripts"
    folder.mkdir()
    for path in ("plot.png", "a b.png", "../outside.png", "notes.txt"):
        (folder / path).write_bytes(PICTURE)
    return folder


def results(**data):
    data = {kind.replace("_", "/"): value for kind, value in data.items()}
    output = Display(text="", data=data, metadata={})
    return [ExportedResult(line_start=1, line_end=1, output=[output])]


@pytest.mark.parametrize(
    "data",
    [
        {"text_html": "<p>x<IMG width=3 src='plot.png?v=1#x'>"},
        {"text_html": ["<img ", "src=plot.png>"]},
        {"text_html": '<video poster="plot.png"></video>'},
        {"text_html": "<script>f()</script><img src=&#112;lot.png>"},
        {"text_html": '<img alt="a > b" src="plot.png">'},
        {"text_html": "<img alt='a > \"b' src=plot.png>"},
        {"text_html": '<img data-src="no.png" title="src=no.png" SRC = "plot.png"/>'},
        {"text_html": '<img alt="x"src="&#x70;lot.png?a=1&amp;b=2">'},
        {"text_html": '<img src="%70lot.png">'},
        {"text_html": '<img srcset="none.png, plot.png 2x, https://x/y.png 3x">'},
        {"text_html": "<picture><source srcset=plot.png><img src=none.png></picture>"},
        {"text_html": "<![if x]><!-- <img src='none.png> --><IMG SRC='plot.png'><![endif]-->"},
        {"text_html": '<script>f(\'<img alt=">" src="plot.png">\')</script>'},
        {"text_html": "<script>/* <!-- */ f('<img src=\"plot.png\">') /* --> */</script>"},
        {"text_html": '<img alt="<img src=no.png>" src="plot.png">'},
        {"text_html": "<img src='plot.png' onerror='x=\"<img src=no.png>\"'>"},
        {"text_markdown": "`<script>` and a <b, <img alt='a > b' src=plot.png>"},
        {"text_markdown": "![the plot](plot.png 'a title')"},
        {"text_markdown": "![plot]\n\n[plot]: plot.png"},
        {"text_markdown": "a <img src='./plot.png'>"},
    ],
)
def test_a_picture_beside_the_script_is_taken_along(folder, data):
    files = media_of(results(**data), folder, folder)
    assert list(files.values()) == [DATA]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("<a b.png>", "a b.png"),
        ("a%20b.png", "a b.png"),
        ("50%.png", "50%.png"),
        ("50%25.png", "50%.png"),
        ("50%%20.png", "50%%20.png"),
        ("%e9.png", "%e9.png"),
    ],
)
def test_names_are_without_escapes(folder, source, name):
    (folder / name).write_bytes(PICTURE)
    files = media_of(results(text_markdown=f"![]({source})"), folder, folder)
    assert files == {name: DATA}


@pytest.mark.parametrize(
    "source",
    [
        *("../outside.png", "%2e%2e/outside.png", "notes.txt", "none.png", "/plot.png", "."),
        *("https://x/plot.png", "//x/plot.png", "file:plot.png", "a\0.png", "x" * 5000 + ".png"),
    ],
)
def test_nothing_else_is_read(folder, source):
    assert media_of(results(text_html=f'<img src="{source}">'), folder, folder) == {}


def test_a_picture_in_a_folder_above_is_within_the_working_directory(folder):
    found = results(text_html='<img src="../outside.png">')
    assert media_of(found, folder, folder.parent) == {"../outside.png": DATA}


def test_what_has_no_room_is_said(folder, monkeypatch):
    monkeypatch.setattr(local_media, "MOST_BYTES", len(PICTURE))
    found = results(text_html='<img src="plot.png"><img src="a b.png">')
    files = media_of(found, folder, folder)
    assert files["plot.png"] == DATA
    assert files["a b.png"].startswith("with it, files in this report would have more than")


@pytest.mark.parametrize(
    ("name", "markdown"),
    [
        ("figure_(1).png", "![](figure_(1).png)"),
        ("plot.png", "![see [1]](plot.png)"),
        ("a_b.png", r"![](a\_b.png)"),
    ],
)
def test_names_and_alternatives_have_brackets_as_markdown_has(folder, name, markdown):
    (folder / name).write_bytes(PICTURE)
    assert media_of(results(text_markdown=markdown), folder, folder) == {name: DATA}


def test_a_picture_in_a_comment_takes_no_room(folder):
    assert media_of(results(text_html="<!-- <img src=plot.png> -->"), folder, folder) == {}


def test_a_circle_of_links_is_not_there(folder):
    (folder / "a.png").symlink_to(folder / "b.png")
    (folder / "b.png").symlink_to(folder / "a.png")
    assert media_of(results(text_html="<img src=a.png>"), folder, folder) == {}
