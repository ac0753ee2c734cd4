"""`rdit export`, as a user calls it: what it writes, and the code with which it ends."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat
import psutil
import pytest

from rdit_ext.export_command import main
from rdit_ext.runtime.value_layout import write_container
from tests.support.processes import ROOT
from tests.support.waiting import wait_for

RUN = [sys.executable, "-c", "from rdit_ext.app import main; main()", "export"]
TIMEOUT = 100


class Place:
    """A folder to call the command in, with a place of its own for what it must not leave."""

    def __init__(self, folder):
        self.folder = folder / "scripts"
        self.started = []
        self.left = [folder / "runtime", folder / "tmp"]
        for made in (self.folder, *self.left):
            made.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "JPY"))}
        self.environment = {
            **kept,
            "PYTHONPATH": str(ROOT),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.left[0]),
            "IPYTHONDIR": str(folder / "ipython"),
            "TMPDIR": str(self.left[1]),
        }

    def script(self, text, name="script.py"):
        (self.folder / name).write_text(textwrap.dedent(text))
        return name

    def start(self, *arguments, **options):
        pipe = subprocess.PIPE
        streams = {"stdin": subprocess.DEVNULL, "stdout": pipe, "stderr": pipe, **options}
        process = psutil.Popen(
            [*RUN, *arguments], cwd=self.folder, env=self.environment, text=True, **streams
        )
        self.started.append(process)
        return process

    def call(self, *arguments):
        """Its exit code, and what it wrote to standard output and to standard error."""
        process = self.start(*arguments)
        out, said = process.communicate(timeout=TIMEOUT)
        return process.returncode, out, said

    def read(self, name):
        return (self.folder / name).read_text()


@pytest.fixture
def place(tmp_path):
    place = Place(tmp_path)
    yield place
    for process in place.started:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    # Jupyter's session manager keeps nothing, and a kernel's connection file goes with it.
    assert [file for folder in place.left for file in folder.rglob("*") if file.is_file()] == []
    assert kernels_in(place) == []


def kernels_in(place):
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(str(place.left[0]) in argument for argument in process.cmdline()):
                found.append(process)
    return found


def test_a_script_is_run_and_written_beside_itself(place):
    folder = place.folder / "inner"
    folder.mkdir()
    place.script(
        "# Größe\nfrom pathlib import Path\nPath('here').touch()\nprint('ä')\n", "inner/a.py"
    )
    code, out, said = place.call("inner/a.py", "--to", "markdown")
    assert (code, out) == (0, "")
    assert (folder / "a.md").read_text(encoding="utf-8").endswith("print('ä')\n```\n\n    ä\n")
    assert (folder / "here").exists()
    assert "Running a.py: 3 statements" in said
    assert "Wrote inner/a.md" in said


def test_a_report_has_the_pictures_that_its_outputs_name(place):
    (place.folder / "plot.png").write_bytes(b"a picture")
    place.script("from IPython.display import Image\nImage(url='plot.png')\n")
    assert place.call("script.py", "--to", "html")[0] == 0
    assert '"plot.png":"data:image/png;base64,YSBwaWN0dXJl"' in place.read("script.html")


def test_values_stand_in_columns_as_on_the_page(place):
    script = place.script("""
        import os, shutil
        dir(os)
        list(range(200))
        shutil.get_terminal_size()
        """)
    code, out, _ = place.call(script, "--to", "notebook", "-o", "-")
    assert code == 0
    shown = [
        cell.outputs[0].data["text/plain"]
        for cell in nbformat.reads(out, as_version=4).cells
        if cell.outputs
    ]
    assert shown[:2] == [write_container(v, 80, repr) for v in (dir(os), list(range(200)))]
    assert len(shown[1].split("\n")) == 13
    assert "columns=80" in shown[2]


def test_markdown_in_another_folder_finds_its_pictures(place):
    (place.folder / "plot.png").write_bytes(b"a picture")
    (place.folder / "my reports").mkdir()
    script = place.script("""
        from IPython.display import HTML, Markdown
        "![A plot](plot.png)"
        HTML("<p>One</p><img src='plot.png?v=1'>")
        Markdown("[Data](data/x.csv) and `[code](plot.png)`")
        """)
    assert place.call(script, "-o", "my reports/x.md")[0] == 0
    written = (place.folder / "my reports/x.md").read_text()
    assert "![A plot](../plot.png)" in written
    assert "![Image](../plot.png?v=1)" in written
    assert "[Data](../data/x.csv) and `[code](plot.png)`" in written
    up = place.folder.parent
    assert place.call(script, "-o", str(up / "x.md"))[0] == 0
    assert f"![A plot]({place.folder.name}/plot.png)" in (up / "x.md").read_text()


def test_each_statement_is_a_cell_and_an_error_ends_with_one(place):
    place.script("1 + 1\n1 / 0\nprint('not reached')\n")
    code, out, said = place.call("script.py", "--to", "notebook", "-o", "-")
    assert code == 1
    assert "ZeroDivisionError: division by zero" in said
    notebook = nbformat.reads(out, as_version=4)
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == ["1 + 1", "1 / 0", "print('not reached')"]
    kinds = [[output.output_type for output in cell.outputs] for cell in notebook.cells]
    assert kinds == [["execute_result"], ["error"], []]
    assert sorted(path.name for path in place.folder.iterdir()) == ["script.py"]


@pytest.mark.parametrize(
    ("script", "code", "written"),
    [
        ("import sys\nsys.exit(3)\n", 3, "exit code 3"),
        ("import sys\nsys.exit('3')\n", 1, "3"),
        ("raise SystemExit\n", 0, "exit code 0"),
        ("print(1)\nif:\n", 1, "SyntaxError"),
        ("import os\nos._exit(4)\n", 4, "exit code 4"),
        ("input('Name? ')\n", 1, "nobody is there to answer input()"),
        ("", 0, ""),
    ],
    ids=["exit", "message", "none", "syntax", "died", "input", "empty"],
)
def test_the_exit_code_is_that_of_python(place, script, code, written):
    place.script(script)
    found, _, said = place.call("script.py", "--to", "markdown", "--results-only")
    assert found == code, said
    assert written in place.read("script.md")
    assert "```" not in place.read("script.md")


def test_ctrl_c_ends_the_script_and_what_it_came_to_is_written(place):
    place.script(
        """
        from pathlib import Path
        print("begun")
        import time
        Path("ready").touch(); time.sleep(1000)
        print("not reached")
        """
    )
    process = place.start("script.py", "-o", "out.md")
    wait_for((place.folder / "ready").exists)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130, said
    assert "    begun\n" in place.read("out.md")
    assert "KeyboardInterrupt" in place.read("out.md")


def test_a_script_that_takes_no_interrupt_is_ended_by_the_third(place):
    place.script(
        """
        import signal, time
        from pathlib import Path
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        Path("ready").touch()
        while True:
            try:
                while True: time.sleep(1)
            except BaseException: pass
        """
    )
    with (place.folder / "log").open("w") as log:
        process = place.start("script.py", "-o", "out.md", stderr=log)
    wait_for((place.folder / "ready").exists)
    for said in (1, 2):
        process.send_signal(signal.SIGINT)
        wait_for(lambda said=said: place.read("log").count("Interrupting") == said)
    process.send_signal(signal.SIGINT)
    assert process.wait(TIMEOUT) == 130, place.read("log")
    assert "Wrote out.md" in place.read("log")


def test_what_ends_the_command_ends_its_kernel(place):
    place.script("from pathlib import Path\nPath('ready').touch()\nimport time\ntime.sleep(1000)\n")
    process = place.start("script.py", "-o", "out.md")
    wait_for((place.folder / "ready").exists)
    process.terminate()
    _, said = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 128 + signal.SIGTERM
    assert "SIGTERM" in said


def test_input_is_read_from_the_terminal(place):
    place.script("name = input('Name? ')\nname.upper()\n")
    ours, terminal = pty.openpty()
    process = place.start("script.py", "-o", "-", "--to", "markdown", stdin=terminal)
    os.close(terminal)
    os.write(ours, b"rdit\n")  # it waits in the terminal until it is read
    out, said = process.communicate(timeout=TIMEOUT)
    os.close(ours)
    assert process.returncode == 0, said
    assert "Name? " in said
    assert "    'RDIT'\n" in out


def test_what_makes_no_sense_is_said_before_anything_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("script.py", "page.md"):
        Path(name).write_text("print(1)\n")
    Path("latin.py").write_bytes(b"x = '\xe4'\n")
    Path("folder").mkdir()
    for arguments, said in [
        (["nothing.py", "--to", "html"], "there is no script nothing.py"),
        (["folder", "--to", "html"], "expected a script, got the folder folder"),
        (["script.py"], "expected --to html, markdown or notebook"),
        (["script.py", "--to", "pdf"], "invalid choice: 'pdf'"),
        (["script.py", "-o", "out.txt"], "expected --to html, markdown or notebook"),
        (["script.py", "--to", "html", "-o", "folder"], "got the folder folder"),
        (["script.py", "-o", "none/out.md"], "there is no folder"),
        (["script.py", "--to", "html", "-o", "script.py"], "is the script itself"),
        (["page.md", "--to", "markdown"], "is the script itself"),
        (["latin.py", "--to", "markdown"], "cannot be read as text"),
        (["script.py", "other.py", "--to", "html"], "unrecognized arguments: other.py"),
        ([], "required: script"),
    ]:
        with pytest.raises(SystemExit) as end:
            main(arguments)
        assert end.value.code == 2, arguments
        assert said in capsys.readouterr().err, arguments
    assert Path("script.py").read_text() == Path("page.md").read_text() == "print(1)\n"


def test_what_libraries_log_while_kernels_start_and_end_is_not_shown():
    code = """
import logging
from rdit_ext import export_command
export_command._be_quiet()
logging.getLogger("tornado.general").warning("noise")
logging.getLogger("traitlets").warning("noise")
logging.getLogger("other").warning("a warning")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stderr == "a warning\n"
