"""What `pip install` of a checkout gives: the page of these sources, an enabled extension."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of a copy of this tree in which an older page lies built already."""
    copy = tmp_path_factory.mktemp("checkout") / "rdit"
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for file in filter(None, files):
        if (ROOT / file).exists():
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, copy / file)
    # Hard links: node_modules is large, and the build only reads it.
    shutil.copytree(
        ROOT / "node_modules", copy / "node_modules", copy_function=os.link, symlinks=True
    )
    (copy / "rdit_ext/static").mkdir()
    for name in ("page.js", "page.css", "left-over.js"):
        (copy / "rdit_ext/static" / name).write_text("/* an older build */")
    (copy / "rdit_ext/labextension/static").mkdir(parents=True)
    for name in ("style.js", "left-over.js"):
        (copy / "rdit_ext/labextension/static" / name).write_text("/* an older build */")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "-w",
            "dist",
            ".",
        ],
        cwd=copy,
        check=True,
        env={**os.environ, "npm_config_offline": "true"},
    )
    (built,) = (copy / "dist").glob("*.whl")
    return built


def test_wheel_carries_what_the_extension_needs_and_no_older_build(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        page = archive.read("rdit_ext/static/page.js").decode()
    assert "an older build" not in page
    assert "rdit_ext/static/left-over.js" not in names
    needed = {
        "rdit_ext/static/page.css",
        "rdit_ext/static/report.html",
        "rdit_ext/templates/rdit.html",
        "rdit_ext/py.typed",
        *(f"rdit_ext/runtime/{file.name}" for file in (ROOT / "rdit_ext/runtime").glob("*.py")),
    }
    assert needed - set(names) == set()
    # Python for the browser comes along: no other site is asked for it.
    core = {name.rpartition("/")[2] for name in names if "/static/pyodide/314." in name}
    assert {"pyodide.asm.wasm.gz", "pyodide.asm.mjs.gz", "python_stdlib.zip"} <= core
    assert {name for name in core if name.endswith(".whl")} == {"micropip-0.11.1-py3-none-any.whl"}
    assert "NOTICE.txt" in core
    (data,) = {name.partition("/")[0] for name in names if ".data/" in name}
    extension = f"{data}/data/share/jupyter/labextensions/rdit"
    needed = {
        f"{data}/data/etc/jupyter/jupyter_server_config.d/rdit_ext.json",
        f"{extension}/install.json",
        f"{extension}/package.json",
        f"{extension}/schemas/rdit/plugin.json",
        f"{extension}/static/style.js",
    }
    assert needed - set(names) == set()
    assert f"{extension}/static/left-over.js" not in names
    # One copy: what JupyterLab loads.
    assert [name for name in names if name.startswith("rdit_ext/labextension")] == []
    assert [name for name in names if "node_modules" in name or name.startswith("tests")] == []


def test_what_the_page_begins_with_is_as_small_as_promised(wheel):
    static = "rdit_ext/static/"
    with zipfile.ZipFile(wheel) as archive:
        first = ["page.js", *json.loads(archive.read(f"{static}first_chunks.json"))]
        sizes = {name: archive.getinfo(static + name).file_size for name in first}
    assert len(first) > 1
    assert sum(sizes.values()) <= 400_000, (
        f"what no first paint needs is to be loaded later: {sizes}"
    )


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The prefix that the wheel is installed into."""
    prefix = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            "--ignore-installed",  # or pip would take the one of this environment away
            "--prefix",
            prefix,
            wheel,
        ],
        check=True,
    )
    return prefix


def listing(installed: Path, *command: str) -> str:
    """What `jupyter COMMAND list` says there."""
    (packages,) = installed.glob("lib/python*/site-packages")
    done = subprocess.run(
        [sys.executable, "-m", "jupyter", *command, "list"],
        cwd=installed,
        check=True,
        capture_output=True,
        text=True,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")},
            "PYTHONPATH": str(packages),
            # In place of the folders of this environment, which is not the one installed into.
            "JUPYTER_PREFER_ENV_PATH": "0",
            "JUPYTER_CONFIG_DIR": str(installed / "etc/jupyter"),
            "JUPYTER_DATA_DIR": str(installed / "share/jupyter"),
        },
    )
    return re.sub("\x1b.*?m", "", done.stdout + done.stderr)


def test_installed_extension_is_enabled_with_nothing_else_done(installed):
    text = listing(installed, "server", "extension")
    assert f"Config dir: {installed}/etc/jupyter\n    rdit_ext enabled" in text
    assert "rdit_ext 0.1.0 OK" in text


def test_installed_extension_of_jupyterlab_is_enabled_too(installed):
    pytest.importorskip("jupyterlab")
    text = listing(installed, "labextension")
    here = text[text.index(f"{installed}/share/jupyter/labextensions") :].partition("\n\n")[0]
    assert re.search(r"rdit v0\.1\.0 enabled +OK \(python, rdit-ext\)", here), text
