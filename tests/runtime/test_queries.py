"""What the runtime answers: its table, what a variable is described by, and, for the browser,
completions and documentation without IPython."""

from __future__ import annotations

import sys
import types
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Any

import pytest

from rdit_ext.protocol import QUERIES
from rdit_ext.runtime.introspect_lookup import items_in, may_be_evaluated, not_run
from rdit_ext.runtime.introspect_pyodide import Introspection
from rdit_ext.runtime.queries import Queries
from tests.support.bare import BareHost

SCRIPT = '''
import math

class Base:
    """A base."""
    shared = []

class Thing(Base):
    __slots__ = ("field",)
    def __init__(self):
        self.field = [1]
    def method(self, a, b: "int" = 2):
        """Does a thing.

        At length."""
    @property
    def touchy(self):
        raise SystemExit
    def __getattr__(self, name):
        raise SystemExit
    @staticmethod
    def free(): pass
    _hidden = 1

def greet(who):
    "Say hello."

thing = Thing()
text = "x"
_private = 1
greeting = "hi"
größe = "text"
'''


@pytest.fixture
def known() -> Introspection:
    module = types.ModuleType("__main__")
    exec(SCRIPT, module.__dict__)
    return Introspection(module.__dict__)


def complete(known: Introspection, code: str) -> list[str]:
    answer = known.complete(code, len(code))
    assert answer["cursorEnd"] == len(code)
    assert all(name.startswith(code[answer["cursorStart"] :]) for name in answer["matches"])
    return list(answer["matches"])


@pytest.mark.parametrize(
    ("code", "matches"),
    [
        ("gree", ["greet", "greeting"]),
        ("x = greet", ["greet", "greeting"]),
        ("f(greeti", ["greeting"]),
        ("größ", ["größe"]),
        ("whil", ["while"]),
        ("isinst", ["isinstance"]),
        ("_priv", ["_private"]),
        ("größe.uppe", ["upper"]),
        ("thing.me", ["method"]),
        ("thing.field.app", ["append"]),
        ("thing.shared.app", ["append"]),
        ("Thing.fr", ["free"]),
        ("thing._hid", ["_hidden"]),
        ("math.facto", ["factorial"]),
        ("thing.touchy.x", []),
        ("thing.nothing.x", []),
        ("nothing.x", []),
        ("greet().x", []),
        ("[thing].x", []),
        ("greet('a')", []),
        ("'a'.upp", []),
        ("1.", []),
        ("1.re", []),
    ],
)
def test_names_and_attributes_are_completed_and_nothing_is_called(
    known: Introspection, code: str, matches: list[str]
) -> None:
    assert complete(known, code) == matches


def test_without_a_prefix_all_public_names_come(known: Introspection) -> None:
    assert {"thing", "greet", "len", "for"} <= set(complete(known, "x = "))
    assert {"field", "free", "method", "shared", "touchy"} == set(complete(known, "thing."))
    assert "_private" not in complete(known, "")


def test_each_match_has_its_kind(known: Introspection) -> None:
    def kind(code: str) -> str:
        (first, *_) = known.complete(code, len(code))["metadata"]["_jupyter_types_experimental"]
        return str(first["type"])

    kinds = [kind(code) for code in ("thing.me", "thing.tou", "Thi", "mat", "thin", "whil")]
    assert kinds == ["function", "property", "class", "keyword", "instance", "keyword"]
    assert kind("math") == "module"


def text_of(known: Introspection, code: str, cursor: int | None = None, detail: int = 0) -> str:
    cursor = len(code) if cursor is None else cursor
    found = known.inspect(code, cursor, detail)
    assert found["found"], found
    return str(found["data"]["text/plain"])


def test_documentation_has_signature_text_and_type(known: Introspection) -> None:
    assert text_of(known, "greet") == (
        "Signature: greet(who)\nDocstring: Say hello.\nType: function\n"
    )
    said = text_of(known, "thing.method")
    assert "Docstring:\nDoes a thing.\n\nAt length.\n" in said
    assert said.startswith("Signature: thing.method(self, a, b: ")
    assert text_of(known, "greeting").startswith("String form: 'hi'\n")
    assert text_of(known, "thing").endswith("Type: Thing\n")
    assert "Type: property" in text_of(known, "thing.touchy")


def test_the_name_is_the_one_around_the_cursor_or_the_one_that_is_called(
    known: Introspection,
) -> None:
    greet = text_of(known, "greet")
    assert text_of(known, "x = greet + 1", 6) == greet
    assert text_of(known, "greet(") == greet
    assert text_of(known, "greet(text[0], (1, 2), ") == greet
    assert text_of(known, "thing.field", 3) == text_of(known, "thing")


@pytest.mark.parametrize(
    "code", ["nothing", "", "1 + ", "thing.nothing", "[", "f()", "thing.touchy.x"]
)
def test_what_is_not_known_is_not_found(known: Introspection, code: str) -> None:
    assert known.inspect(code, len(code)) == {"found": False, "data": {}, "metadata": {}}


def test_with_detail_the_source_comes(known: Introspection) -> None:
    name = "source_of_this"
    inspected = Introspection({name: text_of, "len": len})
    assert "def text_of(" in text_of(inspected, name, detail=1)
    assert "number of items" in text_of(inspected, "len", detail=1)


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are evaluated at once")
def test_a_signature_looks_up_no_name_of_its_annotations() -> None:
    names: dict[str, Any] = {}
    exec("def f(a: not_there): pass", names)
    assert "a: not_there" in text_of(Introspection(names), "f")


class NoEngine:
    """What `Queries` takes of an engine, with these variables."""

    def __init__(self, names: dict[str, Any]):
        from rdit_ext.runtime.sink_router import SinkRouter
        from rdit_ext.runtime.tables import Tables

        self.router, self.host, self.tables = SinkRouter(), BareHost(names), Tables()
        self._names = names

    def names(self) -> list[tuple[str, Any]]:
        return list(self._names.items())


def answered(method: str, names: dict[str, Any], **params: Any) -> Any:
    queries = Queries(Introspection(names), NoEngine(names))  # type: ignore[arg-type]
    return queries.answer({"id": "7", "method": method, "params": params})


def test_the_methods_are_those_of_the_protocol() -> None:
    assert Queries(Introspection({}), NoEngine({})).methods == list(QUERIES)  # type: ignore[arg-type]


def test_every_answer_has_the_type_of_the_protocol() -> None:
    import msgspec

    names = {"count": 3}
    code = {"code": "count", "cursor": 3}
    for method, query in QUERIES.items():
        params: dict[str, Any] = {} if method == "variables" else code
        if method == "evaluate":
            params = {"expressions": []}
        if method == "describe":
            params = {**code, "expression": "count"}
        if method.startswith("table_"):
            params = {"id": "of no table", "column": 0}
        answer = answered(method, names, **params)
        assert answer["id"] == "7"
        msgspec.convert(answer["result"], query.result)


def test_what_cannot_be_answered_is_an_error_of_the_query() -> None:
    assert "only complete, inspect" in answered("colour", {})["error"]
    assert "TypeError" in answered("complete", {}, code="x")["error"]


class Panic(BaseException):
    """As libraries in Rust raise: no `Exception`."""


def test_a_panic_of_a_library_is_an_error_of_the_query() -> None:
    class Object:
        def __dir__(self) -> list[str]:
            raise Panic("index out of bounds")

    answer = answered("complete", {"value": Object()}, code="value.", cursor=6)
    assert "index out of bounds" in answer["error"]


# ---- what is said of a value


def described(names: dict[str, Any], expression: str, *before: str) -> dict[str, Any]:
    """What is said of the expression; it must have the type of the protocol."""
    import msgspec

    answer = Introspection(names).describe(expression, expression, len(expression), before)
    msgspec.convert(answer, QUERIES["describe"].result)
    return answer


class Loud:
    """Calls out when it is touched."""

    def __repr__(self) -> str:
        raise AssertionError("touched")

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("touched")

    @property
    def touchy(self) -> int:
        """Do not touch."""
        raise AssertionError("touched")

    def method(self, a: int, b: Any = None, *rest: str, key: list[int] | None = None) -> str:
        """Do it."""
        return ""

    @classmethod
    def made(cls, a: int) -> None: ...

    @staticmethod
    def free(a: int) -> None: ...


LOUD = {"loud": Loud(), "Loud": Loud, "count": 3, "words": ["a"] * 5, "sys": sys}


def texts(answer: dict[str, Any]) -> list[str]:
    (signature,) = answer["signatures"]
    return [parameter["text"] for parameter in signature["parameters"]]


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("count", {"type": "int", "value": "3", "documentation": ""}),
        ("words", {"type": "list", "value": "['a', 'a', 'a', 'a', 'a']", "size": "5"}),
        ("loud", {"type": "Loud", "value": "", "documentation": "Calls out when it is touched."}),
        ("loud.touchy", {"type": "property", "documentation": "Do not touch."}),
        ("sys", {"type": "module", "value": ""}),
        ("len", {"type": "builtin_function_or_method"}),
    ],
)
def test_a_value_is_described_and_nothing_of_it_is_called(
    expression: str, said: dict[str, Any]
) -> None:
    answer = described(LOUD, expression)
    assert answer["found"]
    assert {name: answer[name] for name in said} == said


def test_a_signature_has_its_parameters_one_by_one() -> None:
    whole = ["self", "a: int", "b: Any = None", "*rest: str", "key: list[int] | None = None"]
    of_class = described(LOUD, "Loud.method")
    assert texts(of_class) == whole
    (signature,) = of_class["signatures"]
    assert signature["name"] == "method"
    assert signature["returns"] == "str"
    kinds = [parameter["kind"] for parameter in signature["parameters"]]
    assert kinds == ["any", "any", "any", "*", "keyword"]
    # As it is called there.
    assert texts(described(LOUD, "loud.method")) == whole[1:]
    assert texts(described(LOUD, "loud.free")) == ["a: int"]
    assert texts(described(LOUD, "loud.made")) == ["a: int"]
    assert texts(described(LOUD, "Loud.made")) == ["a: int"]
    thing = types.SimpleNamespace(held=texts)
    assert texts(described({"thing": thing}, "thing.held")) == ["answer: dict[str, Any]"]
    assert texts(described({"words": []}, "words.append")) == ["object", "/"]


def test_the_marks_between_parameters_are_written() -> None:
    names: dict[str, Any] = {}
    exec("def f(a, b=object(), /, c=len, *, d=1): pass", names)
    assert texts(described(names, "f")) == ["a", "b=…", "/", "c=len", "*", "d=1"]
    exec("def g(a, /): pass", names)
    assert texts(described(names, "g")) == ["a", "/"]


def test_a_function_of_c_has_the_signature_of_its_documentation() -> None:
    def fake() -> None:
        """fake(start, [stop], *, step=(1, 2)) -> nothing"""

    from rdit_ext.runtime.introspect_value import _from_documentation

    signature = _from_documentation("fake", fake)
    assert signature is not None
    written = [parameter["text"] for parameter in signature["parameters"]]
    assert written == ["start", "[stop]", "*", "step=(1, 2)"]


@pytest.mark.parametrize(
    ("documentation", "parameters"),
    [
        ("D.fake() -> a set-like object", []),
        ("D.fake(k[,d]) -> v, remove specified key", [("k[,d]", "k")]),
        ("fake(start, stop[, step]) -> range", [("start", "start"), ("stop[, step]", "stop")]),
        (
            "fake(iterable, *[, default=obj])",
            [("iterable", "iterable"), ("*[, default=obj]", "default")],
        ),
    ],
)
def test_so_has_a_method_of_c(documentation: str, parameters: list[tuple[str, str]]) -> None:
    def fake() -> None: ...

    fake.__doc__ = documentation
    from rdit_ext.runtime.introspect_value import _from_documentation

    signature = _from_documentation("fake", fake)
    assert signature is not None
    assert [(each["text"], each["name"]) for each in signature["parameters"]] == parameters


def test_where_it_is_defined_is_said() -> None:
    import json

    answer = described({"dumps": json.dumps}, "dumps")
    assert answer["file"] == json.__file__
    lines = Path(json.__file__).read_text().splitlines()
    assert lines[answer["line"] - 1].startswith("def dumps(")
    decoder = described({"json": json}, "json.JSONDecoder")
    assert decoder["file"].endswith("decoder.py")
    assert described({"json": json}, "json")["line"] == 1


@pytest.mark.parametrize("expression", ["nothing", "loud.nothing", "1 +", "", "len()"])
def test_what_is_no_name_of_a_value_is_not_found(expression: str) -> None:
    assert described(LOUD, expression) == {"found": False}


def test_an_import_that_has_not_run_is_known_if_its_module_is_loaded() -> None:
    before = ["import json as j", "from json import loads", "import no_such_module_at_all"]
    assert described({}, "j.dumps", *before)["found"]
    assert described({}, "loads", *before)["found"]
    assert described({}, "no_such_module_at_all", *before) == {"found": False}
    # What has run goes before.
    assert described({"j": 3}, "j", *before)["type"] == "int"
    matches = Introspection({}).complete("j.dum", 5, before)["matches"]
    assert matches == ["dump", "dumps"]


@pytest.mark.parametrize(
    ("code", "matches"),
    [
        ("import zoneinf", ["zoneinfo"]),
        ("import os, zoneinf", ["zoneinfo"]),
        ("import json.dec", ["decoder"]),
        ("from json import dum", ["dump", "dumps"]),
        ("from json import loads, dum", ["dump", "dumps"]),
        ("table['na", ["name", "nation"]),
        ('x = table["', ["key", "name", "nation"]),
        ("thing['", []),
    ],
)
def test_modules_and_keys_are_completed(code: str, matches: list[str]) -> None:
    import json.decoder

    table = {"name": 1, "nation": 2, "key": 3, 4: 5}
    assert json.decoder
    known = Introspection({"table": table, "thing": Loud()})
    assert known.complete(code, len(code))["matches"] == matches


class Lazy:
    """Asked for anything, it works."""

    def __getattribute__(self, name: str) -> Any:
        raise SystemExit(name)

    def __repr__(self) -> str:
        raise SystemExit("repr")


def annotated(
    a: Annotated[int, Lazy()], b: list[Annotated[int, Lazy()]], c: list[int] | None = None
) -> None:
    """Has annotations."""


# With strings in their place there is nothing to write.
annotated.__annotations__ = {
    "a": Annotated[int, Lazy()],
    "b": list[Annotated[int, Lazy()]],
    "c": list[int] | None,
}


@pytest.mark.parametrize("name", ["lazy", "annotated"])
def test_looking_at_a_value_asks_nothing_of_it(name: str) -> None:
    known = Introspection({"lazy": Lazy(), "annotated": annotated})
    found = known.describe(name, name, len(name))
    assert found["found"]
    assert found["name"] == name
    assert known.complete(name[:-1], len(name) - 1)["matches"] == [name]


@pytest.mark.parametrize(
    ("expression", "may"),
    [
        ("plain['a']", True),
        ("plain", True),
        ("box.plain['a'].x", True),
        ("[1, 2][0]", True),
        ("default['a']", False),
        ("plain['a']['b']", False),
        ("missing['a']", False),
        ("f()['a']", False),
        ("own['a'].x", False),
        ("pretender['a']", False),
    ],
)
def test_an_item_is_read_of_what_only_reads(expression: str, may: bool) -> None:
    class Own(dict):  # type: ignore[type-arg]
        """May do anything."""

    # It says that it is a table of pandas.
    pretender = type("DataFrame", (Own,), {"__module__": "pandas.core.frame"})()
    plain: dict[str, Any] = {}
    box = types.SimpleNamespace(plain=plain)
    namespace = {"plain": plain, "box": box, "default": defaultdict(list), "own": Own()}
    namespace["pretender"] = pretender
    assert may_be_evaluated(expression, namespace) is may


@pytest.mark.parametrize(
    ("code", "owners"),
    [
        ("a.b['c'].", ["a.b"]),
        ("a [0]", ["a"]),
        ("a[b[0]]", ["b", "a"]),
        ("a['x']['y']", ["a", ""]),
        ("(a)['x']", [""]),
        ("f()[0]", [""]),
        ("'text'[0]", [""]),
        ("a[']'][\"[\"]", ["a", ""]),
        ("a[\n'x'\n]", ["a"]),
        # Not read yet: their keys are completed.
        ("a['", []),
        ("a[b['x']", ["b"]),
        # Lists.
        ("return [1]", []),
        ("x = [1, [2]]", []),
        ("f(x, [1])", []),
        ("# a[0]\n[1]", []),
    ],
)
def test_items_that_a_text_reads_are_found(code: str, owners: list[str]) -> None:
    assert list(items_in(code)) == owners


@pytest.mark.parametrize(
    ("text", "is_run"),
    [
        ("def f(): y = 1", True),
        ("f = [y for y in z]", True),
        ("f = lambda: (y := 1)", True),
        ("y = 1", False),
        ("if f:\n  y = 1", False),
        ("for f in z: import y", False),
    ],
)
def test_what_functions_bind_is_not_bound_around_them(text: str, is_run: bool) -> None:
    assert not_run([text], {"f": 1}) == ([] if is_run else [text])


def test_completion_puts_no_key_into_a_defaultdict(tmp_path: Path) -> None:
    interactive = pytest.importorskip("IPython.core.interactiveshell")
    completions = pytest.importorskip("IPython.core.completer").provisionalcompleter
    from rdit_ext.runtime import introspect_ipython

    config = pytest.importorskip("traitlets.config").Config()
    # Nothing in the user's folder, no thread, no database.
    config.HistoryManager.enabled = False
    shell = interactive.InteractiveShell(config=config, ipython_dir=str(tmp_path))
    counts: defaultdict[str, dict[str, int]] = defaultdict(dict)
    shell.user_ns.update(counts=counts, keys=["typo"], plain={"a": [], "counts": counts})

    class Kernel:
        def __init__(self) -> None:
            self.shell = shell

        def do_complete(self, code: str, cursor: int) -> dict[str, Any]:
            with completions():
                found = list(shell.Completer.completions(code, cursor))
            return {"matches": [each.text for each in found]}

    known = introspect_ipython.Introspection(Kernel())
    for code in (
        "counts['typo'].",
        "counts ['typo'].",
        "(counts)['typo'].",
        "counts[keys[0]].",
        "plain['counts']['typo'].",
        "[counts][0]['typo'].",
        "counts['typo']['",
    ):
        known.complete(code, len(code))
        assert not counts, code
    known.describe("counts['typo'].clear", "counts['typo'].clear(", 21)
    assert not counts
    assert any("append" in name for name in known.complete("plain['a'].", 11)["matches"])
