"""Edited modules of the script's folder, and other state of the process, in a second whole run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.bare import Bare
from tests.support.summaries import statuses, text

Event = dict


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., list[Event]]]:
    process = Bare(cwd=tmp_path)
    path = tmp_path / "script.py"
    path.touch()

    def run(script: str, **request: object) -> list[Event]:
        return process.run(script, path=str(path), **request)

    yield run
    process.close()


def test_whole_run_uses_what_is_on_disk(run: Callable[..., list[Event]], tmp_path: Path) -> None:
    # Of the same size, and most likely of the same second.
    helper = tmp_path / "helper.py"
    helper.write_text('def value(): return "old"\n')
    script = "import helper\nprint(helper.value())\n"
    first = run(script)
    assert text(first) == "old\n"
    assert "reloaded" not in first[0]
    helper.write_text('def value(): return "new"\n')
    # One statement does what it does in a notebook.
    assert text(run(script, lineRange={"from": 1, "to": 2})) == "old\n"
    # A setting turns it off.
    assert text(run(script, reloadModules=False)) == "old\n"
    again = run(script)
    assert (text(again), again[0]["reloaded"]) == ("new\n", ["helper"])
    assert "reloaded" not in run(script)[0]


def test_the_script_is_no_module_of_its_folder(
    run: Callable[..., list[Event]], tmp_path: Path
) -> None:
    script = "import multiprocessing\nprint('run')\n"
    run(script)
    (tmp_path / "script.py").write_text("# edited\n" + script)
    again = run(script)
    assert (text(again), again[0].get("reloaded")) == ("run\n", None)


def test_what_imports_an_edited_module_is_loaded_anew(
    run: Callable[..., list[Event]], tmp_path: Path
) -> None:
    package = tmp_path / "pack"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "low.py").write_text("VALUE = 1\n")
    (package / "middle.py").write_text("from .low import VALUE\nclass Middle: value = VALUE\n")
    (package / "apart.py").write_text("print('apart is loaded')\n")
    (tmp_path / "top.py").write_text(
        "import importlib\nlow = importlib.import_module('pack.low')\n"
    )
    script = (
        "import top, pack.apart\nfrom pack.middle import Middle\nfrom pack import low\n"
        "print(Middle.value, top.low.VALUE, low.VALUE)\n"
    )
    assert text(run(script)) == "apart is loaded\n1 1 1\n"
    (package / "low.py").write_text("VALUE = 22\n")
    again = run(script)
    assert text(again) == "22 22 22\n"
    assert again[0]["reloaded"] == ["pack.low", "pack.middle", "top"]
    # A package takes its modules with it.
    (package / "__init__.py").write_text("edited = True\n")
    again = run(script)
    assert text(again) == "apart is loaded\n22 22 22\n"
    assert again[0]["reloaded"] == ["pack", "pack.apart", "pack.low", "pack.middle", "top"]


def test_module_that_runs_in_a_thread_is_left_and_said(
    run: Callable[..., list[Event]], tmp_path: Path
) -> None:
    helper = tmp_path / "worker.py"
    helper.write_text(
        "import threading\nend = threading.Event()\ndef work():\n    end.wait()\n"
        "thread = threading.Thread(target=work)\nthread.start()\n"
    )
    script = "import worker\nprint(worker.thread.is_alive())\n"
    assert text(run(script)) == "True\n"
    with helper.open("a") as file:
        file.write("# edited\n")
    again = run(script)
    assert (text(again), again[0]["outdated"]) == ("True\n", ["worker"])
    run("import worker\nworker.end.set(); worker.thread.join()\n")
    assert run(script)[0]["reloaded"] == ["worker"]
    run("import worker\nworker.end.set(); worker.thread.join()\n")


def test_module_that_is_broken_now_is_an_error_of_its_import(
    run: Callable[..., list[Event]], tmp_path: Path
) -> None:
    helper = tmp_path / "helper.py"
    helper.write_text("x = 1\n")
    run("import helper")
    helper.write_text("x = = 1\n")
    assert statuses(run("import helper")) == ["error", "error"]
    helper.write_text("x = 2\n")
    assert text(run("import helper\nprint(helper.x)")) == "2\n"


STATE = {
    "the working directory": ("os.chdir('..')", "os.getcwd()"),
    "sys.path": ("sys.path.insert(0, '/elsewhere')", "'/elsewhere' in sys.path, sys.path[0]"),
    "a signal's handler": (
        "signal.signal(signal.SIGTERM, lambda *told: None)",
        "callable(signal.getsignal(signal.SIGTERM))",
    ),
    "a timer": (
        "signal.setitimer(signal.ITIMER_REAL, 1e6)",
        "signal.getitimer(signal.ITIMER_REAL)[0] > 0",
    ),
    "filters of warnings": ("warnings.simplefilter('error')", "warnings.filters[0]"),
    "who shows warnings": ("warnings.showwarning = print", "warnings.showwarning is print"),
    "the start method": (
        "multiprocessing.set_start_method('spawn')",
        "multiprocessing.get_start_method(allow_none=True)",
    ),
    "the hook of threads": ("threading.excepthook = print", "threading.excepthook is print"),
    "the hook of the unraisable": ("sys.unraisablehook = print", "sys.unraisablehook is print"),
    "sys.excepthook": ("sys.excepthook = print", "sys.excepthook is print"),
    "the depth of recursion": ("sys.setrecursionlimit(3456)", "sys.getrecursionlimit() == 3456"),
    "the root logger": (
        "logging.basicConfig(level='DEBUG')",
        "logging.getLogger().handlers, logging.getLogger().level",
    ),
    "a logger": (
        "logging.getLogger('app').addHandler(logging.StreamHandler())",
        "logging.getLogger('app').handlers",
    ),
}


@pytest.mark.parametrize("name", STATE)
def test_second_whole_run_meets_as_a_new_process_does(
    name: str, run: Callable[..., list[Event]]
) -> None:
    change, look = STATE[name]
    imports = "import logging, multiprocessing, os, signal, sys, threading, warnings\n"
    script = f"{imports}print({look})\n{change};\nprint({look})\n"
    first = run(script)
    assert statuses(first)[-1] == "ok", first
    before, after = text(first).splitlines()
    assert before != after
    # A run of one statement goes on from there.
    part = run(f"{imports}print({look})", lineRange={"from": 2, "to": 2})
    assert text(part).splitlines() == [after]
    assert text(run(script)).splitlines() == [before, after]
