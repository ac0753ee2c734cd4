"""What may be changed of a session, and what is made of a script."""

import requests


def test_a_run_may_ask_for_less_text_and_fewer_displays(server, session):
    script = "from IPython.display import display\nprint('x' * 5000)\nfor i in range(9): display(i)"
    with server.viewer(session=session) as viewer:
        viewer.run(script, run="small", maxText=1000, maxDisplays=2)
        written = "".join(
            event["output"]["text"]
            for event in viewer.of("small")
            if event["type"] == "output" and event["output"]["type"] == "stdout"
        )
        # Of the end an eighth as much as of the beginning.
        assert written == "x" * 1124 + "\n"
        displays = [
            event["output"]["text"]
            for event in viewer.of("small")
            if event["type"] == "output" and event["output"]["type"] == "display"
        ]
        assert displays == ["0", "1", "8"]


def test_a_renamed_script_keeps_its_session(server):
    opened = server.post("sessions", path="old name.py").json()
    try:
        server.run("x = 1", None, path="old name.py")
        moved = server.request("PATCH", f"sessions/{opened['id']}", json={"path": "new.py"})
        assert moved.json() | {"lastActivity": ""} == opened | {
            "path": "new.py",
            "name": "new.py",
            "lastActivity": "",
        }
        assert server.text("x", None, path="new.py") == "1\n"
        names = [one["name"] for one in server.jupyter("GET", "sessions").json()]
        assert "new.py" in names
    finally:
        server.request("DELETE", f"sessions/{opened['id']}")


def test_a_session_does_not_move_onto_another_that_is_in_use(server):
    one = server.post("sessions", path="one.py").json()
    two = server.post("sessions", path="two.py").json()
    try:
        answer = server.request("PATCH", f"sessions/{one['id']}", json={"path": "two.py"})
        assert answer.status_code == 400
        assert "$.path" in answer.json()["message"]
    finally:
        for session in (one, two):
            server.request("DELETE", f"sessions/{session['id']}")


def test_a_kernel_is_changed_by_name_and_an_unknown_one_is_refused(server, session):
    server.run("x = 1", session)
    before = server.session(session)["kernel"]["id"]
    bad = server.request("PATCH", f"sessions/{session}", json={"kernelName": "nothing"})
    assert bad.status_code == 400
    assert server.session(session)["kernel"]["id"] == before
    changed = server.request("PATCH", f"sessions/{session}", json={"kernelName": "python3"})
    assert changed.status_code == 200
    assert server.session(session)["kernel"]["id"] not in (None, before)
    assert "NameError" in server.text("x", session)


def test_without_a_token_nothing_is_changed_or_converted(server, session):
    server.run("1", session)
    for method, path in (
        ("PATCH", f"sessions/{session}"),
        ("POST", "export"),
        ("POST", "notebook-script"),
    ):
        answer = requests.request(method, f"{server.base}rdit/{path}", json={}, timeout=30)
        assert answer.status_code == 403, path


def test_a_script_is_exported_with_what_stands_beside_it(server):
    body = {
        "script": "'''\n# Title\n'''\nx = 20\nx + 1\n",
        "title": "analysis",
        "results": [
            {
                "lineStart": 5,
                "lineEnd": 5,
                "output": [
                    {"type": "result", "text": "21\n", "data": {"text/plain": "21"}, "metadata": {}}
                ],
            }
        ],
    }
    markdown = server.post("export", format="markdown", **body)
    assert markdown.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert "analysis.md" in markdown.headers["Content-Disposition"]
    assert " ".join(markdown.text.split()) == "# Title ```python x = 20 x + 1 ``` 21"
    assert "<html" in server.post("export", format="html", **body).text
    assert server.post("export", format="pdf", **body).status_code == 400


def test_a_notebook_is_written_as_a_script_that_overwrites_nothing(server):
    (server.root / "book.py").write_text("mine\n")
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    notebook = {
        "cells": [{**cell, "source": "x = 1"}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    model = {"type": "notebook", "content": notebook}
    assert server.jupyter("PUT", "contents/book.ipynb", json=model).status_code == 201
    answer = server.post("notebook-script", path="book.ipynb")
    assert answer.status_code == 201
    assert answer.json() == {"path": "book-1.py"}
    assert (server.root / "book-1.py").read_text() == "# %%\nx = 1\n"
    assert (server.root / "book.py").read_text() == "mine\n"
    assert server.post("notebook-script", path="nothing.ipynb").status_code == 404
