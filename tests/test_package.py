"""What `pip install` of a checkout gives: the page of these sources, an enabled extension."""

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
        "rdit_ext/templates/rdit.html",
        "rdit_ext/py.typed",
        *(f"rdit_ext/runtime/{file.name}" for file in (ROOT / "rdit_ext/runtime").glob("*.py")),
    }
    assert needed - set(names) == set()
    assert any(
        name.endswith("data/etc/jupyter/jupyter_server_config.d/rdit_ext.json") for name in names
    )
    assert [name for name in names if "node_modules" in name or name.startswith("tests")] == []


def test_installed_extension_is_enabled_with_nothing_else_done(wheel, tmp_path):
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
            tmp_path,
            wheel,
        ],
        check=True,
    )
    (packages,) = tmp_path.glob("lib/python*/site-packages")
    listing = subprocess.run(
        [sys.executable, "-m", "jupyter", "server", "extension", "list"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")},
            "PYTHONPATH": str(packages),
            # In place of the folder of this environment, which is not the one installed into.
            "JUPYTER_CONFIG_DIR": str(tmp_path / "etc/jupyter"),
        },
    )
    text = listing.stdout + listing.stderr
    text = re.sub("\x1b.*?m", "", text)
    assert f"Config dir: {tmp_path}/etc/jupyter\n    rdit_ext enabled" in text
    assert "rdit_ext 0.1.0 OK" in text
