"""Which globals each statement of a script reads and binds, through the functions that it calls.

`name_facts.py` says what each statement does by itself. Here the statements of a script are joined:
which function a name holds, whether a value is part of another's, what a call changes.

What a statement may bind, delete or change in place is in its `binds`: `df` for `df["x"] = 1`.
What its outcome may depend on is in its `reads`. `"*"` in either means that it may be any name.

When it is not known it is on the safe side, with these exceptions, in which being so would make
every statement depend on every other: a function of an imported module does not change its
arguments, and a method whose name says so does not change its object (`name_tables.py`).
The time, `input()`, files and other processes are not looked at.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from .name_facts import (
    ALL,
    LAZY,
    Call,
    Class,
    Code,
    Facts,
    Module,
    Origins,
    Parameter,
    Sibling,
    bound_names,
    declared_globals,
    imported_modules,
    is_certain,
)
from .name_tables import (
    BUILTINS,
    CHANGED_ARGUMENTS,
    CHANGED_KEYWORDS,
    DRAWING,
    DRAWING_MODULES,
    GLOBAL_SETTINGS,
    HOLDING,
    HOLDING_PATHS,
    ITERATOR_METHODS,
    ITERATOR_PATHS,
    ITERATORS,
    NEW_METHODS,
    PART_METHODS,
    READING_EVERYTHING,
    SETTERS,
    STATES,
)

# The names that a statement reads, and those that it binds, sorted.
Names = tuple[tuple[str, ...], tuple[str, ...]]
NO_NAMES: Names = (), ()
# How many bindings back the origin of a value is followed.
_DEPTH = 40
_PYPLOT = "matplotlib.pyplot"
# Methods of a class that run when an instance is made.
_MAKING = ("__init__", "__new__", "__post_init__", "__set_name__", "__init_subclass__")


class NameIndex:
    """Which statements of a script bind which names, as far as their first words tell."""

    def __init__(self, nodes: Iterable[tuple[int, ast.stmt]], has_globals: bool):
        """`has_globals`: whether any function may declare a name as `global`."""
        self.binders: dict[str, list[int]] = {}
        self.uncertain: set[int] = set()
        # The first name under which each module was imported.
        self.modules: dict[str, str] = {}
        binders = self.binders
        for k, node in nodes:
            if type(node) is ast.Expr:
                continue
            for name in bound_names(node):
                there = binders.get(name)
                if there is None:
                    binders[name] = [k]
                elif there[-1] != k:
                    there.append(k)
            if not is_certain(node):
                self.uncertain.add(k)
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for path, name in imported_modules(node):
                    self.modules.setdefault(path, name)
            if has_globals:
                for name in declared_globals(node):
                    there = binders.setdefault(name, [])
                    if not there or there[-1] != k:
                        there.append(k)
                        self.uncertain.add(k)


class _Value:
    """Where a value may come from: the globals that it may be a part of, and what it may be."""

    __slots__ = ("roots", "things")

    def __init__(self, roots: frozenset[str], things: frozenset[Any]):
        self.roots = roots
        self.things = things

    def __or__(self, other: _Value) -> _Value:
        if not other.roots and not other.things:
            return self
        if not self.roots and not self.things:
            return other
        return _Value(self.roots | other.roots, self.things | other.things)


_NONE = _Value(frozenset(), frozenset())


class _Effects:
    """What running some code does: names that it reads, binds, or whose objects it changes, and
    parameters whose objects it changes."""

    __slots__ = ("binds", "changes", "parameters", "reads")

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.binds: set[str] = set()
        self.changes: set[str] = set()
        self.parameters: set[Parameter] = set()

    def add(self, called: _Effects) -> None:
        """Add what a function does that is called; its parameters have to be looked up."""
        self.reads |= called.reads
        self.binds |= called.binds
        self.changes |= called.changes


class Resolver:
    """The names of the statements of one script. `facts_of(k)` gives the facts of the k-th."""

    def __init__(self, index: NameIndex, facts_of: Callable[[int], Facts]):
        self._index = index
        self._binders = index.binders
        self._facts_of = facts_of
        self._given: dict[tuple[str, int], _Value] = {}
        self._held: dict[str, _Value] = {}
        self._summaries: dict[Code, _Effects] = {}
        self._results: dict[tuple[Call, int], _Value] = {}
        self._depth = 0

    def names_of(self, k: int) -> Names:
        """The names that the k-th statement reads and binds, sorted."""
        facts = self._facts_of(k)
        code = facts.code
        try:
            done = self._effects(code, k)
        except RecursionError:
            return (ALL,), (ALL,)
        reads, binds = done.reads, done.binds
        if done.changes:
            for name in tuple(done.changes):
                done.changes |= self._at(name, k).roots
            # What is changed, and not made by this statement, is read.
            reads |= done.changes - code.binds
            binds |= done.changes
        for name in tuple(reads):
            reads |= self._at(name, k).roots
        return self._own(reads), self._own(binds)

    def _own(self, names: set[str]) -> tuple[str, ...]:
        """Those that are not Python's, sorted."""
        binders = self._binders
        return tuple(
            sorted(
                name
                for name in names
                if name in binders or not (name in BUILTINS or name.startswith("__"))
            )
        )

    # ---- values

    def _at(self, name: str, k: int | None) -> _Value:
        """What a global holds where the k-th statement runs, or anywhere in the script."""
        binders = self._binders.get(name)
        if binders is None:
            return _NONE
        if k is None:
            return self._anywhere(name)
        i = bisect_left(binders, k)
        if i == 0:
            # Bound below only: it has run before, out of order.
            return self._anywhere(name)
        found = _NONE
        uncertain = self._index.uncertain
        while i:
            i -= 1
            j = binders[i]
            given = self._give(name, j)
            if given.roots:
                roots = frozenset(root for root in given.roots if not self._is_bound(root, j, k))
                given = _Value(roots, given.things)
            found |= given
            if j not in uncertain:
                break
        return found

    def _is_bound(self, name: str, after: int, before: int) -> bool:
        """Whether a statement between these two certainly binds the name anew."""
        binders = self._binders.get(name, ())
        for i in range(bisect_left(binders, after + 1), len(binders)):
            if binders[i] >= before:
                return False
            if binders[i] not in self._index.uncertain:
                return True
        return False

    def _anywhere(self, name: str) -> _Value:
        found = self._held.get(name)
        if found is None:
            self._held[name] = _NONE  # for a name that is bound by way of itself
            found = _NONE
            for j in self._binders.get(name, ()):
                found |= _Value(frozenset(), self._give(name, j).things)
            self._held[name] = found
        return found

    def _give(self, name: str, j: int) -> _Value:
        """What the j-th statement binds this name to."""
        key = name, j
        found = self._given.get(key)
        if found is None:
            origins = self._facts_of(j).gives.get(name)
            if not origins:
                found = _NONE
            elif self._depth > _DEPTH:
                return _NONE
            else:
                self._given[key] = _NONE
                self._depth += 1
                try:
                    found = self._expand(origins, j)
                finally:
                    self._depth -= 1
                anew = {
                    root
                    for root in found.roots
                    if j not in self._index.uncertain and j in self._binders.get(root, ())
                }
                siblings = {each.name for each in origins if type(each) is Sibling} - {name}
                found = _Value((found.roots - anew) | siblings, found.things)
            self._given[key] = found
        return found

    def _expand(self, origins: Origins, k: int | None, changed: bool = False) -> _Value:
        """What a value with these origins may be, and be a part of.

        What is in a module is no part of it, unless it is `changed` where it stands.
        """
        found = _NONE
        for origin in origins:
            if type(origin) is str:
                value = self._at(origin, k)
                if not changed and any(
                    type(thing) is Module and thing.path[-1] != ")" for thing in value.things
                ):
                    found |= value
                else:
                    found |= _Value(value.roots | {origin}, value.things)
            elif type(origin) is Sibling:
                found |= _Value(frozenset((origin.name,)), frozenset())
            elif type(origin) is Call:
                found |= self._result(origin, k)
            else:
                found |= _Value(frozenset(), frozenset((origin,)))
        return found

    def _result(self, call: Call, k: int | None) -> _Value:
        """Where the value of a call may come from."""
        key = call, -1 if k is None else k
        found = self._results.get(key)
        if found is None:
            if self._depth > _DEPTH:
                return _NONE
            self._results[key] = _NONE
            self._depth += 1
            try:
                found = self._follow_result(call, k)
            finally:
                self._depth -= 1
            self._results[key] = found
        return found

    def _follow_result(self, call: Call, k: int | None) -> _Value:
        function = self._expand(call.function, k)
        path = self._path_of(call, function)
        if path is not None:
            return self._of_module(call, path, k)
        codes = self._callees(call, function)
        if codes:
            found = _NONE
            for code, made in codes:
                if made is not None:
                    found |= _Value(frozenset(), frozenset((made,)))
                    found |= self._arguments(call, k)
                else:
                    found |= self._returned(code, call, function, k)
            return found
        method = call.method
        if method is not None:
            if method in NEW_METHODS:
                return _Value(frozenset(), _lazy(method in ITERATOR_METHODS))
            if method in ITERATOR_METHODS:
                return function | _Value(frozenset(), frozenset((LAZY,)))
            return function
        name = call.path[0] if len(call.path) == 1 else None
        if name in ITERATORS or name in HOLDING:
            found = self._arguments(call, k) if name in HOLDING else _NONE
            return found | _Value(frozenset(), _lazy(name in ITERATORS))
        return _NONE

    def _of_module(self, call: Call, path: str, k: int | None) -> _Value:
        """The value of a call of a module's function."""
        arguments = self._arguments(call, k)
        if path.startswith(HOLDING_PATHS):
            found = arguments
        else:
            found = _Value(
                frozenset(), frozenset(each for each in arguments.things if type(each) is Code)
            )
        if path.startswith(ITERATOR_PATHS):
            found |= _Value(frozenset(), frozenset((LAZY,)))
        state = self._state_of(path)
        if state is not None and not path.startswith(("random.", "numpy.random.")):
            found |= _Value(frozenset((state,)), frozenset())
        elif path.rpartition(".")[2].startswith("get") and call.path:
            found |= _Value(frozenset((call.path[0],)), frozenset())
        return found | _Value(frozenset(), frozenset((Module(path + "()"),)))

    def _returned(self, code: Code, call: Call, receiver: _Value, k: int | None) -> _Value:
        found = self._expand(code.returns, None)
        things: set[Any] = set()
        for thing in found.things:
            if type(thing) is Parameter and thing in code.parameters:
                given = self._argument(call, code, thing, receiver, k)
                found = _Value(found.roots | given.roots, found.things)
                things |= given.things
            else:
                things.add(thing)
        if code.is_generator:
            things.add(LAZY)
            found |= self._arguments(call, k)
        return _Value(found.roots, frozenset(things))

    def _arguments(self, call: Call, k: int | None) -> _Value:
        found = self._expand(call.rest, k)
        for origins in (*call.args, *call.keywords.values()):
            if origins:
                found |= self._expand(origins, k)
        return found

    def _argument(
        self, call: Call, code: Code, parameter: Parameter, receiver: _Value, k: int | None
    ) -> _Value:
        """What a call gives for a parameter."""
        shift = code.is_method and call.method is not None
        position = code.parameters.index(parameter)
        if code.is_method and position == 0:
            return receiver if shift else _NONE
        position -= code.is_method
        if parameter.rest:
            return self._arguments(call, k)
        if parameter.name in call.keywords:
            return self._expand(call.keywords[parameter.name], k)
        if position < len(call.args):
            return self._expand(call.args[position], k)
        return self._expand(call.rest, k)

    def _callees(self, call: Call, function: _Value) -> list[tuple[Code, Class | None]]:
        """The script's functions that a call may run; for a class with what it makes."""
        found: list[tuple[Code, Class | None]] = []
        method = call.method
        for thing in function.things:
            if type(thing) is Code:
                # A method of what holds a function, such as a thread, may run it.
                found.append((thing, None))
            elif type(thing) is Class:
                if method is not None:
                    code = self._method(thing, method)
                    if code is not None:
                        found.append((code, None))
                    continue
                made = False
                for name in _MAKING:
                    code = self._method(thing, name)
                    if code is not None:
                        made = True
                        found.append((code, thing))
                code = self._method(thing, "__call__")
                if code is not None:
                    found.append((code, None))
                if not made:
                    found.append((_NOTHING, thing))
        return found

    def _method(self, owner: Class, name: str, depth: int = 0) -> Code | None:
        code = owner.methods.get(name)
        if code is None and owner.bases and depth < 20:
            for base in self._expand(owner.bases, None).things:
                if type(base) is Class and base is not owner:
                    code = self._method(base, name, depth + 1)
                    if code is not None:
                        break
        return code

    # ---- effects

    def _summary(self, code: Code) -> _Effects:
        """What calling a function does, wherever it is called."""
        found = self._summaries.get(code)
        if found is None:
            found = self._summaries[code] = _Effects()  # of a recursion: nothing more
            done = self._effects(code, None)
            found.reads, found.binds = done.reads, done.binds
            found.changes, found.parameters = done.changes, done.parameters
        return found

    def _effects(self, code: Code, k: int | None) -> _Effects:
        done = _Effects()
        done.reads = set(code.reads)
        done.binds = set(code.binds)
        for origins in code.mutates:
            self._change(done, self._expand(origins, k, changed=True))
        for call in code.calls:
            self._run(done, call, k)
        for name in code.loads:
            things = self._at(name, k).things
            if things:
                self._use(done, name, things, code)
        if code.mentions:
            done.reads |= code.mentions & self._binders.keys()
        return done

    def _use(self, done: _Effects, name: str, things: frozenset[Any], code: Code) -> None:
        """A value is used: an iterator goes on, an instance may be asked for anything."""
        for thing in things:
            if thing is LAZY:
                done.changes.add(name)
            elif type(thing) is Class:
                for each, method in thing.methods.items():
                    if each.startswith("__") and each not in _MAKING:
                        summary = self._summary(method)
                        done.add(summary)
                        if method.parameters and method.parameters[0] in summary.parameters:
                            done.changes.add(name)

    def _change(self, done: _Effects, value: _Value) -> None:
        done.changes |= value.roots
        for thing in value.things:
            if type(thing) is Parameter:
                done.parameters.add(thing)

    def _run(self, done: _Effects, call: Call, k: int | None) -> None:
        """Add what a call does."""
        function = self._expand(call.function, k)
        path = self._path_of(call, function)
        codes = self._callees(call, function) if path is None else []
        for code, _ in codes:
            self._run_code(done, call, code, function, k)
        if call.args or call.keywords or call.rest:
            self._run_callbacks(done, call, function if path is None else _NONE, k)
        for name in CHANGED_KEYWORDS.intersection(call.keywords) if call.keywords else ():
            self._change(done, self._expand(call.keywords[name], k))
        if path is not None:
            self._run_module(done, call, path, k)
        elif call.method is not None and not any(code.is_method for code, _ in codes):
            self._run_method(done, call, function)

    def _run_code(
        self, done: _Effects, call: Call, code: Code, receiver: _Value, k: int | None
    ) -> None:
        summary = self._summary(code)
        done.add(summary)
        is_held = call.method is not None and not code.is_method
        for parameter in summary.parameters:
            if parameter in code.parameters and is_held:
                # What it is called with came in when it was handed over.
                self._change(done, receiver)
            elif parameter in code.parameters:
                self._change(done, self._argument(call, code, parameter, receiver, k))
            else:
                done.parameters.add(parameter)

    def _run_callbacks(self, done: _Effects, call: Call, receiver: _Value, k: int | None) -> None:
        """Functions among the arguments of a call may be called, with whatever else is there."""
        others = receiver
        callbacks = []
        for origins in (*call.args, *call.keywords.values(), call.rest):
            value = self._expand(origins, k) if origins else _NONE
            codes = [thing for thing in value.things if type(thing) is Code]
            callbacks += codes
            if not codes:
                others |= value
        for code in callbacks:
            summary = self._summary(code)
            done.add(summary)
            if any(parameter in summary.parameters for parameter in code.parameters):
                self._change(done, others)

    def _run_method(self, done: _Effects, call: Call, receiver: _Value) -> None:
        method = call.method
        if (
            (method in NEW_METHODS or method in PART_METHODS)
            and "inplace" not in call.truths
            and not any(
                type(thing) is Module and thing.path.startswith(("random.", "numpy.random."))
                for thing in receiver.things
            )
        ):
            return
        if method in DRAWING or "plot" in call.path[1:]:
            pyplot = self._name_of(_PYPLOT)
            is_drawn_on = pyplot in receiver.roots or any(
                type(thing) is Parameter for thing in receiver.things
            )
            if "ax" not in call.keywords and pyplot in self._binders:
                done.changes.add(pyplot)
            if not is_drawn_on:
                return
        self._change(done, receiver)

    def _run_module(self, done: _Effects, call: Call, path: str, k: int | None) -> None:
        position = CHANGED_ARGUMENTS.get(path)
        if position is not None and position < len(call.args):
            self._change(done, self._expand(call.args[position], k))
        state = self._state_of(path)
        if state is not None:
            done.changes.add(state)
        if path.startswith(DRAWING_MODULES) and "ax" not in call.keywords:
            pyplot = self._name_of(_PYPLOT)
            done.changes.add(pyplot)
        if GLOBAL_SETTINGS.match(path):
            done.binds.add(ALL)
        elif path.startswith(READING_EVERYTHING):
            done.reads.add(ALL)
        elif state is None and len(call.path) > 1 and SETTERS.match(call.path[-1]):
            done.changes.add(call.path[0])

    # ---- modules

    def _path_of(self, call: Call, function: _Value) -> str | None:
        """The full name of the module's function that is called, if it is one."""
        names = call.path
        if not names:
            return None
        for thing in function.things:
            if type(thing) is Module and thing.path[-1] != ")":
                return ".".join((thing.path, *names[1:]))
        name = names[0]
        if (
            len(names) == 1
            and ALL in self._binders
            and name not in self._binders
            and name not in BUILTINS
        ):
            for thing in self._anywhere(ALL).things:
                if type(thing) is Module:
                    return f"{thing.path}.{name}"
        return None

    def _state_of(self, path: str) -> str | None:
        """The name that stands for the state of a module which this function changes."""
        module, _, function = path.rpartition(".")
        apart = STATES.get(module)
        if apart is not None and function not in apart:
            return self._name_of(module)
        if path.startswith("matplotlib.pyplot."):
            return self._name_of(_PYPLOT)
        return None

    def _name_of(self, module: str) -> str:
        """The name under which a script has imported a module, or else the module's own."""
        return self._index.modules.get(module, module)


_NOTHING = Code()


def _lazy(is_so: bool) -> frozenset[Any]:
    return frozenset((LAZY,)) if is_so else frozenset()
