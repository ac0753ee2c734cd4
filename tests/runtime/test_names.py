"""Which names statements read and bind: `rdit_ext/runtime/names.py`, without any run."""

from __future__ import annotations

import ast

import pytest

from rdit_ext.runtime.name_facts import note
from rdit_ext.runtime.names import NameIndex, Resolver

# Scripts; each line may say after `#:` what its statement reads, and after `->` what it binds.
SCRIPTS = {
    "assignments": """
        x = 1  #: -> x
        y = x + 1  #: x -> y
        y += x  #: x y -> y
        a, b = x, y  #: x y -> a b
        a, b = b, a  #: a b y -> a b
        z: int = y  #: y -> z
        w: int  #:
        del x  #: x -> x
        (n := 10) + n  #: -> n
    """,
    "imports": """
        import os  #: -> os
        import os.path  #: -> os
        import os.path as p  #: -> p
        from os import path, sep as s  #: -> path s
        from math import *  #: -> *
        floor(pi)  #: floor pi
    """,
    "changes in place": """
        import pandas as pd  #: -> pd
        df = pd.DataFrame({"a": [1]})  #: pd -> df
        df["b"] = 2  #: df -> df
        df.head()  #: df
        df.sort_values("a", inplace=True)  #: df -> df
        df2 = df[df.a > 1]  #: df -> df2
        df2["c"] = 1  #: df2 -> df2
        xs = []  #: -> xs
        xs.append(df2)  #: df2 xs -> xs
        xs[0] = 1  #: df2 xs -> xs
        del xs[0]  #: df2 xs -> xs
        len(xs)  #: df2 xs
    """,
    "functions": """
        x = 1  #: -> x
        def f(a): return g(a) + x  #: -> f
        def g(a): return a  #: -> g
        f(1)  #: f g x
        k = f  #: f -> k
        def count():  #: -> count
            global n
            n += 1
        count()  #: count n -> n
        def add(items): items.append(x)  #: -> add
        xs = []  #: -> xs
        add(xs)  #: add x xs -> xs
        h = lambda q: q * x  #: -> h
        h(1)  #: h x
        sorted(xs, key=lambda q: x)  #: x xs
    """,
    "blocks": """
        xs = [1]  #: -> xs
        for i in xs: print(i)  #: xs -> i
        if xs: k = 1  #: xs -> k
        while k: k -= 1  #: k -> k
        with open("f") as file: file.read()  #: -> file
        try:  #: -> e
            pass
        except ValueError as e:
            print(e)
        [i + k for i in xs]  #: k xs
        {i: j for i in xs for j in i}  #: xs
    """,
    "everything": """
        exec("x = 1")  #: * -> *
        globals()  #: *
        globals()["x"] = 1  #: * -> *
        vars()["x"]  #: *
        eval("x")  #: * -> *
        exec("x = 1", {})  #:
    """,
    "figures": """
        import matplotlib.pyplot as plt  #: -> plt
        plt.plot([1])  #: plt -> plt
        plt.show()  #: plt -> plt
        fig, ax = plt.subplots()  #: plt -> ax fig plt
        ax.plot([1])  #: ax fig plt -> ax fig plt
        fig  #: ax fig plt
    """,
    "shadowed builtins": """
        print(sum([1]))  #: sum
        sum = 3  #: -> sum
        sum  #: sum
    """,
}


def _names_in(script: str) -> list[tuple[str, str, str]]:
    nodes = ast.parse(script).body
    resolver = Resolver(
        NameIndex(enumerate(nodes), True), [note(node) for node in nodes].__getitem__
    )
    lines = script.split("\n")
    found = []
    for k, node in enumerate(nodes):
        reads, binds = resolver.names_of(k)
        found.append(
            (lines[node.lineno - 1].partition("  #:")[0], " ".join(reads), " ".join(binds))
        )
    return found


def _expected(script: str) -> list[tuple[str, str, str]]:
    found = []
    for line in script.split("\n"):
        source, mark, names = line.partition("  #:")
        if mark:
            reads, _, binds = names.partition("->")
            found.append((source, reads.strip(), binds.strip()))
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_statements_read_and_bind(name: str) -> None:
    lines = SCRIPTS[name].strip("\n").rstrip().split("\n")
    script = "\n".join(line[8:] for line in lines)
    assert _names_in(script) == _expected(script)
