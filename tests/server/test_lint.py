import asyncio
import re
import stat
import sys
from pathlib import Path

import pytest
import requests

from rdit_ext.documents import ruff as module
from rdit_ext.documents.ruff import Place, Ruff
from rdit_ext.errors import NoRuff, RuffFailed, Superseded, TooBusy
from tests.support.waiting import PATIENCE

WORKER = Path(__file__).parents[2] / "labextension/src/backends/ruff/ruff_worker.ts"


def lint(server, script, **body):
    answer = server.post("lint", script=script, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def places(answer):
    """(code, line, column) of each finding."""
    return [(f.get("code", ""), f["lineStart"], f["columnStart"]) for f in answer["findings"]]


@pytest.fixture
def folder(server, request):
    """A folder of this test's own below the server's root, and its Contents path."""
    path = server.root / re.sub(r"\W+", "-", request.node.name)[:60]
    path.mkdir()
    return path


def test_a_name_that_nothing_above_binds_is_found(server):
    answer = lint(server, "print(later)\nlater = 1\nprint(later)\n")
    assert places(answer) == [("F821", 1, 6)]
    (finding,) = answer["findings"]
    assert finding["message"] == "Undefined name `later`"
    assert (finding["lineEnd"], finding["columnEnd"]) == (1, 11)
    assert finding["url"].startswith("https://docs.astral.sh/")
    assert answer["tool"].startswith("ruff ")
    assert "isConfigured" not in answer


def test_columns_are_code_points_also_behind_tabs_and_beyond_the_first_plane(server):
    assert places(lint(server, "if 1:\n\tprint('😀é', nothing)\n")) == [("F821", 2, 13)]


def test_what_does_not_parse_has_no_code_and_all_of_it_is_told(server):
    answer = lint(server, "a = = 1\nb = 2\nc = (\n")
    assert {code for code, _, _ in places(answer)} == {""}
    # Of a bracket that nothing closes, the end of the script.
    assert [line for _, line, _ in places(answer)] == [1, 4]


def test_what_shows_results_is_no_finding_and_top_level_await_is_none(server):
    script = "import asyncio\n\nx = 1\nx\nx == 2\nx;\nawait asyncio.sleep(0)\n"
    assert lint(server, script)["findings"] == []


def test_a_fix_says_whether_it_is_safe(server):
    answer = lint(server, "import os\n\n\ndef f():\n    unused = 1\n")
    fixes = {finding["code"]: finding["fix"] for finding in answer["findings"]}
    assert fixes["F401"]["isSafe"] is True
    assert fixes["F401"]["edits"] == [
        {"lineStart": 1, "columnStart": 0, "lineEnd": 2, "columnEnd": 0}
    ]
    assert "isSafe" not in fixes["F841"]


def test_the_rules_of_the_project_apply_whichever_folder_above_has_them(server, folder):
    (folder / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["D100"]\n')
    inner = folder / "inner"
    inner.mkdir()
    answer = lint(server, "print(nothing)\n", path=f"{folder.name}/inner/a.py")
    assert places(answer) == [("D100", 1, 0)]
    assert answer["isConfigured"] is True
    (inner / "ruff.toml").write_text('lint.select = ["F"]\n')
    answer = lint(server, "print(nothing)\n", path=f"{folder.name}/inner/a.py")
    assert places(answer) == [("F821", 1, 6)]


def test_a_pyproject_that_says_nothing_of_ruff_leaves_our_rules(server, folder):
    (folder / "pyproject.toml").write_text('[project]\nname = "x"\n')
    answer = lint(server, "x = 1\nx\nprint(nothing)\n", path=f"{folder.name}/a.py")
    assert places(answer) == [("F821", 3, 6)]
    assert "isConfigured" not in answer


def test_a_project_cannot_have_files_changed_or_scripts_left_out(server, folder):
    (folder / "ruff.toml").write_text(
        'fix = true\nforce-exclude = true\nextend-exclude = ["a.py"]\noutput-format = "github"\n'
    )
    script = folder / "a.py"
    script.write_text("import os\n")
    before = sorted(path.name for path in folder.iterdir())
    assert ("F401", 1, 7) in places(lint(server, "import os\n", path=f"{folder.name}/a.py"))
    answer = server.post("format", script="x=1", path=f"{folder.name}/a.py")
    assert answer.json() == {"script": "x = 1\n"}
    assert script.read_text() == "import os\n"
    assert sorted(path.name for path in folder.iterdir()) == before


def test_a_wrong_configuration_is_told_in_the_words_of_ruff(server, folder):
    (folder / "ruff.toml").write_text("line-length = 'long'\n")
    for what in ("lint", "format"):
        answer = server.post(what, script="x = 1\n", path=f"{folder.name}/a.py")
        assert answer.status_code == 422
        assert answer.json()["cause"] == "ruff-failed"
        assert "ruff.toml" in answer.json()["message"]


def test_nothing_beside_the_script_is_executed(server, folder):
    for name in ("ruff.py", "sitecustomize.py", "json.py"):
        (folder / name).write_text("open('executed', 'w')\n")
    lint(server, "open('executed', 'w')\n", path=f"{folder.name}/a.py")
    server.post("format", script="open('executed', 'w')", path=f"{folder.name}/a.py")
    assert not list(server.root.rglob("executed"))


def test_no_kernel_is_started(server, folder):
    before = server.kernels()
    lint(server, "x = 1\n", path=f"{folder.name}/a.py")
    assert server.kernels() == before
    sessions = [session["path"] for session in server.get("sessions").json()]
    assert f"{folder.name}/a.py" not in sessions


def test_a_script_without_a_file_and_one_in_no_folder_are_looked_at_too(server):
    for body in ({}, {"path": "nowhere/at/all.py"}, {"path": "RTC:a.py"}):
        assert places(lint(server, "print(x)\n", **body)) == [("F821", 1, 6)]


def test_the_first_findings_are_told_and_how_many_there_are_more(server):
    answer = lint(server, "x\n" * 1200)
    assert len(answer["findings"]) == 1000
    assert answer["omitted"] == 200
    assert answer["findings"][-1]["lineStart"] == 1000


def test_a_script_is_formatted_and_only_the_lines_that_are_asked_for(server):
    script = "a=1\nb  = [1,\n  2]\nc=3\n"
    assert server.post("format", script=script).json() == {
        "script": "a = 1\nb = [1, 2]\nc = 3\n",
    }
    answer = server.post("format", script=script, lineRange={"from": 3, "to": 3})
    assert answer.json() == {"script": "a=1\nb = [1, 2]\nc=3\n"}


@pytest.mark.parametrize("script", ["", "\n", "# only a comment", 'x = """\n\n  a\n"""\n'])
def test_a_script_with_little_in_it_keeps_that(server, script):
    made = server.post("format", script=script).json()["script"]
    assert made.strip() == script.strip()


def test_a_project_with_other_line_ends_gives_lines_all_the_same(server, folder):
    (folder / "ruff.toml").write_text('line-length = 20\n[format]\nline-ending = "cr-lf"\n')
    answer = server.post("format", script="xs = [111111, 222222]\n", path=f"{folder.name}/a.py")
    assert answer.json() == {"script": "xs = [\n    111111,\n    222222,\n]\n"}


def test_what_does_not_parse_is_not_formatted_and_its_place_is_told(server):
    answer = server.post("format", script="a = 1\nb = = 2\n")
    assert answer.status_code == 200
    assert "script" not in answer.json()
    assert answer.json()["error"]["lineStart"] == 2
    assert "Expected an expression" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("what", "body", "place"),
    [
        ("lint", {}, "$"),
        ("lint", {"script": 1}, "$.script"),
        ("lint", {"script": "", "path": "../a.py"}, "$.path"),
        ("lint", {"script": "", "lineRange": {"from": 1, "to": 1}}, "$.lineRange"),
        ("format", {"script": "", "lineRange": {"from": 2, "to": 1}}, "$.lineRange"),
    ],
)
def test_a_body_that_cannot_be_understood_is_refused(server, what, body, place):
    answer = server.request("POST", what, json=body)
    assert answer.status_code == 400
    assert f"`{place}`" in answer.json()["message"]


@pytest.mark.parametrize("what", ["lint", "format"])
def test_nobody_is_answered_without_a_token_and_no_script_beyond_the_limit(server, what):
    address = f"{server.base}rdit/{what}"
    assert requests.post(address, json={"script": ""}, timeout=PATIENCE).status_code == 403
    answer = server.post(what, script="x = 1\n" * 400_000)
    assert answer.status_code == 413
    assert answer.json()["cause"] == "too-large"


# ---- with another ruff, and another Python


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def other(tmp_path):
    """An interpreter with a ruff of its own beside it, whose text is given."""

    def make(text, python="print('3 14')"):
        program(tmp_path / "bin/ruff", text)
        return Place(python=program(tmp_path / "bin/python", python))

    return make


@pytest.fixture
def ruff():
    ruff = Ruff()
    yield ruff
    ruff.close()


SILENT = """
import os, sys, time
open(os.path.join(os.path.dirname(__file__), str(os.getpid())), "w").close()
while True:
    time.sleep(0.01)
"""


def running(place):
    """The ids of the processes that have begun, and are still there."""
    ids = [int(p.name) for p in Path(place.python).parent.iterdir() if p.name.isdigit()]
    return [pid for pid in ids if Path(f"/proc/{pid}/cmdline").exists()] if ids else []


async def until(condition):
    for _ in range(int(PATIENCE * 100)):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {PATIENCE} seconds")


def test_the_ruff_beside_the_kernel_is_asked(other, ruff):
    text = "import sys\nprint('[]' if 'check' in sys.argv else 'ruff 0.0.1')"
    answer = asyncio.run(ruff.lint("nothing", other(text)))
    assert (answer.findings, answer.tool) == ([], "ruff 0.0.1")


def test_an_interpreter_that_is_gone_is_no_reason_to_find_nothing(ruff, tmp_path):
    program(tmp_path / "bin/ruff", "print('[]')")
    place = Place(python=str(tmp_path / "bin/python"))
    assert asyncio.run(ruff.lint("a", place)).findings == []


def test_the_rules_are_for_the_python_of_the_kernel(other, ruff, tmp_path):
    place = other("", python="print('3 8')")
    (tmp_path / "bin/ruff").unlink()
    answer = asyncio.run(ruff.lint("type X = int\n", place))
    assert "Python 3.8" in answer.findings[0].message
    newest = Place(python=program(tmp_path / "new/python", "print('3 99')"))
    assert asyncio.run(ruff.lint("type X = int\n", newest)).findings == []


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes in /proc")
def test_of_one_viewer_only_the_newest_is_answered_and_the_other_process_ends(other, ruff):
    async def ask():
        place = other(SILENT)
        first = asyncio.ensure_future(ruff.lint("a", place, "viewer"))
        another = asyncio.ensure_future(ruff.lint("a", place, "another viewer"))
        await until(lambda: len(running(place)) == 2)
        second = asyncio.ensure_future(ruff.lint("b", place, "viewer"))
        with pytest.raises(Superseded):
            await first
        assert not another.done()
        second.cancel()
        another.cancel()
        await asyncio.gather(second, another, return_exceptions=True)
        await until(lambda: not running(place))

    asyncio.run(ask())


def test_one_that_does_not_answer_is_ended(other, ruff, monkeypatch):
    monkeypatch.setattr(module, "_TIMEOUT", 0.1)
    with pytest.raises(RuffFailed, match="did not answer"):
        asyncio.run(ruff.lint("a", other(SILENT)))


def test_one_that_answers_too_much_is_ended(other, ruff, monkeypatch):
    monkeypatch.setattr(module, "_MAX_ANSWER", 1000)
    with pytest.raises(RuffFailed, match="too much"):
        asyncio.run(ruff.lint("a", other("while True: print('[' * 100)")))


def test_one_that_cannot_be_started_says_so(other, ruff, tmp_path):
    place = other("")
    (tmp_path / "bin/ruff").write_text("#!/no/such/interpreter\n")
    with pytest.raises(RuffFailed, match="could not be started"):
        asyncio.run(ruff.lint("a", place))


def test_too_many_at_a_time_are_refused(other, ruff):
    async def ask():
        place = other(SILENT)
        asked = [asyncio.ensure_future(ruff.lint("a", place)) for _ in range(16)]
        await until(lambda: len(running(place)) == 2)
        with pytest.raises(TooBusy):
            await ruff.format("a", place)
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    asyncio.run(ask())


def test_without_one_anywhere_that_is_said(ruff, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(module.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(NoRuff, match="pip install ruff"):
        asyncio.run(ruff.format("a", Place()))


def test_what_the_user_has_for_all_projects_applies(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    file = str(tmp_path / "project/a.py")
    assert module.find_configuration(file) is None
    users = tmp_path / "config/ruff/ruff.toml"
    users.parent.mkdir(parents=True)
    users.write_text("line-length = 100\n")
    assert module.find_configuration(file) == users
    assert module.find_configuration("") is None


def test_the_browser_has_the_same_rules():
    text = WORKER.read_text()
    for name, rules in (("select", module.RULES), ("ignore", module.NO_RULES)):
        (listed,) = re.findall(rf"{name}: \[([^\]]*)\]", text)
        assert re.findall(r'"([^"]+)"', listed) == rules.split(",")
    assert str(module.MAX_FINDINGS) in text
