"""Scripts to statements, without running any."""

from __future__ import annotations

import linecache

import pytest

from rdit_ext.runtime.plan import plan_script, plan_statements

PATH = "/nowhere/script.py"


def spans(script: str, lines: tuple[int, int] | None = None) -> list[tuple[int, int, int, str]]:
    planned = plan_script(script, PATH, lines)
    return [(s.node_index, s.line_start, s.line_end, s.source) for s in planned]


def test_source_is_the_exact_text_of_the_statement() -> None:
    script = "é = 1; 'ü' ;  c = 3  # comment\n@a\n@b(\n  1)\ndef f(): pass\nx = '''\n \n''' ; y\n"
    assert spans(script) == [
        (0, 1, 1, "é = 1"),
        (1, 1, 1, "'ü'"),
        (2, 1, 1, "c = 3"),
        (3, 2, 5, "@a\n@b(\n  1)\ndef f(): pass"),
        (4, 6, 8, "x = '''\n \n'''"),
        (5, 8, 8, "y"),
    ]


def test_decorator_and_its_expression_may_be_on_two_lines() -> None:
    assert spans("x = 1\n@\\\ndecorated\ndef f(): pass\n")[1][1:3] == (2, 4)


def test_range_takes_every_statement_that_overlaps_it() -> None:
    script = "a = (\n1\n)\nb = 2; c = 3\n\nd = 4\n"
    assert [s[0] for s in spans(script, (2, 2))] == [0]
    assert [s[0] for s in spans(script, (3, 4))] == [0, 1, 2]
    assert [s[0] for s in spans(script, (5, 5))] == []
    assert [s[0] for s in spans(script, (5, 99))] == [3]
    assert [s[0] for s in spans(script, (100, 200))] == []


def test_unchanged_script_is_parsed_only_where_it_runs() -> None:
    script = "from __future__ import annotations\nx = '''\n''' ; y: Z = 1\nz = 1 ; w = 2\nf()\n"
    first = spans(script, (3, 4))
    assert [s[0] for s in first] == [1, 2, 3, 4]
    assert spans(script, (3, 4)) == first
    assert spans(script, (2, 2)) == [(1, 2, 3, "x = '''\n'''")]
    assert spans(script, (4, 4)) == [(3, 4, 4, "z = 1"), (4, 4, 4, "w = 2")]
    assert spans(script, (5, 5)) == [(5, 5, 5, "f()")]
    assert spans(script) == [
        (0, 1, 1, "from __future__ import annotations"),
        *spans(script, (2, 5)),
    ]


def test_nothing_is_planned_when_any_statement_does_not_compile() -> None:
    with pytest.raises(SyntaxError) as caught:
        plan_script("x = 1\ndef f():\n    nonlocal y\n", PATH, None)
    assert (caught.value.lineno, caught.value.text) == (3, "    nonlocal y")


def test_what_does_not_compile_elsewhere_does_not_matter_to_a_range() -> None:
    assert spans("x = 1\nreturn\n", (1, 1)) == [(0, 1, 1, "x = 1")]


@pytest.mark.parametrize(
    ("script", "line", "message"),
    [
        ("x = 1\ny = '\0'\n", 2, "null bytes"),
        ("x = 1\n\ny = '\ud800'\n", 3, "surrogates not allowed"),
        ("x = 1\ny = " + "(" * 5000, 2, "too many nested parentheses"),
        ("x = 1\ny = " + "-" * 1_000_000 + "1", 2, "too deeply nested"),
        ("print 'old'\n", 1, "Missing parentheses"),
    ],
)
def test_whatever_python_refuses_is_placed(script: str, line: int, message: str) -> None:
    with pytest.raises(SyntaxError) as caught:
        plan_script(script, PATH, None)
    assert message in caught.value.msg
    assert (caught.value.lineno, caught.value.filename) == (line, PATH)


BROKEN = {
    "a bracket that is never closed": ("a = 1\nf(1,\n  2\nb = 2\nc = 3\n", (1, 5), 2),
    "one that was never opened": ("a = 1\nb = 2)\nc = 3\n", (1, 3), 2),
    "no block": ("a = 1\nif a:\nb = 2\nc = 3\n", (1, 3, 4), 2),
    "an indent from nowhere": ("a = 1\n  b = 2\nc = 3\n", (1, 3), 2),
    "an indent within a block": ("def f():\n    a\n      b\nc = 3\n", (4,), 1),
    "a wrong dedent": ("def f():\n    a\n  b\nc = 3\n", (4,), 1),
    "deep in a function": (
        "a = 1\ndef f():\n  if a:\n    b = = 2\n\nc = 3\n",
        (1, 6),
        3,
    ),
    "under a decorator": ("@a\n@b\ndef f(:\n  pass\n\nc = 3\n", (6,), 2),
    "an else too many": (
        "a = 1\nif a:\n  b\nelse:\n  c\nelse:\n  d\ne = 1\n",
        (1, 8),
        6,
    ),
    "a string without end": ("a = 1\nb = 'x\nc = 3\n", (1, 3), 2),
    "words": ("a = 1\nhello world\nno Python here\nc = 3\n", (1, 4), 2),
}


@pytest.mark.parametrize("name", BROKEN)
def test_range_runs_although_elsewhere_there_is(name: str) -> None:
    script, lines, broken = BROKEN[name]
    for line in lines:
        (statement,) = spans(script, (line, line))
        assert statement[1:3] == (line, line)
        assert statement[3] == script.split("\n")[line - 1]
    with pytest.raises(SyntaxError):
        spans(script, (broken, broken))
    with pytest.raises(SyntaxError):
        spans(script)


def test_places_count_the_statements_that_were_recovered() -> None:
    script = "a = 1\nb = 2\nif a:\nc = 3\nd = 4\n"
    assert [s[:2] for s in spans(script, (5, 5))] == [(3, 5)]


def test_script_of_nothing_but_errors_ends() -> None:
    script = "= =\n" * 5000
    with pytest.raises(SyntaxError):
        spans(script, (4999, 4999))


def test_lines_are_given_to_linecache() -> None:
    plan_script("\ufeffx = 1\r\ny = 2\x0c\rz\n", PATH, None)
    assert linecache.getlines(PATH) == ["x = 1\n", "y = 2\x0c\n", "z\n", "\n"]
    linecache.checkcache(PATH)
    assert linecache.getline(PATH, 1) == "x = 1\n"


def test_code_is_kept_while_text_and_path_are_the_same() -> None:
    def codes(script: str, path: str = PATH, lines: tuple[int, int] | None = None) -> list[object]:
        return [code for s in plan_script(script, path, lines) for code in s.codes]

    script = "a = 1\nb = 2\nc = 3\n"
    (second,) = codes(script, lines=(2, 2))
    first, again, third = codes(script)
    assert again is second
    assert codes(script) == [first, second, third]
    assert all(one is two for one, two in zip(codes(script), [first, second, third], strict=True))
    # It has its file's name in it, and its line.
    assert codes(script, "/elsewhere.py")[0].co_filename == "/elsewhere.py"
    assert codes("\n" + script)[0] is not first


def test_what_the_compiler_warns_of_is_said_in_every_run_at_one_statement() -> None:
    script = "x = 1\nx is 1; x is 2\n"
    for lines in (None, None, (2, 2)):
        planned = plan_script(script, PATH, lines)
        told = {s.node_index: len(s.noted) for s in planned if s.noted}
        assert told == {1: 1}


def test_a_warning_names_the_file_that_runs() -> None:
    script = "x = 1\nx is 1\nx = '\\d'\n"
    for path in ("/somewhere/old.py", "/somewhere/new.py", "/somewhere/new.py"):
        planned = plan_script(script, path, None)
        warned = [(w[2], w[3]) for s in planned for w in s.noted]
        assert warned == [(path, 2), (path, 3)]


def sent(code: str, index: int, start: int, end: int, is_expr: bool = True) -> dict:
    return {
        "code": code,
        "nodeIndex": index,
        "lineStart": start,
        "lineEnd": end,
        "isExpr": is_expr,
    }


def test_statements_sent_by_themselves_stand_at_their_lines() -> None:
    statements = plan_statements([sent("f(\n)", 7, 10, 11), sent("a; b", 3, 20, 20)], PATH)
    first = [min(line for *_, line in s.codes[0].co_lines() if line > 1) for s in statements]
    assert first == [10, 20]
    assert [len(s.codes) for s in statements] == [1, 2]
    assert linecache.getline(PATH, 11) == ")\n"


def test_statement_sent_by_itself_says_which_one_is_broken() -> None:
    with pytest.raises(SyntaxError) as caught:
        plan_statements([sent("x", 4, 1, 1), sent("y =", 5, 3, 3, False)], PATH)
    assert caught.value.lineno == 3
    assert caught.value.statement.node_index == 5  # type: ignore[attr-defined]


def refused(script: str, lines: tuple[int, int] | None = None) -> list[tuple[int, int, str]]:
    """The statements that cannot run while the others can."""
    planned = plan_script(script, PATH, lines)
    return [(s.line_start, s.line_end, s.refusal.msg) for s in planned if s.refusal is not None]


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("%matplotlib inline", "plots are shown without it"),
        ("%%time", "time.perf_counter()"),
        ("%timeit -n 3 sum(range(9))", "timeit.timeit(...)"),
        ("%load_ext autoreload", "import what you need"),
        ("%pip install numpy  # once", "python -m pip install numpy"),
        ("!pip install 'a>1'", "python -m pip install 'a>1'"),
        ("!{sys.executable} -m pip list", "subprocess.run('{sys.executable} -m pip list'"),
        ("conda install numpy", "`conda install numpy`"),
        ("!ls -l", "subprocess.run('ls -l', shell=True, check=True)"),
        ("!echo 'it''s", "subprocess.run("),
        ("!echo (", "subprocess.run('echo ('"),
        ("a, b = !ls", "capture_output=True, text=True).stdout"),
        ("t = %timeit -o f()", "timeit.timeit(...)"),
        ("name?", "help(name)"),
        ("a.b.c??", "help(a.b.c)"),
        ("?a.b", "help(a.b)"),
        ("rows[0]?  # what is it", "help(rows[0])"),
    ],
)
def test_what_is_ipythons_is_told_and_the_rest_runs(line: str, instead: str) -> None:
    script = f"a = 1\n{line}\nb = 2\n"
    ((start, end, said),) = refused(script)
    assert (start, end) == (2, 2)
    assert instead in said
    assert "plain Python script" in said
    assert [s[3] for s in spans(script)] == ["a = 1", line, "b = 2"]
    assert refused(script, (3, 3)) == []
    assert len(refused(script, (2, 2))) == 1


def test_command_may_go_on_behind_a_backslash() -> None:
    ((start, end, said),) = refused("!pip install \\\n  numpy \\\n  pandas\nx = 1\n")
    assert (start, end) == (1, 3)
    assert "python -m pip install numpy pandas" in said


def test_what_is_python_stays_python() -> None:
    script = "x = (7\n% 4)\ny = [1\n!= 2]\ntext = '''\n%matplotlib inline\n!ls\n'''\n"
    assert refused(script) == []
    assert [s[1:3] for s in spans(script)] == [(1, 2), (3, 4), (5, 8)]


def test_in_a_block_the_error_says_what_it_is() -> None:
    with pytest.raises(SyntaxError) as caught:
        plan_script("for n in x:\n    %time f()\n", PATH, None)
    assert caught.value.lineno == 2
    assert "plain Python script" in caught.value.msg


def test_what_is_ipythons_beside_what_is_broken() -> None:
    script = "%pwd\na = 1\nb = = 2\n!ls\nc = 3\n"
    with pytest.raises(SyntaxError) as caught:
        plan_script(script, PATH, None)
    assert caught.value.lineno == 3
    assert [s[1] for s in refused(script, (4, 5))] == [4]
    assert spans(script, (5, 5)) == [(3, 5, 5, "c = 3")]


def test_statement_sent_by_itself_may_be_ipythons() -> None:
    statements = plan_statements([sent("%pwd", 0, 4, 4), sent("x", 1, 5, 5)], PATH)
    assert [s.refusal is None for s in statements] == [False, True]
    assert statements[0].refusal is not None
    assert statements[0].refusal.lineno == 4


def test_of_a_range_only_what_overlaps_one_of_some_ranges_runs() -> None:
    script = "a = 1\nb = 2\nc = (\n    3\n)\nd = (\ne = 5\nf = 6\n"
    planned = plan_script(script, PATH, (1, 8), [(8, 8), (1, 1), (4, 4)])
    assert [statement.source for statement in planned] == ["a = 1", "c = (\n    3\n)", "f = 6"]
    with pytest.raises(SyntaxError):
        plan_script(script, PATH, (1, 8), [(1, 1), (6, 6)])
    # What lies outside of the range around them does not run.
    planned = plan_script("a = 1\nb = 2\nc = 3\n", PATH, (2, 2), [(1, 1), (2, 3)])
    assert [statement.source for statement in planned] == ["b = 2"]
    # Ranges within one another, and one of no statement.
    planned = plan_script("a = 1\nb = 2\nc = 3\n\nd = 4\n", PATH, (1, 5), [(1, 3), (2, 2), (4, 4)])
    assert [statement.source for statement in planned] == ["a = 1", "b = 2", "c = 3"]
