"""Scripts with their results as documents, and notebooks as scripts."""

import ast

import nbformat
import nbformat.v4 as v4
import pytest

from rdit_ext import protocol
from rdit_ext.documents.convert import export, notebook_to_script
from rdit_ext.protocol import Display, Error, ExportedResult, Result, Stdout
from rdit_ext.runtime import tables


def bundle(data):
    return Display(text="", data=data, metadata={})


def cells(script, *results, **options):
    notebook = notebook_of(script, *results, **options)
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def notebook_of(script, *results, **options):
    notebook = nbformat.reads(export(script, list(results), "notebook", **options), as_version=4)
    nbformat.validate(notebook)
    return notebook


def shown(line_start, line_end, text="1", **more):
    output = [Result(text=f"{text}\n", data={"text/plain": text}, metadata={})]
    return ExportedResult(line_start=line_start, line_end=line_end, output=output, **more)


def test_each_statement_is_a_cell_of_its_own_with_the_comments_above_it():
    script = "import os\nx = 1\nx\n\n# About y\ny = 2\n\ny; y\n# The end\n"
    notebook = notebook_of(script, shown(3, 3, "one"), shown(8, 8, "two"))
    assert [(cell.source, len(cell.outputs)) for cell in notebook.cells] == [
        ("import os", 0),
        ("x = 1", 0),
        ("x", 1),
        ("# About y\ny = 2", 0),
        ("y; y", 1),
        ("# The end", 0),
    ]


def test_what_a_section_says_is_markdown():
    script = (
        "# %%\nx = 1\n# %% [markdown]\n# # A title\n#\n# and text\n"
        "# %% [markdown]\n'''Text'''\n# %% More\n# of y\ny = 2\n# %% [raw]\n# raw\n"
    )
    assert cells(script) == [
        ("code", "x = 1"),
        ("markdown", "# A title\n\nand text"),
        ("markdown", "Text"),
        ("markdown", "## More"),
        ("code", "# of y\ny = 2"),
        ("code", "# raw"),
    ]


def test_a_string_is_markdown_and_a_string_among_statements_is_not():
    assert cells('"""\n# Title\n\n  * a\n"""\n') == [("markdown", "# Title\n\n  * a")]
    assert cells("'a'; x = 1\n") == [("code", "'a'; x = 1")]


def test_decorated_definitions_stay_whole_and_lines_are_those_of_python():
    script = "@staticmethod\ndef f():\n    return 1\nf\n"
    assert cells(script, shown(4, 4)) == [
        ("code", "@staticmethod\ndef f():\n    return 1"),
        ("code", "f"),
    ]
    notebook = notebook_of("x = 1\r\ns = '\u2028'\r\n\x0cx\r\n", shown(3, 3))
    assert [len(cell.outputs) for cell in notebook.cells] == [0, 0, 1]


def test_a_script_that_does_not_parse_is_exported_all_the_same():
    script = "x = 1\nx\nif:\n"
    assert cells(script, shown(2, 2)) == [("code", "x = 1\nx"), ("code", "if:")]


def test_results_without_the_code():
    script = "# Note\nx = 1\n'# Title'\nx\n"
    results = [shown(3, 3, "'# Title'"), shown(4, 4, "one")]
    assert cells(script, *results, results_only=True) == [("markdown", "# Title"), ("code", "")]
    assert export(script, results, "markdown", "", True) == "# Title\n\n    one\n"


def test_markdown_has_each_result_below_its_statement():
    script = "# %%\nx = 1\nx\n\ny = 2\ny\n# %%\nx + y\n"
    results = [shown(3, 3, "first"), shown(6, 6, "second", stale="`x` was bound again on line 2")]
    assert export(script, results, "markdown") == (
        "```python\nx = 1\nx\n```\n\n    first\n\n"
        "```python\ny = 2\ny\n```\n\n"
        "*Not up to date: `x` was bound again on line 2*\n\n    second\n\n"
        "```python\nx + y\n```\n"
    )


def test_markdown_has_the_blank_lines_of_the_script_between_statements():
    code = (
        "# The first\n\nimport os\n\n\ndef f():\n    return 1\n\n\n"
        "# Of y\n# alone\ny = 2\nz = 3\n\n# The end"
    )
    assert export(f"{code}\n", [], "markdown") == f"```python\n{code}\n```\n"
    # Those around a section or a result are not the code's.
    script = "# %% One\n\nx = 1\n\n\nx\n\n# Then\ny = 2\n"
    assert export(script, [shown(6, 6)], "markdown") == (
        "## One\n\n```python\nx = 1\n\n\nx\n```\n\n    1\n\n```python\n# Then\ny = 2\n```\n"
    )


def test_columns_of_numbers_are_set_to_the_right():
    rows = (("-1.5", "a", "1"), ("NaN", "2", "b"), ("1,200", "", "..."), ("2e-05", "3", "4"))
    html = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    output = bundle({"text/html": f"<table><tr><th>n<th>x<th>y</tr>{html}</table>"})
    result = ExportedResult(line_start=1, line_end=1, output=[output])
    assert "\n| ---: | --- | --- |\n" in export("f()\n", [result], "markdown")


TABLE = """<style scoped>th { color: red }</style><table border=1><thead>
<tr><th></th><th>a|b</th></tr></thead><tbody><tr><th>0</th><td>&lt;1&gt;</td>
</tr><tr><th>1</th><td> 2<br>3 </td></tr></tbody></table><p>2 rows</p>"""


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (Stdout(text="\x1b[31mred\x1b[0m\n10%\r20%\ndone\r\n"), "    red\n    20%\n    done"),
        (Stdout(text="\n\n"), ""),
        (
            Error(text="Traceback\nValueError: no\n", name="ValueError", message="no", frames=[]),
            "    Traceback\n    ValueError: no",
        ),
        (bundle({"text/markdown": "**bold**", "text/plain": "x"}), "**bold**"),
        (bundle({"text/latex": "$x$", "text/plain": "x"}), "$x$"),
        (bundle({"application/json": {"a": 1}}), '```json\n{\n  "a": 1\n}\n```'),
        (
            bundle({"image/png": "iVBO\nRw==\n", "text/plain": "<Figure [1]>"}),
            "![<Figure 1 >](data:image/png;base64,iVBORw==)",
        ),
        (
            bundle({"image/svg+xml": ["<svg", "/>"]}),
            "![Image](data:image/svg+xml;base64,PHN2Zy8+)",
        ),
        (
            bundle({"text/html": TABLE}),
            "|  | a\\|b |\n| ---: | --- |\n| 0 | \\<1\\> |\n| 1 | 2 3 |",
        ),
        (
            bundle(
                {"text/html": "<table><tr><th colspan='2'>a</th></tr></table>", "text/plain": "a"}
            ),
            "    a",
        ),
        (
            bundle({"text/html": "<table><tr><th>a<td>b<tr><td>1<td>2</table>"}),
            "| a | b |\n| ---: | ---: |\n| 1 | 2 |",
        ),
        (
            bundle({"text/html": "<table><tr><th>a<th>b"}),
            "| a | b |\n| --- | --- |",
        ),
        (
            bundle({"text/html": "<style>b{}</style><h1>A &amp; B</h1><p>one <b>bold</b>\nline"}),
            "    A & B\n    one bold line",
        ),
        (
            bundle(
                {"text/html": "<p>seen</p>", "text/plain": "<IPython.core.display.HTML object>"}
            ),
            "    seen",
        ),
        (
            bundle({"text/html": '<img src="a b.png" alt="[A]"/>', "text/plain": "<an object>"}),
            "![A](a%20b.png)",
        ),
        (
            bundle({"text/html": "<p>one</p><IMG src=x.png?a&amp;b>"}),
            "    one\n\n![Image](x.png?a&b)",
        ),
        (
            bundle({"text/html": "<img alt='a > b' src='x.png'><img alt=it's srcset='y.png 2x'>"}),
            "![a > b](x.png)\n\n![it's](y.png)",
        ),
        (
            bundle({"text/html": "<!-- <img src='x.png'> --><p title='a > b'>1 &lt; 2<![endif]>"}),
            "    1 < 2",
        ),
        (
            bundle({"text/html": "<table title='>'><tr><td data-x='>' colspan=1>a > b</table>"}),
            "| a \\> b |\n| --- |",
        ),
        (
            bundle({"application/vnd.plotly.v1+json": {"data": []}, "text/plain": "Figure()"}),
            "*Not written here: `application/vnd.plotly.v1+json`.*",
        ),
        (bundle({"text/html": "<script>f()</script>"}), "*Not written here: `text/html`.*"),
        (bundle({"text/html": {"no": "text"}}), "*Not written here: `text/html`.*"),
        (bundle({"text/markdown": " ", "text/plain": "x"}), "    x"),
        (
            bundle({"application/x-foo": "x", "application/pdf": "AA==", "text/plain": ""}),
            "*Not written here: `application/x-foo`, `application/pdf`.*",
        ),
        (bundle({}), ""),
    ],
    ids=[
        *("terminal", "blank", "error", "markdown", "latex", "json", "png", "svg", "table"),
        *("spans", "no end tags", "no end", "HTML", "HTML of an object", "picture"),
        *(
            "picture and text",
            "picture with >",
            "text with >",
            "table with >",
            "chart",
            "scripts",
            "no text",
        ),
        *("blank markdown", "unknown types", "nothing"),
    ],
)
def test_an_output_in_markdown(output, text):
    result = ExportedResult(line_start=1, line_end=1, output=[output])
    written = export("f()\n", [result], "markdown")
    assert written == "\n\n".join(["```python\nf()\n```", *([text] if text else [])]) + "\n"


def test_the_fence_of_code_is_longer_than_any_in_it():
    assert export("x = '````'\n", [], "markdown") == "`````python\nx = '````'\n`````\n"


def test_outputs_are_those_of_notebooks():
    output = [
        Stdout(text="hel"),
        Stdout(text="lo\n"),
        Error(text="Traceback\nValueError: no\n", name="ValueError", message="no", frames=[]),
        bundle({"image/png": "AA=="}),
    ]
    notebook = notebook_of("f()\n", ExportedResult(line_start=1, line_end=1, output=output))
    assert notebook.cells[0].outputs == [
        v4.new_output("stream", name="stdout", text="hello\n"),
        v4.new_output(
            "error", ename="ValueError", evalue="no", traceback=["Traceback", "ValueError: no"]
        ),
        v4.new_output("display_data", data={"image/png": "AA=="}),
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
        assert notebook_of(script).cells[0].source == text
    else:
        assert all(line.startswith("#") for line in script.splitlines())


@pytest.mark.parametrize("kind", ["notebook", "markdown"])
def test_what_only_a_kernel_can_go_on_with_is_left_out(kind):
    # The runtime, which may import nothing of ours, has the name once more.
    assert tables.TABLE == protocol.TABLE
    data = {"text/plain": "a table", protocol.TABLE: {"id": "run.1"}}
    output = Result(text="a table\n", data=data, metadata={})
    text = export("f()\n", [ExportedResult(1, 1, [output])], kind)
    assert "a table" in text
    assert "vnd.rdit" not in text


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


@pytest.mark.parametrize("metadata", ["x", None, [1], {"width": True, "alt": 3}, {"width": "20"}])
def test_metadata_that_are_something_else_lose_no_image(metadata):
    output = [Display(text="", data={"image/png": "iVBO"}, metadata={"image/png": metadata})]
    result = ExportedResult(line_start=1, line_end=1, output=output)
    text = export("plot()\n", [result], "markdown")
    assert text.endswith("![Image](data:image/png;base64,iVBO)\n")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("![a](x.png) [b](./d/y.csv 'z')", "![a](../s/x.png) [b](../s/d/y.csv 'z')"),
        ("![a](../x.png?v=1#y) [d](d/)", "![a](../x.png?v=1#y) [d](../s/d/)"),
        ("![a](<b c.png>) [![b](x.png)](y_(1).html)", None),
        ("[a]: x.png 'title'\n[^1]: a.b", "[a]: ../s/x.png 'title'\n[^1]: a.b"),
        (r"![](a\_b.png) [\]](x.png)", r"![](../s/a\_b.png) [\]](../s/x.png)"),
        (
            "<a title='href=x > y' href=x.csv><IMG SRC = 'a&amp;b.png'></a>",
            "<a title='href=x > y' href=../s/x.csv><IMG SRC = '../s/a&amp;b.png'></a>",
        ),
        ("- a\n\n    ![a](x.png)", "- a\n\n    ![a](../s/x.png)"),
        ("a\n    ![a](x.png)", "a\n    ![a](../s/x.png)"),
        ("1. a\n   b\n\n    ![a](x.png)", "1. a\n   b\n\n    ![a](../s/x.png)"),
        ("- a\nb\n\n    ![a](x.png)", "- a\nb\n\n    ![a](../s/x.png)"),
        ("a <y b:\n\n![a](x.png)\n\n> c", "a <y b:\n\n![a](../s/x.png)\n\n> c"),
        ("[a]: x.png\r\n[b]:\r\n y.png", "[a]: ../s/x.png\r\n[b]:\r\n ../s/y.png"),
        ("$5 [a](x.png), $6 a", "$5 [a](../s/x.png), $6 a"),
        (
            "<a href='p.html?a=1&region=eu'> <a href=x&#32;onclick>",
            "<a href='../s/p.html?a=1&region=eu'> <a href=../s/x&#32;onclick>",
        ),
        ("<img srcset='x.png, y.png 2x'>", "<img srcset='../s/x.png, ../s/y.png 2x'>"),
        ("<pre id=x>\n[a](x)</pre><i src=x>", "<pre id=x>\n[a](x)</pre><i src=../s/x>"),
        *(
            (text, text)
            for text in (
                "[a](https://x/y) ![b](data:image/png,x) [c](#d) [d](/e) [e](//f/g) [f](mailto:g)",
                "`[a](x.png)` ``![`a](x.png)`` <https://x/y> [](<>)",
                "```\n![a](x.png)\n~~~\n![a](x.png)\n```",
                "~~~md\n[a]: x.png",
                "a\n\n    ![a](x.png)\n\n    ![b](x.png)",
                "<!-- <img src=x.png> -->",
                "[INFO]: 3 files",
                "$E[X](t)$ and $$a[i](t)\nb$$",
                "1. a\n\n    ```\n    a[0](x)\n\n    b[1](y)\n    ```",
                "- a\n\n      a[0](x)",
                "# a\n\n    a[0](x)\n\n    b[1](y)",
                r"\[a](x.png) a](x.png) [a](x.png",
            )
        ),
    ],
)
def test_addresses_are_found_from_where_markdown_is_written(text, written):
    if written is None:
        written = "![a](<../s/b c.png>) [![b](../s/x.png)](../s/y_(1).html)"
    shown_as = ExportedResult(1, 1, [bundle({"text/markdown": text})])
    assert export("x\n", [shown_as], "markdown", results_only=True, back="../s") == f"{written}\n"
    assert export("x\n", [shown_as], "markdown", results_only=True) == f"{text}\n"
