"""Recognizes IPython's syntax (`%magic`, `!command`, `name?`) and advises what to write in Python.

Only lines that do not parse are looked at, so that valid Python is never taken for it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

_TARGET = r"(?P<target>[\w.,\s\[\]'\"]+?)\s*=\s*"
_MAGIC = re.compile(rf"(?:{_TARGET})?%(?P<cell>%)?(?P<name>\w+)(?P<rest>.*)", re.DOTALL)
_SHELL = re.compile(rf"(?:{_TARGET})?!!?(?P<command>.+)", re.DOTALL)
_HELP = re.compile(r"\?{1,2}\s*(?P<before>[\w.*]+)|(?P<after>[\w.*]+(?:\[\d+\])?)\?{1,2}")
_INSTALL = re.compile(r"(?:(?:python\S* -m )?pip3?|conda|mamba|uv(?: pip)?)\s+(?:install|add)\b")
_CONTINUED = re.compile(r"\s*\\\s*\n\s*")
_COMMENT = re.compile(r"\s+#.*$")

_PLAIN = "and this is a plain Python script"
_INSTEAD = {
    "matplotlib": "plots are shown without it, so the line can go",
    "pylab": "write `import numpy as np` and `import matplotlib.pyplot as plt`",
    "time": "write `start = time.perf_counter()` before, and print the difference after",
    "timeit": "write `timeit.timeit(...)`, with `import timeit`",
    "prun": "write `cProfile.run(...)`, with `import cProfile`",
    "cd": "write `os.chdir(...)`, with `import os`",
    "pwd": "write `os.getcwd()`, with `import os`",
    "ls": "write `os.listdir()`, with `import os`",
    "env": "write `os.environ[...] = ...`, with `import os`",
    "run": "write `runpy.run_path(...)`, with `import runpy`, or import it",
    "load_ext": "extensions of IPython cannot be loaded: import what you need",
    "autoreload": "a whole run loads modules of this folder that were edited anew, without it",
    "reset": "use Clear namespace",
    "debug": "write `breakpoint()` where it should stop",
    "pdb": "write `breakpoint()` where it should stop",
    "writefile": "write `pathlib.Path(...).write_text(...)`, with `import pathlib`",
    "capture": "write `with contextlib.redirect_stdout(...):`, with `import contextlib`",
    "html": "write `display(HTML(...))`, with `from IPython.display import HTML, display`",
    "who": "look at the variables",
    "whos": "look at the variables",
}
_SHELLS = ("bash", "sh", "system", "sx", "script", "cmd")
_INSTALLERS = ("pip", "conda", "mamba", "uv", "micromamba")


def end_of(lines: Sequence[str], index: int) -> int:
    """The index behind the last line of what begins at `index` (0-based). A backslash at the end of
    a line continues it."""
    end = index + 1
    while end < len(lines) and lines[end - 1].rstrip().endswith("\\"):
        end += 1
    return end


def advice(text: str) -> str | None:
    """What a line of IPython's syntax is and what to write instead, without a full stop; None if
    the text is not IPython's syntax."""
    text = _CONTINUED.sub(" ", text.strip())
    bare = _COMMENT.sub("", text).rstrip("; \t")
    if _INSTALL.match(text):
        return f"`{_short(bare)}` is a command, {_PLAIN}: {_install(bare)}"
    found = _SHELL.fullmatch(text)
    if found is not None:
        command = found["command"].strip()
        if _INSTALL.match(command):
            return f"`!` runs a command in IPython, {_PLAIN}: {_install(command)}"
        return f"`!` runs a command in IPython, {_PLAIN}: {_shell(command, bool(found['target']))}"
    found = _MAGIC.fullmatch(text)
    if found is not None:
        name, rest = found["name"], found["rest"].strip()
        sign = "%%" if found["cell"] else "%"
        if name in _INSTALLERS:
            instead = _install(f"{name} {rest}")
        elif name in _SHELLS:
            instead = _shell("..." if found["cell"] else rest, bool(found["target"]))
        else:
            instead = _INSTEAD.get(name, "write in Python what it should do")
        return f"`{sign}{name}` is a command of IPython, {_PLAIN}: {instead}"
    found = _HELP.fullmatch(bare)
    if found is not None:
        name = found["before"] or found["after"]
        return f"`?` asks IPython for help, {_PLAIN}: write `help({name})`, or point at the name"
    return None


def _shell(command: str, keeps: bool) -> str:
    if sys.platform == "emscripten":
        return "in the browser there are no commands to run; a server has them"
    options = ", capture_output=True, text=True).stdout" if keeps else ", check=True)"
    return (
        f"write `subprocess.run({_short(command)!r}, shell=True{options}`, with `import subprocess`"
    )


def _install(command: str) -> str:
    if sys.platform == "emscripten":
        return "in the browser packages are loaded when they are imported, so the line can go"
    words = command.split()
    if "pip" in command.partition("install")[0]:
        words = ["python", "-m", "pip", *words[words.index("install") :]]
    instead = f"install packages in a terminal, `{_short(' '.join(words))}`"
    if words[:3] == ["python", "-m", "pip"]:
        instead += (
            ", or write `subprocess.run([sys.executable, '-m', 'pip', 'install', ...], check=True)`"
            ", with `import subprocess, sys`"
        )
    return instead


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "..."
