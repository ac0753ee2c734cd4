"""Descriptors 1 and 2 where the interpreter cannot read them, and the helper that does."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.kernel import Kernel
from tests.support.summaries import results, statuses, text

pytestmark = pytest.mark.kernel

# A call that keeps the interpreter's lock for as long as it lasts, as most extension modules do.
SHELL = "import ctypes, os\nshell = ctypes.PyDLL(None).system\n"
CHATTER = """#include <stdio.h>
int chatter(int n){ for(int i=0;i<n;i++) printf("iteration %d, residual %g\\n", i, 1.0/(i+1));
fflush(stdout); return n; }
"""


def helper_of(kernel: Kernel) -> psutil.Process:
    """The helper that this kernel has started."""
    pid = results(kernel.run("import os\nos.getpid()"))[0].strip()
    found: list[psutil.Process] = []

    def is_there() -> bool:
        for process in psutil.process_iter(["cmdline"]):
            line = process.info["cmdline"] or []
            # Not the shell that starts it, which has a shell's words before.
            if line[1:4] == ["-I", "-S", "-c"] and line[5:6] == [pid]:
                found.append(process)
        return bool(found)

    wait_for(is_there)
    return found[0]


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.close()


def test_more_than_a_pipe_holds_from_a_call_that_holds_the_interpreter(kernel: Kernel) -> None:
    events = kernel.run(
        SHELL
        + "print('before')\nshell(b'seq 300000; echo error >&2'); print('after')\nprint('next')",
        maxText=10_000_000,
    )
    lines = "".join(f"{n}\n" for n in range(1, 300_001))
    assert [text(events, n) for n in range(2, 6)] == ["before\n", lines, "after\n", "next\n"]
    assert text(events, 3, stream="stderr") == "error\n"


def test_endless_output_meanwhile_is_bounded(kernel: Kernel) -> None:
    events = kernel.run(SHELL + "shell(b'seq 10000000')\nprint('next')", maxText=1000)
    said = text(events, 2)
    assert said.startswith("1\n2\n")
    assert said.endswith("\n9999999\n10000000\n")
    cut = sum(event["bytes"] for event in events if event["type"] == "truncated")
    assert len(said) + cut == len("".join(f"{n}\n" for n in range(1, 10_000_001)))
    assert text(events, 3) == "next\n"


@pytest.mark.skipif(not shutil.which("gcc"), reason="there is no C compiler")
def test_an_extension_module_that_prints(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "chatter.c").write_text(CHATTER)
    library = tmp_path / "libchatter.so"
    source = str(tmp_path / "chatter.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(library), source], check=True)
    script = f"import ctypes\nprint(ctypes.PyDLL({str(library)!r}).chatter(40000))"
    said = text(kernel.run(script, maxText=10_000_000)).splitlines()
    assert len(said) == 40_001
    assert said[-1] == "40000"


def test_order_is_kept_whoever_reads(kernel: Kernel) -> None:
    script = (
        SHELL + "for n in range(60):\n"
        "    print('p', n)\n    os.write(1, b'w %d\\n' % n)\n"
        "    shell(b'echo s; sleep 0.0%d' % (n % 4))"
    )
    for _ in range(2):
        said = text(kernel.run(script))
        assert said == "".join(f"p {n}\nw {n}\ns\n" for n in range(60))


def test_a_script_does_not_see_the_helper(kernel: Kernel) -> None:
    script = (
        "import os, psutil\n[p.pid for p in psutil.Process().children(recursive=True)]\n"
        "try:\n    os.waitpid(-1, 0)\nexcept ChildProcessError as error:\n    print('none')"
    )
    events = kernel.run(script)
    assert (results(events), text(events)) == (["[]\n"], "none\n")


def test_without_the_helper_all_else_works() -> None:
    kernel = Kernel()
    try:
        helper_of(kernel).kill()
        events = kernel.run("import os\nprint('a'); os.system('echo b'); print('c')")
        assert text(events) == "a\nb\n0\nc\n" or text(events) == "a\nb\nc\n"
        assert set(statuses(events)) == {"ok"}
    finally:
        kernel.close()


@pytest.mark.parametrize("ends", ["restart", "kill", "fork"])
def test_the_helper_ends_with_its_kernel_and_what_it_has_started(ends: str) -> None:
    kernel = Kernel()
    try:
        helper = helper_of(kernel)
        if ends == "kill":
            kernel.manager.signal_kernel(signal.SIGKILL)
        elif ends == "restart":
            kernel.manager.restart_kernel(now=True)
        else:
            events = kernel.run(
                "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c',"
                " 'import sys; sys.stdin.read()'], stdin=subprocess.PIPE).pid"
            )
            child = psutil.Process(int(results(events)[0]))
            kernel.manager.signal_kernel(signal.SIGKILL)
            child.wait(30)
        wait_for(lambda: not helper.is_running() or helper.status() == psutil.STATUS_ZOMBIE)
    finally:
        kernel.close()


def test_the_helper_holds_nothing_but_its_pipes_and_its_file(kernel: Kernel) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("looks at /proc")
    helper = helper_of(kernel)
    # Three of /dev/null, two pipes, the bell, the file.
    assert helper.num_fds() == 7
    assert helper.cwd() == "/"
