"""Which names statements read and bind: `rdit_ext/runtime/names.py`, without any run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable

import pytest

from rdit_ext.runtime import plan
from rdit_ext.runtime.facts_by_source import FactsBySource
from rdit_ext.runtime.name_facts import note
from rdit_ext.runtime.name_index import NameIndex
from rdit_ext.runtime.name_origins import Facts
from rdit_ext.runtime.names import Resolver

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
    "scopes": """
        keep = lambda *made: lambda f: f  #: -> keep
        xs = []  #: -> xs
        @keep(kept := xs)  #: keep xs -> f kept
        def f(): pass
        kept.append(1)  #: kept xs -> kept xs
        n = 3  #: -> n
        [n for n in range(2)]  #:
        [k for k in range(n)]  #: n
        [last := k for k in range(2)]  #: -> last
        class A:  #: n -> A
            size = n
            n = 4
            both = n
            def method(self): return n
        class B(A): pass  #: A -> B
        def f(a, b=n, *c, d: A = None, **e) -> B:  #: A B n -> f
            local = n
            return local
        f(1)  #: f n
        lambda n: n  #:
        (lambda k=n: k)()  #: n
        def g():  #: -> g
            def inner():
                global made
                made = n
            inner()
        g()  #: g n -> made
        def maybe():  #: -> maybe
            global made
            if n: made = 0
        maybe()  #: made maybe n -> made
        def h():  #: -> h
            n = 1
            def inner():
                nonlocal n
                n += 1
                return n
            return inner()
        h()  #: h
    """,
    "classes": """
        scale = 2  #: -> scale
        log = []  #: -> log
        class Point:  #: -> Point
            made = 0
            def __init__(self, x):
                self.x = x
                Point.made += 1
            def __repr__(self): return str(self.x * scale)
            @property
            def doubled(self): return self.x * 2
            def size(self): return abs(self.x) * scale
            def move(self, by):
                self.x += by
                log.append(by)
            @classmethod
            def at(cls, x): return cls(x)
            @staticmethod
            def about(n): return n
        p = Point(1)  #: Point scale -> Point p
        p.size()  #: p scale
        p.move(2)  #: log p scale -> log p
        p  #: p scale
        p.x = 3  #: p scale -> p
        q = Point.at(2)  #: Point scale -> Point q
        points = [p, q]  #: p q scale -> points
        points[0].move(1)  #: log p points q scale -> log p points q
        len(points)  #: p points q scale
        class Node:  #: -> Node
            def __init__(self, parent=None):
                self.children = []
                if parent: parent.children.append(self)
        root = Node()  #: Node -> root
        leaf = Node(root)  #: Node root -> leaf root
        leaf.value = 1  #: leaf root -> leaf root
        class Sub(Point): pass  #: Point scale -> Sub
        s = Sub(1)  #: Point Sub scale -> Point s
        s.move(1)  #: log s scale -> log s
    """,
    "one object, two names": """
        xs = [1, [2]]  #: -> xs
        ys = xs  #: xs -> ys
        ys.append(1)  #: xs ys -> xs ys
        xs  #: xs
        ys  #: xs ys
        part = xs[1]  #: xs -> part
        part.append(3)  #: part xs -> part xs
        both = [xs, ys]  #: xs ys -> both
        both.append(1)  #: both xs ys -> both
        both[0].append(1)  #: both xs ys -> both xs ys
        n = 1  #: -> n
        m = n  #: n -> m
        m += 1  #: m -> m
        xs = []  #: -> xs
        ys.append(2)  #: ys -> ys
        for y in both: y.clear()  #: both ys -> both y ys
        a = b = {}  #: -> a b
        a["k"] = 1  #: a b -> a b
        c, d = [], []  #: -> c d
        c.append(1)  #: c -> c
        copied = list(ys)  #: ys -> copied
        copied.append(1)  #: copied -> copied
        chosen = ys[1:]  #: ys -> chosen
        text = "a"  #: -> text
        text.strip().split()  #: text
    """,
    "iterators": """
        xs = [3, 1]  #: -> xs
        squares = (x * x for x in xs)  #: xs -> squares
        next(squares)  #: squares xs -> squares
        list(squares)  #: squares xs -> squares
        def count(): yield from xs  #: -> count
        c = count()  #: count xs -> c
        sum(c)  #: c xs -> c
        file = open("f")  #: -> file
        file.read()  #: file -> file
        for line in file: print(line)  #: file -> file line
        pairs = zip(xs, squares)  #: squares xs -> pairs squares
        dict(pairs)  #: pairs squares xs -> pairs
    """,
    "calls that change an argument": """
        import heapq, random, json, sys  #: -> heapq json random sys
        from bisect import insort  #: -> insort
        heap = []  #: -> heap
        heapq.heappush(heap, 1)  #: heap heapq -> heap
        insort(heap, 2)  #: heap insort -> heap
        random.seed(1)  #: random -> random
        random.shuffle(heap)  #: heap random -> heap random
        setattr(heap, "a", 1)  #: heap -> heap
        json.dumps(heap)  #: heap json
        print(1, file=sys.stderr)  #: sys
        out = open("o", "w")  #: -> out
        print(1, file=out)  #: out -> out
        heap.sort(key=lambda x: -x)  #: heap -> heap
        sorted(heap)  #: heap
        heap.copy()  #: heap
        heap.index(1)  #: heap
    """,
    "docstring": """
        'about'  #: -> __doc__
        print(__doc__, __name__)  #: __doc__
    """,
    "in one branch only": """
        x = y = z = w = 1  #: -> w x y z
        c = True  #: -> c
        if c: x = 2  #: c x -> x
        if c: y = 2  #: c -> y
        else: y = 3
        if c: new = 2  #: c -> new
        for i in [1]: z = i  #: -> i z
        for i in [1]:  #: c w -> i w
            if c: w = i
        try: x = 1 / c  #: c x -> x
        except ZeroDivisionError: pass
        try: y = 1 / c  #: c -> e y
        except ZeroDivisionError as e: y = 0
        match c:  #: c i z -> z
            case 1: z = 2
            case _: pass
    """,
    "functions as values": """
        k = 2  #: -> k
        def f(x): return x * k  #: -> f
        def twice(g):  #: -> twice
            def inner(*args): return g(g(*args))
            return inner
        @twice  #: f k twice -> h
        def h(x): return f(x)
        h(1)  #: f h k
        table = {"f": f}  #: f -> table
        table["f"](1)  #: f k table
        list(map(f, [1]))  #: f k
        import functools  #: -> functools
        part = functools.partial(f, 1)  #: f functools k -> part
        part()  #: f k part
        def compose(*fs): return lambda x: [f(x) for f in fs]  #: -> compose
        both = compose(f, abs)  #: compose f k -> both
        both(1)  #: both f k
        def scaled(items):  #: -> scaled
            for item in items: yield item * k
        stream = scaled([1])  #: k scaled -> stream
        next(stream)  #: k stream -> stream
        @functools.cache  #: functools k -> cached
        def cached(x): return x + k
        cached(1)  #: cached k
        def make():  #: -> make
            total = 0
            def add(n):
                nonlocal total
                total += n
                return total
            return add
        add = make()  #: make -> add
        add(1)  #: add -> add
        def late(x, seen=[]):  #: -> late
            seen.append(x)
            return seen
        late(1)  #: late -> late
        def recursive(n): return recursive(n - 1) if n else k  #: -> recursive
        recursive(2)  #: k recursive
    """,
    "settings": """
        import warnings, sys, os  #: -> os sys warnings
        import numpy as np  #: -> np
        np.set_printoptions(precision=2)  #: np -> *
        warnings.filterwarnings("ignore")  #: warnings -> *
        sys.stdout = None  #: sys -> sys sys.stdout
        print(1)  #: sys.stdout
        sys.excepthook = print  #: sys -> * sys
        sys.path.append("a")  #: sys -> sys
        os.chdir("a")  #: os -> os
        os.environ["A"] = "1"  #: os -> os
        np.random.seed(0)  #: np numpy.random -> numpy.random
        np.random.normal()  #: np numpy.random -> numpy.random
        rng = np.random.default_rng(0)  #: np -> rng
        rng.normal()  #: rng -> rng
        a = np.zeros(3)  #: np -> a
        a[0] = 1  #: a -> a
        a.sum()  #: a
        np.fill_diagonal(a, 1)  #: a np -> a
        np.sin(a, out=a)  #: a np -> a
    """,
    "names in strings": """
        import pandas as pd  #: -> pd
        limit = 1  #: -> limit
        df = pd.read_csv("a.csv")  #: pd -> df
        df.query("a > @limit")  #: df limit
        f"{limit:>{limit}}"  #: limit
        "limit"  #:
    """,
    "other statements": """
        import contextlib  #: -> contextlib
        x = 1  #: -> x
        match x:  #: x -> a rest
            case [a, *rest] if a > x: pass
            case {"k": a, **rest}: pass
        try: y = 1 / x  #: x -> e y
        except ZeroDivisionError as e: y = x
        finally: x
        with contextlib.suppress(OSError) as c: z = c  #: contextlib -> c z
        assert x, y  #: x y
        raise ValueError(x) from y  #: x y
        if x: w = 1  #: x -> w
        else: w = 2
        print(w)  #: w
        async def main(): return x  #: -> main
        await main()  #: main x
        async for i in main(): print(i)  #: main x -> i
        global g  #:
        pass  #:
    """,
    "figures in functions": """
        import matplotlib.pyplot as plt  #: -> plt
        import pandas as pd  #: -> pd
        df = pd.DataFrame()  #: pd -> df
        df.plot()  #: df plt -> plt
        def draw(ax, values): ax.plot(values)  #: -> draw
        fig, (left, right) = plt.subplots(1, 2)  #: plt -> fig left plt right
        draw(left, df)  #: df draw fig left plt right -> fig left plt right
        df.plot(ax=right)  #: df fig left plt right -> fig left plt right
        axes = fig.add_subplot()  #: fig left plt right -> axes fig left plt right
        axes.set_title("a")  #: axes fig left plt right -> axes fig left plt right
        plt.gca().set_xlabel("b")  #: plt -> plt
    """,
    "methods that are not called at their object": """
        import random  #: -> random
        import numpy as np  #: -> np
        xs = []  #: -> xs
        y = [1]  #: -> y
        list.append(xs, y)  #: xs y -> xs
        y.append(1)  #: y -> y
        print(xs)  #: xs y
        add = xs.append  #: xs y -> add
        add(1)  #: add xs y -> add xs y
        upper = "a".upper  #: -> upper
        upper()  #: upper
        list(map(xs.append, [1]))  #: xs y -> xs y
        shuffle = random.shuffle  #: random -> shuffle
        shuffle(xs)  #: random shuffle xs y -> random xs
        class Point:  #: -> Point
            def move(self): self.x = 1
        p = Point()  #: Point -> p
        Point.move(p)  #: Point p -> Point p
        go = p.move  #: p -> go
        go()  #: go p -> go p
        width = p.x  #: p -> width
        print(width)  #: p width
        a = np.zeros(3)  #: np -> a
        np.add.at(a, [0], 1)  #: a np -> a
        rng = np.random.default_rng()  #: np -> rng
        rng.shuffle(xs)  #: rng xs y -> rng xs
        random.Random(1).shuffle(xs)  #: random xs y -> xs
    """,
    "functions of modules that compute": """
        import operator, os  #: -> operator os
        import numpy as np  #: -> np
        a = np.zeros(3)  #: np -> a
        np.add(a, 1)  #: a np
        np.append(a, 1)  #: a np
        np.insert(a, 0, 1)  #: a np
        np.setdiff1d(a, a)  #: a np
        operator.add(a, 1)  #: a operator
        operator.setitem(a, 0, 1)  #: a operator -> a
        os.remove("x")  #: os
        os.environ.update(a=1)  #: os -> os
        os.chdir("x")  #: os -> os
        np.sum(a)  #: a np
    """,
    "told to change by a value": """
        import pandas as pd  #: -> pd
        df = pd.DataFrame()  #: pd -> df
        flag = True  #: -> flag
        options = {}  #: -> options
        df.drop("a", inplace=flag)  #: df flag -> df
        df.drop("a", inplace=False)  #: df
        df.sort_values("a", **options)  #: df options -> df
        df.head(**options)  #: df options
        total = df.add(1)  #: df -> total
    """,
    "changes in expressions": """
        xs = [1]  #: -> xs
        seen = set()  #: -> seen
        fresh = [x for x in xs if not (x in seen or seen.add(x))]  #: seen xs -> fresh seen
        item = []  #: -> item
        done = [seen.add(item) for _ in xs]  #: item seen xs -> done seen
        item.append(1)  #: item -> item
        print(seen)  #: item seen xs
        print(v := xs)  #: xs -> v
        v.append(1)  #: v xs -> v xs
        print(xs)  #: xs
    """,
    "defaults of parameters": """
        d = []  #: -> d
        def f(b=d): b.append(1)  #: d -> f
        f()  #: d f -> d f
        def g(*, b=set()): b.add(1)  #: -> g
        g()  #: g -> g
        n = 1  #: -> n
        def h(b=n): b += 1  #: n -> h
        h()  #: h
    """,
    "what is put into something": """
        xs = [[1]]  #: -> xs
        p, q = {}, {}  #: -> p q
        p["a"], q["b"] = xs, 1  #: p q xs -> p q
        p  #: p xs
        q  #: q
        r = {}  #: -> r
        r["a"]: list = xs  #: r xs -> r
        r  #: r xs
        l = []  #: -> l
        l += [xs]  #: l xs -> l
        l  #: l xs
        class A: items = xs  #: xs -> A
        A.items.append(1)  #: A xs -> A xs
        a = A()  #: A xs -> a
        a.items.append(1)  #: A a xs -> A a xs
        match xs:  #: xs -> first xs
            case [first]: first.append(1)
        second = first  #: first xs -> second
        second.append(1)  #: first second xs -> first second xs
        e, f = g = [xs, 1]  #: xs -> e f g
        g  #: g xs
    """,
    "in a body that may end early": """
        from contextlib import suppress  #: -> suppress
        x = 1  #: -> x
        with suppress(ValueError): x = int("a")  #: suppress x -> x
        with open("f") as file: x = 2  #: -> file x
        x  #: x
    """,
    "one of several modules": """
        xs = []  #: -> xs
        try: from fast import go  #: -> go
        except ImportError:
            def go(xs): xs.append(1)
        go(xs)  #: go xs -> xs
        try: import random  #: -> random
        except ImportError: import numpy.random as random
        random.shuffle(xs)  #: numpy.random random xs -> numpy.random random xs
    """,
    "circles of calls": """
        x = 1  #: -> x
        def even(n): return n == 0 or odd(n - 1)  #: -> even
        def odd(n):  #: -> odd
            global x
            x = 2
            return n and even(n - 1)
        odd(3)  #: even odd -> x
        even(3)  #: even odd -> x
        def first(xs): return second(xs)  #: -> first
        def second(xs):  #: -> second
            xs.append(1)
            return first(xs)
        a = []  #: -> a
        second(a)  #: a first second -> a
        first(a)  #: a first second -> a
    """,
    "super": """
        log = []  #: -> log
        class Base:  #: -> Base
            def __init__(self): log.append(1)
            def move(self): self.x = 1
        class Sub(Base):  #: Base -> Sub
            def __init__(self): super().__init__()
            def move(self): super().move()
        s = Sub()  #: Sub log -> log s
        s.move()  #: s -> s
    """,
    "shadowed builtins": """
        print(sum([1]))  #: sum
        sum = 3  #: -> sum
        sum  #: sum
    """,
}


# Scripts with `n` of what is looked up of each other, in chains, circles and lattices.
LONG: dict[str, Callable[[int], str]] = {
    "one list filled": lambda n: "xs = []\n" + "xs.append(1)\n" * n,
    "one list of many": lambda n: "xs = []\n" + _many(n, "x# = []", "xs.append(x#)"),
    "one list of itself": lambda n: "def f(x): return x\nxs = []\n" + "xs.append(f(xs))\n" * n,
    "one name after another": lambda n: "x0 = []\n" + _many(n, "x+ = x#"),
    "either of two names": lambda n: "c = x = y = []\n" + "if c: x = y\nif c: y = x\n" * n,
    "bases in diamonds": lambda n: (
        "class A0: pass\n"
        + _many(n, "class B#(A#): pass", "class C#(A#): pass", "class A+(B#, C#): pass")
        + f"a = A{n}()\na.missing()\nprint(a)\n"
    ),
    "each calls the next twice": lambda n: _many(n, "def f#(): f+(); f+()") + "f0()\n",
    "each gives what the next gives twice": lambda n: (
        "def f0(x): return x\n"
        + _many(n, "def f+(x): return f#(f#(x))")
        + f"a = []\nb = f{n}(a)\nb.append(1)\n"
    ),
    "all call all": lambda n: (
        _many(n, "def f#(): " + "; ".join(f"f{k}()" for k in range(n))) + "f0()\n"
    ),
    "a circle": lambda n: _many(n, "def f#(): f+(); x#") + f"def f{n}(): f0()\nf0()\n",
}


def _many(n: int, *lines: str) -> str:
    return "".join(
        line.replace("#", str(k)).replace("+", str(k + 1)) + "\n"
        for k in range(n)
        for line in lines
    )


@pytest.mark.parametrize("name", LONG)
def test_the_steps_grow_no_faster_than_what_may_depend_on_what(name: str) -> None:
    few, many = (_steps(LONG[name](n)) for n in (16, 32))
    assert many < 5 * few


def _steps(script: str) -> int:
    """How many functions of Python's are called to find the names of all statements."""
    nodes = ast.parse(script).body
    facts = [note(node) for node in nodes]
    count = 0

    def called(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        resolver = Resolver(NameIndex(enumerate(nodes), script.split("\n")), facts.__getitem__)
        for k in range(len(nodes)):
            resolver.names_of(k)
    finally:
        sys.setprofile(before)
    return count


def test_facts_are_kept_by_source_as_far_as_they_fit() -> None:
    facts = FactsBySource(most=20)
    parsed = []

    def get(source: str) -> Facts:
        def parse() -> ast.stmt:
            parsed.append(source)
            return ast.parse(source).body[0]

        return facts.get(source, parse)

    first = get("a = [1]")
    assert get("b = [2]") is not first
    assert get("a = [1]") is first
    get("c = [3]")  # takes the place of the one that was asked for longest ago
    assert get("a = [1]") is first
    get("b = [2]")
    assert parsed == ["a = [1]", "b = [2]", "c = [3]", "b = [2]"]


def test_facts_outlive_the_text_that_they_were_noted_in(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = FactsBySource()
    monkeypatch.setattr(plan, "_facts", facts)
    lines = [f"kept_{k} = [{k}, len('x')]" for k in range(50)]
    plan.plan_script("\n".join(lines), "script.py", None)
    for last in ("first = kept_1", "second = kept_2"):
        plan.plan_script("\n".join([*lines, last]), "script.py", (51, 51))

    def parse() -> ast.stmt:
        raise AssertionError("its facts were not kept")

    for line in (*lines, "first = kept_1"):
        facts.get(line, parse)


def test_what_a_long_chain_comes_from_is_known() -> None:
    script = "x0 = []\n" + _many(300, "x+ = x#") + "x300.append(1)\n"
    reads, binds = _names_in(script)[-1][1:]
    assert "x0" in reads.split()
    assert "x0" in binds.split()


def _names_in(script: str) -> list[tuple[str, str, str]]:
    nodes = ast.parse(script).body
    resolver = Resolver(
        NameIndex(enumerate(nodes), script.split("\n")), [note(node) for node in nodes].__getitem__
    )
    lines = script.split("\n")
    found = []
    for k, node in enumerate(nodes):
        reads, binds = resolver.names_of(k)
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        found.append((lines[first - 1].partition("  #:")[0], " ".join(reads), " ".join(binds)))
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
