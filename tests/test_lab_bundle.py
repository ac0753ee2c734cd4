"""What the build for JupyterLab holds, and what it must not."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "rdit_ext/labextension"
STATIC = BUILT / "static"
SHARED = ("@codemirror/state", "@codemirror/view", "@codemirror/language", "@lezer/common")


@pytest.fixture(autouse=True)
def is_built():
    if not (STATIC / "style.js").exists():
        pytest.fail("the extension is not built: npm run build:lab")


def chunks():
    return {path.name: path.read_text() for path in STATIC.glob("*.js")}


def loaded_at_start():
    """The chunks that JupyterLab loads before any script is opened: what the entries import."""
    texts = chunks()
    (entry,) = [name for name in texts if name.startswith("remoteEntry")]
    names = {entry}
    exposed = re.findall(
        r'"?\./(?:extension|style|index)"?:\(?\)?=>(.*?)(?=,"\./|\};)', texts[entry]
    )
    for number in re.findall(r"\.e\((\d+)\)|\.e\(\"(\d+)\"\)", " ".join(exposed)):
        wanted = number[0] or number[1]
        names |= {name for name in texts if name.split(".")[0] == wanted}
    return {name: len(texts[name].encode()) for name in names}


def test_no_copy_of_the_editor_of_jupyterlab_is_in_the_bundle():
    licences = json.loads((STATIC / "third-party-licenses.json").read_text())
    names = {package["name"] for package in licences["packages"]}
    assert names & set(SHARED) == set()
    # A second copy would not know the extensions of the first: every editor would refuse to open.
    telling = "Unrecognized extension value in extension set"
    assert [name for name, text in chunks().items() if telling in text] == []


def test_less_than_62_kb_are_loaded_before_a_script_is_opened():
    sizes = loaded_at_start()
    assert len(sizes) >= 3, sizes
    assert sum(sizes.values()) < 62_000, sizes


def test_the_build_is_that_of_this_version():
    package = json.loads((ROOT / "package.json").read_text())
    built = json.loads((BUILT / "package.json").read_text())
    assert (built["name"], built["version"]) == ("rdit", package["version"])
    assert (BUILT / built["jupyterlab"]["_build"]["load"]).exists()


def test_the_schema_of_the_build_is_that_of_the_source():
    # tests/ui/tables.test.ts holds the source to the tables of commands and settings.
    built = json.loads((BUILT / "schemas/rdit/plugin.json").read_text())
    assert built == json.loads((ROOT / "labextension/schema/plugin.json").read_text())
