"""Scripts as notebooks, and notebooks as scripts."""

import ast

import nbformat.v4 as v4
import pytest

from rdit_ext.documents.convert import export, notebook_to_script, script_to_notebook
from rdit_ext.protocol import Error, ExportedResult, Result, Stdout


def cells(script, *results):
    notebook = script_to_notebook(script, list(results))
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def shown(line_start, line_end, text="1"):
    output = [Result(text=f"{text}\n", data={"text/plain": text}, metadata={})]
    return ExportedResult(line_start=line_start, line_end=line_end, output=output)


def test_a_cell_ends_after_a_statement_that_shows_something():
    script = "import os\nx = 1\nx\n\n# About y\ny = 2\ny\n"
    assert cells(script, shown(3, 3), shown(7, 7)) == [
        ("code", "import os\nx = 1\nx"),
        ("code", "# About y\ny = 2\ny"),
    ]


def test_cells_are_those_of_the_script_where_it_marks_them():
    script = "# %%\nx = 1\nx\n# %% [markdown]\n'''Text'''\n# %% More\ny = 2\ny\n"
    assert cells(script, shown(3, 3), shown(8, 8)) == [
        ("code", "x = 1\nx"),
        ("markdown", "Text"),
        ("code", "# More\ny = 2\ny"),
    ]


def test_what_is_read_has_each_result_at_its_statement_between_markers_too():
    script = "# %%\nx = 1\nx\n\ny = 2\ny\n# %%\nx + y\n"
    results = [shown(3, 3, "first"), shown(6, 6, "second"), shown(8, 8, "third")]
    assert len(script_to_notebook(script, results).cells) == 2
    for format in ("html", "markdown"):
        text = export(script, results, format)
        order = ["first", "second", "third"]
        places = [text.index(one) for one in order]
        assert places == sorted(places)
        # The second statement's code stands between the two results.
        code = text.index("y" if format == "html" else "y = 2", places[0])
        assert places[0] < code < places[1]


def test_a_string_is_markdown_and_a_string_among_statements_is_not():
    assert cells('"""\n# Title\n\n  * a\n"""\n') == [("markdown", "# Title\n\n  * a")]
    assert cells("'a'; x = 1\n") == [("code", "'a'; x = 1")]


def test_decorated_definitions_stay_whole():
    script = "@staticmethod\ndef f():\n    return 1\nf\n"
    assert cells(script, shown(4, 4)) == [("code", script.rstrip())]


def test_a_script_that_does_not_parse_is_exported_all_the_same():
    script = "x = 1\nx\nif:\n"
    assert cells(script, shown(2, 2)) == [("code", "x = 1\nx"), ("code", "if:")]


def test_outputs_are_those_of_notebooks():
    output = [
        Stdout(text="hello\n"),
        Error(text="Traceback\nValueError: no\n", name="ValueError", message="no", frames=[]),
    ]
    notebook = script_to_notebook(
        "f()\n", [ExportedResult(line_start=1, line_end=1, output=output)]
    )
    assert notebook.cells[0].outputs == [
        v4.new_output("stream", name="stdout", text="hello\n"),
        v4.new_output(
            "error", ename="ValueError", evalue="no", traceback=["Traceback", "ValueError: no"]
        ),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "# Title",
        'with """ in it',
        "both \"\"\" and '''",
        "a \\frac{1}{2} formula",
        'ends with "',
        "ends with \\",
    ],
)
def test_markdown_comes_back_from_a_script_as_it_was(text):
    script = notebook_to_script(v4.new_notebook(cells=[v4.new_markdown_cell(text)]))
    tree = ast.parse(script)
    if tree.body:
        assert script_to_notebook(script, []).cells[0].source == text
    else:
        assert all(line.startswith("#") for line in script.splitlines())


def test_what_only_ipython_understands_becomes_a_comment():
    notebook = v4.new_notebook(
        cells=[
            v4.new_code_cell("%matplotlib inline\nx = 1\n!ls\nx?"),
            v4.new_code_cell("%%bash\necho hi"),
            v4.new_raw_cell("raw"),
        ]
    )
    script = notebook_to_script(notebook)
    assert script == (
        "# %%\n# %matplotlib inline\nx = 1\n# !ls\n# x?\n\n"
        "# %%\n# %%bash\n# echo hi\n\n# %% [raw]\n# raw\n"
    )
    ast.parse(script)
