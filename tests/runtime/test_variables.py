"""The list of variables: described, filtered, opened and paged. No code of the user's is called."""

from __future__ import annotations

import sys
import threading
import types
from collections import OrderedDict, defaultdict, deque, namedtuple
from enum import Enum
from typing import Any

import msgspec
import pytest

from rdit_ext.protocol import QUERIES, VariablesParams, VariablesResult
from rdit_ext.runtime import introspect_children, introspect_variables

touched: list[str] = []


def touch(what: str) -> Any:
    touched.append(what)
    raise SystemExit(what)


class LoudMeta(type):
    """A metaclass with code where the interpreter asks."""

    def __getattribute__(cls, name: str) -> Any:
        return touch(f"meta {name}")

    def __instancecheck__(cls, instance: Any) -> bool:
        return bool(touch("meta instancecheck"))

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return bool(touch("meta subclasscheck"))

    def __hash__(cls) -> int:
        return int(touch("meta hash"))

    def __repr__(cls) -> str:
        return str(touch("meta repr"))

    # Fields that are read of any class, as properties.
    __module__ = property(lambda cls: touch("meta module"))  # type: ignore[assignment]
    __mro__ = property(lambda cls: touch("meta mro"))  # type: ignore[assignment]
    __name__ = property(lambda cls: touch("meta name"))  # type: ignore[assignment]
    __dict__ = property(lambda cls: touch("meta dict"))  # type: ignore[assignment]


def loud(name: str) -> Any:
    return lambda *args, **kwargs: touch(name)


METHODS = (
    *("__repr__", "__str__", "__len__", "__iter__", "__getitem__", "__contains__", "__bool__"),
    *(
        "__getattribute__",
        "__getattr__",
        "__hash__",
        "__eq__",
        "__sizeof__",
        "__dir__",
        "__format__",
    ),
    *("__get__", "__length_hint__", "__array__", "__int__", "__index__", "__float__", "__reduce__"),
    *("keys", "values", "items", "isoformat", "__fspath__", "__lt__", "__gt__"),
)
PROPERTIES = ("__class__", "shape", "dtype", "nbytes", "columns", "_fields", "_name_", "args")


def loud_class(*bases: type, meta: type = type, hashed: bool = False) -> Any:
    names: dict[str, Any] = {name: loud(name) for name in METHODS}
    names |= {name: property(loud(name)) for name in PROPERTIES}
    if not bases:
        names["__dict__"] = property(loud("__dict__"))
    if hashed:
        names["__hash__"] = lambda self: hash("a")
        del names["__eq__"]
    return meta("Loud", bases, names)


def made(kind: Any, *args: Any) -> Any:
    base = next(each for each in kind.__mro__ if each.__module__ != __name__)
    return base.__new__(kind, *args)


def ask(names: dict[str, Any], **params: Any) -> dict[str, Any]:
    """The answer, which must have the type of the protocol, as must the question."""
    asked = msgspec.to_builtins(msgspec.convert(params, VariablesParams))
    answer = introspect_variables.variables(list(names.items()), asked)
    msgspec.convert(answer, QUERIES["variables"].result)
    assert answer == msgspec.json.decode(msgspec.json.encode(answer))
    return answer


def rows(names: dict[str, Any], **params: Any) -> list[tuple[int, str, str]]:
    return [
        (row.get("depth", 0), row["name"], row["value"])
        for row in ask(names, **params)["variables"]
    ]


def name(text: str) -> dict[str, str]:
    return {"kind": "name", "name": text}


def opened(names: dict[str, Any], *opens: str, limit: int = 2000) -> list[dict[str, Any]]:
    """The rows when each row of one of these names is opened, level by level."""
    paths: list[Any] = []
    while True:
        answer = ask(names, opened=paths, limit=limit)["variables"]
        found = [row.get("path") or [name(row["name"])] for row in answer if row["name"] in opens]
        if found == paths:
            return list(answer)
        assert len(found) > len(paths)
        paths = found


BASES: dict[str, tuple[type, ...]] = {
    "object": (),
    "list": (list,),
    "dict": (dict,),
    "ordered": (OrderedDict,),
    "default": (defaultdict,),
    "tuple": (tuple,),
    "set": (set,),
    "frozenset": (frozenset,),
    "deque": (deque,),
    "str": (str,),
    "bytes": (bytes,),
    "int": (int,),
    "float": (float,),
    "error": (ValueError,),
    "module": (types.ModuleType,),
}


@pytest.mark.parametrize("meta", [type, LoudMeta], ids=["plain", "loud"])
@pytest.mark.parametrize("base", BASES)
def test_no_method_property_or_metaclass_of_the_users_is_called(base: str, meta: type) -> None:
    kind = loud_class(*BASES[base], meta=meta)
    mro = type.__dict__["__mro__"].__get__(kind)
    instance = mro[1].__new__(kind, *(["m"] if base == "module" else []))
    if base in ("list", "deque"):
        mro[1].append(instance, 1)
    if base in ("dict", "ordered", "default"):
        dict.__setitem__(instance, "key", 1)
    names = {"x": instance, "held": [instance, {"k": instance}], "kind": kind}
    touched.clear()
    path = [name("x")]
    held = [name("held"), {"kind": "item", "name": "0", "index": 0}]
    answer = ask(names, modules=True, functions=True, opened=[path, held[:1], held])
    for sort in ("name", "type", "size", "bytes"):
        ask(names, sort=sort)
    ask(names, words="loud nothing")
    assert touched == []
    by_name = {row["name"]: row for row in answer["variables"] if not row.get("depth")}
    assert by_name["x"]["type"] == "Loud"
    assert by_name["kind"]["value"] == "class Loud"


def test_what_only_says_that_it_is_of_a_package_is_not_asked() -> None:
    np = pytest.importorskip("numpy")
    for package, title in [("numpy", "ndarray"), ("pandas", "DataFrame"), ("datetime", "date")]:
        kind = loud_class()
        type.__setattr__(kind, "__module__", package)
        type.__setattr__(kind, "__qualname__", title)
        derived = type("Mine", (np.ndarray,), {"shape": property(loud("shape"))})
        names = {"fake": object.__new__(kind), "derived": np.ndarray.__new__(derived, (2, 3))}
        touched.clear()
        answer = ask(names, sort="size", opened=[[name("fake")], [name("derived")]])
        assert [row["type"] for row in answer["variables"]] == [title, "Mine"] or answer
        assert touched == []


def test_a_key_whose_hash_meets_another_is_not_compared() -> None:
    key = made(loud_class(hashed=True))
    names = {"table": {"a": [1], key: [2]}}
    touched.clear()
    table = opened(names, "table", "'a'")
    last = table[-1]["path"]
    assert [row["name"] for row in table[:3]] == ["table", "'a'", "0"]
    again = ask(names, opened=[[name("table")], last])["variables"]
    assert touched == []
    assert again[-1]["value"] == "2"


class Plain:
    shared = 1

    def __init__(self) -> None:
        self.field = [1, 2]
        self._own = None


class Slotted:
    __slots__ = ("left", "right")


class Colour(Enum):
    RED = 1


Pair = namedtuple("Pair", "left right")


def slotted() -> Slotted:
    value = Slotted()
    value.left = 1
    return value


@pytest.mark.parametrize(
    ("value", "text", "size"),
    [
        (3, "3", ""),
        pytest.param(10**5000, "int of 16610 bits", "", id="large"),
        (True, "True", ""),
        (None, "None", ""),
        ("a\nb", "'a\\nb'", "3"),
        ("x" * 1_000_000, "'" + "x" * 118 + "…", "1000000"),
        ([1, 2], "[1, 2]", "2"),
        ((1,), "(1,)", "1"),
        ((), "()", "0"),
        ([[1, [2, [3, [4]]]]], "[[1, [2, …]]]", "1"),
        (list(range(1000)), "[" + ", ".join(map(str, range(20))) + ", …]", "1000"),
        ({"a": 1}, "{'a': 1}", "1"),
        ({1, 2}, "{1, 2}", "2"),
        (set(), "set()", "0"),
        (deque([1]), "[1]", "1"),
        (range(5), "range(0, 5)", "5"),
        (Plain(), "(field=[1, 2])", ""),
        (slotted(), "(left=1)", ""),
        (Pair(1, "b"), "(left=1, right='b')", "2"),
        (Colour.RED, "Colour.RED", ""),
        (ValueError("no"), "('no',)", ""),
        (object(), "", ""),
        (iter([1]), "", ""),
    ],
)
def test_a_value_is_written_in_one_line(value: Any, text: str, size: str) -> None:
    (row,) = ask({"x": value})["variables"]
    assert (row["value"], row["size"]) == (text, size)


def test_a_list_that_holds_itself_is_written_and_opened() -> None:
    endless: list[Any] = [1]
    endless.append(endless)
    assert rows({"x": endless}) == [(0, "x", "[1, [1, [1, …]]]")]
    path = [name("x")]
    paths = [path]
    for _ in range(10):
        path = [*path, {"kind": "item", "name": "1", "index": 1}]
        paths.append(path)
    assert ask({"x": endless}, opened=paths)["total"] == 1 + 2 * 11


def test_arrays_and_tables_tell_shape_bytes_and_columns() -> None:
    np, pd = pytest.importorskip("numpy"), pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": np.arange(3), "b": [1.5, 2.5, 3.5]}, index=[7, 8, 9])
    names = {
        "array": np.arange(12).reshape(3, 4),
        "frame": frame,
        "number": np.float64(2.5),
        "objects": np.array([Plain(), None]),
        "empty": np.zeros((0, 3)),
        "flags": np.array(True),
        "half": np.zeros(1_000_000, dtype="int8"),
    }
    answer = {row["name"]: row for row in ask(names)["variables"]}
    found = {key: (row["type"], row["size"], row["value"]) for key, row in answer.items()}
    assert found == {
        "array": ("ndarray of int64", "3, 4", "[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]"),
        "frame": ("DataFrame", "3, 2", "a, b"),
        "number": ("float64", "", "2.5"),
        "objects": ("ndarray of object", "2", "[(field=[1, 2]), None]"),
        "empty": ("ndarray of float64", "0, 3", ""),
        "flags": ("ndarray of bool", "", "True"),
        "half": ("ndarray of int8", "1000000", "[" + "0, " * 20 + "…]"),
    }
    assert answer["half"]["bytes"] == 1_000_000
    assert answer["array"]["bytes"] == 12 * 8
    assert answer["frame"]["bytes"] == 3 * 8 * 3
    below = [(r["name"], r["type"], r["value"]) for r in opened({"frame": frame}, "frame", "b")]
    assert below[1:] == [
        ("a", "Series of int64", "[0, 1, 2]"),
        ("b", "Series of float64", "[1.5, 2.5, 3.5]"),
        ("7", "float", "1.5"),
        ("8", "float", "2.5"),
        ("9", "float", "3.5"),
    ]


def test_modules_functions_and_private_names_come_when_they_are_asked_for() -> None:
    import functools

    names = {
        "count": 1,
        "sys": sys,
        "ask": ask,
        "Plain": Plain,
        "cached": functools.lru_cache(ask),
        "_hidden": 2,
    }
    shown = lambda **params: [row[1] for row in rows(names, **params)]  # noqa: E731
    assert shown() == ["count"]
    assert shown(modules=True) == ["count", "sys"]
    assert shown(functions=True) == ["count", "ask", "Plain", "cached"]
    assert shown(private=True) == ["count", "_hidden"]
    assert shown(functions=True, words="PL") == ["Plain"]
    assert shown(words="int cou") == ["count"]
    assert ask(names)["names"] == 6


def test_names_are_sorted() -> None:
    names = {"b": [1, 2, 3], "C": "x", "a": 5, "d": [0] * 100}
    shown = lambda **params: [row[1] for row in rows(names, **params)]  # noqa: E731
    assert shown() == ["b", "C", "a", "d"]
    assert shown(sort="name") == ["a", "b", "C", "d"]
    assert shown(sort="type") == ["a", "b", "d", "C"]
    assert shown(sort="size", descending=True) == ["d", "b", "C", "a"]
    assert shown(sort="bytes", descending=True)[0] == "d"


def test_any_part_of_the_list_is_that_part_of_the_whole() -> None:
    names = {
        "first": [10, [1, 2, 3], {"k": (5, 6)}],
        "middle": 3,
        "thing": Plain(),
        "last": {"x": [7]},
    }
    opens = ["first", "1", "2", "'k'", "thing", "field", "last", "'x'"]
    whole = opened(names, *opens)
    paths = [row.get("path") or [name(row["name"])] for row in whole if row.get("opened", False)]
    assert len(whole) == 19
    for start in range(len(whole) + 2):
        for limit in (0, 1, 2, 5, 100):
            part = ask(names, opened=paths, offset=start, limit=limit)
            assert part["variables"] == whole[start : start + limit]
            assert part["total"] == len(whole)
    # What is opened stays so below a name that is elsewhere now.
    turned = ask(names, opened=paths, sort="name", descending=True)
    assert turned["total"] == len(whole)
    assert [r["name"] for r in turned["variables"] if not r.get("depth")] == [
        *("thing", "middle", "last", "first")
    ]


def test_a_path_that_leads_nowhere_opens_nothing() -> None:
    names: dict[str, Any] = {"x": [1, {"a": [2]}], "y": Plain()}
    item = {"kind": "item", "name": "1", "index": 1}
    wrong = [
        [name("gone")],
        [name("x"), {"kind": "item", "name": "9", "index": 9}],
        [name("x"), {"kind": "key", "name": "1", "index": 1}],
        [name("x"), {"kind": "attribute", "name": "append"}],
        [name("x"), item, {"kind": "key", "name": "'b'", "index": 0}],
        [name("y"), {"kind": "attribute", "name": "shared"}],
        # Its parent is not opened.
        [name("y"), {"kind": "attribute", "name": "field"}],
    ]
    assert ask(names, opened=wrong)["total"] == 2
    # A key that stands elsewhere now is found by its text.
    names["x"][1] = {"z": 0, "a": [2]}
    paths = [[name("x")], [name("x"), item]]
    paths.append([name("x"), item, {"kind": "key", "name": "'a'", "index": 0}])
    assert rows(names, opened=paths)[-2] == (3, "0", "2")


def test_a_large_list_costs_what_is_answered() -> None:
    """The items between are not looked at: each would say so."""
    item = made(loud_class())
    names = {"x": [item] * 1_000_000, "y": dict.fromkeys(range(100_000))}
    touched.clear()
    answer = ask(names, opened=[[name("x")], [name("y")]], offset=900_000, limit=3)
    assert answer["total"] == 2 + 1_000_000 + 100_000
    assert [row["name"] for row in answer["variables"]] == ["899999", "900000", "900001"]
    last = ask(names, opened=[[name("x")], [name("y")]], offset=answer["total"] - 2, limit=5)
    assert [row["name"] for row in last["variables"]] == ["99998", "99999"]
    assert touched == []


def test_values_may_change_meanwhile() -> None:
    """A thread changes what is listed, as fast as it can: each answer is one of its states."""
    growing: list[int] = []
    table: dict[int, int] = {}
    bag: set[int] = set()
    names = {"growing": growing, "table": table, "bag": bag}
    ended = threading.Event()

    def change() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            growing.append(number)
            table[number] = number
            bag.add(number)
            if number % 500 == 0:
                growing.clear()
                table.clear()
                bag.clear()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for offset in range(300):
            answer = ask(names, opened=[[name(n)] for n in names], offset=offset % 40, limit=100)
            assert [
                r for r in answer["variables"] if r["type"] not in ("int", "list", "dict", "set")
            ] == []
    finally:
        ended.set()
        thread.join()


def test_an_answer_is_the_result_of_the_protocol() -> None:
    answer = msgspec.convert(ask({"x": [1]}, opened=[[name("x")]]), VariablesResult)
    assert [(row.depth, row.opens, row.opened) for row in answer.variables] == [
        (0, True, True),
        (1, False, False),
    ]


def test_what_many_paths_lead_through_is_looked_at_once() -> None:
    class Box:
        pass

    def calls(count: int) -> int:
        """The calls in Python to open each item of so many attributes of one instance."""
        box = Box()
        for k in range(count):
            setattr(box, f"x{k}", [k])
        steps = [{"kind": "attribute", "name": f"x{k}", "index": 0} for k in range(count)]
        name = {"kind": "name", "name": "box", "index": 0}
        opened = [[name], *([name, step] for step in steps)]
        made = 0

        def called(frame: object, event: str, argument: object) -> None:
            nonlocal made
            made += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(called)
        try:
            found = introspect_variables.variables([("box", box)], {"opened": opened, "limit": 1})
        finally:
            sys.setprofile(before)
        assert found["total"] == 1 + 2 * count
        return made

    assert calls(200) < 2.5 * calls(100)


def test_items_are_found_where_they_are_and_keys_where_they_went() -> None:
    value = {"a": 1, "b": 2, "c": 3}
    places = introspect_children.Places(value)
    assert places.locate({"kind": "key", "name": "'c'", "index": 2}) == (2, 3)
    assert places.locate({"kind": "key", "name": "'c'", "index": 0}) == (2, 3)
    assert places.locate({"kind": "key", "name": "'d'", "index": 0})[0] == -1
    assert places.locate({"kind": "item", "name": "0", "index": 0})[0] == -1
