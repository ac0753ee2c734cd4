"""The documents name everything there is."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from rdit_ext import protocol
from rdit_ext.app import RditApp

DOCS = Path(__file__).parents[1] / "docs"


def table_row(page: str, section: str, tag: str) -> str:
    text = (DOCS / page).read_text()
    body = text.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in body.splitlines() if re.match(rf"\|[^|]*`{tag}`", line)]
    assert len(rows) == 1, (
        f"docs/{page}, {section}: expected one row for `{tag}`, found {len(rows)}"
    )
    return rows[0]


@pytest.mark.parametrize(
    ("section", "union"),
    [
        ("Events", protocol.Event),
        ("Requests", protocol.Request),
        ("Outputs", protocol.Output),
    ],
)
def test_protocol_page_names_every_type_and_field(section, union):
    for kind in get_args(union):
        row = table_row("protocol.md", section, kind.__struct_config__.tag)
        missing = [
            field.encode_name
            for field in msgspec.structs.fields(kind)
            if f"`{field.encode_name}`" not in row
        ]
        assert missing == [], f"docs/protocol.md, {section}, `{kind.__struct_config__.tag}`"


def test_protocol_page_names_every_query_with_its_parameters_and_its_result():
    for method, query in protocol.QUERIES.items():
        _, params, result = table_row("protocol.md", "Queries", method).split("|")[1:4]
        for text, kind in ((params, query.params), (result, query.result)):
            names = [field.encode_name for field in msgspec.structs.fields(kind)]
            assert [name for name in names if f"`{name}`" not in text] == [], method


def test_using_page_names_every_setting():
    text = (DOCS / "using.md").read_text()
    settings = RditApp.class_own_traits(config=True)
    assert [name for name in settings if f"`RditApp.{name}`" not in text] == []


def test_links_between_documents_lead_somewhere():
    root = DOCS.parent
    for page in [*root.glob("*.md"), *DOCS.glob("*.md"), *(root / "examples").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+?)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


ARCHITECTURE = (DOCS / "architecture.md").read_text()
SERVER, PAGE = DOCS.parent / "rdit_ext", DOCS.parent / "labextension" / "src"


def test_every_picture_is_shown_and_every_shown_one_is_there():
    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    shown = {
        name
        for page in pages
        for name in re.findall(r"images/([\w-]+\.\w+)", page.read_text())
        if not name.endswith(".py")
    }
    assert shown == {path.name for path in (DOCS / "images").iterdir()} - {"take.py", "__pycache__"}


def test_the_architecture_names_every_module_of_the_server_and_every_folder_of_the_page():
    rooms = ARCHITECTURE.partition("## Rooms")[2].partition("## ")[0]
    modules = [
        path.relative_to(SERVER)
        for path in SERVER.rglob("*.py")
        if not path.name.startswith("_") and "runtime" not in path.relative_to(SERVER).parts
    ]
    folders = [path for path in PAGE.rglob("*") if path.is_dir()]
    missing = [str(path) for path in modules if f" {path.name} " not in rooms]
    missing += [
        path.name for path in folders if f" {path.name}/" not in rooms and path.name != "parts"
    ]
    assert missing == []


def test_every_file_that_the_architecture_names_is_there():
    named = set(re.findall(r"[\w-]+/[\w/-]+\.(?:py|ts)\b", ARCHITECTURE))
    assert named
    there = [*SERVER.rglob("*.py"), *PAGE.rglob("*.ts"), *(DOCS.parent / "tests").rglob("*.*")]
    missing = [name for name in named if not any(str(path).endswith(f"/{name}") for path in there)]
    assert missing == []
