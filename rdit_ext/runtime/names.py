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

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from .fixpoint import Fixpoint
from .name_index import NameIndex, is_class_name
from .name_origins import (
    ALL,
    CAPTURED,
    FIXED_ONLY,
    FRESH,
    FRESH_ONLY,
    LAZY,
    MAKING,
    Attribute,
    Call,
    Class,
    Code,
    Default,
    Facts,
    Held,
    Inherited,
    Kind,
    Module,
    Origins,
    Parameter,
    Part,
    Sibling,
    names_among,
)
from .name_tables import (
    BUILTINS,
    CHANGED_ARGUMENTS,
    CHANGED_BY_METHODS,
    CHANGED_KEYWORDS,
    CHANGING,
    CHANGING_MOSTLY,
    CHANGING_UNUSED,
    CONTAINERS,
    DRAWING,
    DRAWING_MODULES,
    FILLING,
    GLOBAL_SETTINGS,
    HOLDING,
    HOLDING_PATHS,
    INPLACE,
    ITERATOR_METHODS,
    ITERATOR_PATHS,
    ITERATORS,
    NEW_METHODS,
    PART_METHODS,
    PLAIN_BUILTINS,
    READING_EVERYTHING,
    STATES,
    sets_state,
)
from .name_values import (
    ANEW,
    EMPTY,
    FIXED_VALUE,
    NO_EFFECTS,
    NOTHING,
    Effects,
    Running,
    Value,
    roots,
    things,
)

# The names that a statement reads, and those that it binds, sorted.
Names = tuple[tuple[str, ...], tuple[str, ...]]
NO_NAMES: Names = (), ()
_PYPLOT = "matplotlib.pyplot"


class Resolver:
    """The names of the statements of one script. `facts_of(k)` gives the facts of the k-th.

    Long: values, what they hold and what calls do to them are asked of each other, in circles.
    """

    def __init__(self, index: NameIndex, facts_of: Callable[[int], Facts]):
        self._index = index
        self._binders = index.binders
        self._facts_of = facts_of
        # What a statement gives to a name, what a name holds anywhere, the value of a call at a
        # statement, the effects of a function.
        self._solved = Fixpoint()
        self._running: dict[str, Running] = {}
        self._settled: set[tuple[str, int]] = set()
        self._modules: dict[str, Module] = {}
        # What names hold at the statement that is looked at.
        self._place = -1
        self._here: dict[str, Value] = {}

    def names_of(self, k: int) -> Names:
        """The names that the k-th statement reads and binds, sorted."""
        facts = self._facts_of(k)
        code = facts.code
        if k == 0 and self._binders.get("__doc__", (1,))[0] == 0 and not code.loads:
            return (), self._own(code.binds | {"__doc__"})
        if not code.loads and not code.calls and not code.maybe:
            return self._own(code.reads), self._own(code.binds)
        self._place, self._here = k, {}
        try:
            return self._join(code, k)
        except RecursionError:
            return (ALL,), (ALL,)
        finally:
            self._solved.abandon()

    def _join(self, code: Code, k: int) -> Names:
        self._settle([(name, k) for name in code.loads])
        done = self._effects(code, k)
        reads, binds = done.reads, done.binds
        if done.changes:
            for name in tuple(done.changes):
                done.changes |= self._at(name, k).roots
            # What is changed, and not made by this statement, is read.
            reads |= done.changes - code.binds
            binds |= done.changes
        for name in code.maybe:
            if self._binders.get(name, (k,))[0] < k:
                reads.add(name)
        for name in tuple(reads):
            value = self._at(name, k)
            if (value.roots or value.held) and not any(map(_is_module, value.things)):
                reads |= value.roots | value.held
        return self._own(reads), self._own(binds)

    def _own(self, names: set[str]) -> tuple[str, ...]:
        """Those that are not Python's, sorted."""
        if not names:
            return ()
        binders = self._binders
        return tuple(
            sorted(
                name
                for name in names
                if name in binders or not (name in BUILTINS or name.startswith("__"))
            )
        )

    # ---- values

    def _at(self, name: str, k: int | None) -> Value:
        """What a global holds where the k-th statement runs, or anywhere in the script."""
        binders = self._binders.get(name)
        if binders is None:
            return NOTHING
        if k is None:
            return self._anywhere(name)
        if self._place != k:
            return self._look_up(name, binders, k)[0]
        found = self._here.get(name)
        if found is None:
            found, is_final = self._look_up(name, binders, k)
            if is_final:
                self._here[name] = found
        return found

    def _look_up(self, name: str, binders: list[int], k: int) -> tuple[Value, bool]:
        """What a name holds at a statement, and whether that is final."""
        end = bisect_left(binders, k)
        if end == 0:
            # Bound below only: it has run before, out of order.
            return self._anywhere(name), name in self._solved.known
        start = self._index.last_certain(name, end)
        running = self._running.get(name)
        if running is None or (running.at <= end and running.start != start):
            running = self._running[name] = Running(start)
        elif running.at > end:
            running = Running(start)
        at = running.at
        given = [(j, self._give(name, j)) for j in binders[at:end]]
        if running.at != at:
            # It has gone on meanwhile, for a statement further down.
            running = Running(start)
            given = [(j, self._give(name, j)) for j in binders[start:end]]
        is_final = all((name, j) in self._solved.known for j, _ in given)
        if not is_final:
            running = running.copy()
        for j, value in given:
            if self._index.is_filled(name, j) and _is_only_module(running.things):
                value = NOTHING  # `numpy.append(xs, 1)` puts nothing into the module
            running.add(value, j)
        found = Value(
            frozenset(root for root, j in running.roots.items() if not self._is_bound(root, j, k)),
            running.things,
            frozenset(root for root, j in running.held.items() if not self._is_bound(root, j, k)),
        )
        return found, is_final

    def _is_bound(self, name: str, after: int, before: int) -> bool:
        """Whether a statement between these two certainly binds the name anew."""
        binders = self._index.certain(name)
        i = bisect_left(binders, before)
        return i > 0 and binders[i - 1] > after

    def _anywhere(self, name: str) -> Value:
        found: Value | None = self._solved.known.get(name)
        if found is None:
            found = self._solved.solve(name, NOTHING, self._find_anywhere, name)
        return found

    def _find_anywhere(self, name: str) -> Value:
        binders = self._binders.get(name, ())
        self._settle([(name, j + 1) for j in binders])
        found: frozenset[Any] = frozenset()
        filled: frozenset[Any] = frozenset()
        for j in binders:
            if self._index.is_filled(name, j):
                filled |= self._give(name, j).things
            else:
                found |= self._give(name, j).things
        return Value(EMPTY, found if _is_only_module(found) else found | filled)

    def _give(self, name: str, j: int) -> Value:
        """What the j-th statement binds this name to."""
        key = name, j
        found: Value | None = self._solved.known.get(key)
        if found is None:
            found = self._solved.solve(key, NOTHING, self._find_given, name, j)
        return found

    def _find_given(self, name: str, j: int) -> Value:
        origins = self._facts_of(j).gives.get(name)
        if not origins:
            return ANEW
        found = self._expand(origins, j)
        anew = {
            root
            for root in found.roots | found.held
            if j in self._binders.get(root, ()) and self._index.is_certain(root, j)
        }
        siblings = {each.name for each in origins if type(each) is Sibling} - {name}
        return Value((found.roots - anew) | siblings, found.things, found.held - anew)

    def _settle(self, wanted: list[tuple[str, int]]) -> None:
        """Find what names hold at statements, and before it what that comes from, from the top of
        the script down: so a long chain of bindings is no deep recursion."""
        found = []
        waiting = wanted
        while waiting:
            name, k = waiting.pop()
            binders = self._binders.get(name, ())
            i = bisect_left(binders, k)
            while i:
                i -= 1
                j = binders[i]
                if (name, j) in self._settled:
                    break
                self._settled.add((name, j))
                found.append((j, name))
                waiting += [(other, j) for other in names_among(self._facts_of(j).gives.get(name))]
                if self._index.is_certain(name, j):
                    break
        for j, name in sorted(found):
            self._give(name, j)

    def _expand(self, origins: Origins, k: int | None, changed: bool = False) -> Value:
        """What a value with these origins may be, and be a part of.

        What is in a module is no part of it, unless it is `changed` where it stands.
        """
        if origins is FIXED_ONLY:
            return FIXED_VALUE
        if origins is FRESH_ONLY:
            return ANEW
        found = NOTHING
        for origin in origins:
            is_part = type(origin) is Part
            name = origin.whole if type(origin) is Part else origin
            if type(name) is str:
                value = self._at(name, k)
                if is_part:
                    value = value.part()
                if value.things == FIXED_ONLY and not value.roots:
                    # To have a number is to be part of nothing.
                    found |= value
                elif not changed and any(map(_is_module, value.things)):
                    found |= things(*value.things)
                else:
                    found |= Value(value.roots | {name}, value.things, value.held)
            elif type(origin) is Held:
                value = self._expand(frozenset((origin.origin,)), k)
                found |= things(*_able(value)) if origin.deep else value.holder()
            elif type(origin) is Default:
                value = self._expand(origin.origins, k)
                if value.roots or value.things != FIXED_ONLY:
                    found |= value | things(CAPTURED)
            elif type(origin) is Sibling:
                found |= roots(origin.name)
            elif type(origin) is Call:
                found |= self._result(origin, k)
            else:
                found |= things(origin)
        return found

    def _result(self, call: Call, k: int | None) -> Value:
        """Where the value of a call may come from."""
        key = call, -1 if k is None else k
        found: Value | None = self._solved.known.get(key)
        if found is None:
            found = self._solved.solve(key, NOTHING, self._follow_result, call, k)
        return found

    def _follow_result(self, call: Call, k: int | None) -> Value:
        function = self._expand(call.function, k)
        paths = self._paths_of(call, function, k)
        codes = self._callees(call, function)
        if paths or codes:
            found = NOTHING
            for path in paths:
                found |= self._of_module(call, path, k)
            for code, made in codes:
                if made is not None:
                    found |= things(made)
                    # What stands in the class itself.
                    shared = function.roots if made.is_shared else EMPTY
                    found |= Value(EMPTY, EMPTY, function.held | shared)
                    found |= self._arguments(call, k).holder()
                    # What the new object has put itself into.
                    for parameter in self._summary(code).parameters:
                        whole = parameter.whole if type(parameter) is Part else parameter
                        if isinstance(whole, Parameter) and whole in code.parameters[1:]:
                            found |= self._argument(call, code, whole, function, k)
                else:
                    found |= self._returned(code, call, function, k)
            return found
        method = call.method
        if method is not None:
            if method in NEW_METHODS:
                able = _able(function | self._arguments(call, k))
                return things(*_lazy(method in ITERATOR_METHODS), *able)
            if method in ITERATOR_METHODS:
                return function.holder() | things(LAZY)
            return function.part()
        name = call.path[0] if len(call.path) == 1 else None
        if name in ITERATORS or name in HOLDING:
            found = self._arguments(call, k) if name in HOLDING else NOTHING
            found = found.holder() if name in ITERATORS else found.part()
            return found | things(*_lazy(name in ITERATORS))
        return things(*_able(self._arguments(call, k)))

    def _of_module(self, call: Call, path: str, k: int | None) -> Value:
        """The value of a call of a module's function."""
        arguments = self._arguments(call, k)
        is_held = path.startswith(HOLDING_PATHS)
        found = arguments.holder() if is_held else things(*_able(arguments))
        if path.startswith(ITERATOR_PATHS):
            found |= things(LAZY)
        state = self._state_of(path)
        if state is not None and not path.startswith(("random.", "numpy.random.")):
            found |= roots(state)
        elif path.rpartition(".")[2].startswith("get") and call.path:
            found |= roots(call.path[0])
        return found | things(self._made_by(path))

    def _made_by(self, path: str) -> Module:
        """What a function of a module has made."""
        found = self._modules.get(path)
        if found is None:
            found = self._modules[path] = Module(path + "()")
        return found

    def _returned(self, code: Code, call: Call, receiver: Value, k: int | None) -> Value:
        found = self._expand(code.returns, None)
        given_things: set[Any] = set()
        for thing in found.things:
            if type(thing) is Parameter and thing in code.parameters:
                given = self._argument(call, code, thing, receiver, k)
                found = Value(found.roots | given.roots, found.things, found.held | given.held)
                given_things |= given.things
            elif type(thing) is Part and thing.whole in code.parameters:
                given = self._argument(call, code, thing.whole, receiver, k).part()
                found = Value(found.roots | given.roots, found.things, found.held)
                given_things |= given.things
            else:
                given_things.add(thing)
        if code.is_generator:
            # Its code runs when it is used.
            given_things.update((LAZY, code))
        if code.is_generator or any(type(thing) is Code for thing in given_things):
            # A function that is returned keeps what this one was called with.
            kept = self._arguments(call, k)
            found |= kept.holder()
            given_things |= _able(kept)
        return Value(found.roots, frozenset(given_things), found.held)

    def _arguments(self, call: Call, k: int | None) -> Value:
        found = self._expand(call.rest, k)
        for origins in (*call.args, *call.keywords.values()):
            if origins:
                found |= self._expand(origins, k)
        return found

    def _argument(
        self, call: Call, code: Code, parameter: Parameter, receiver: Value, k: int | None
    ) -> Value:
        """What a call gives for a parameter."""
        position = code.parameters.index(parameter)
        if not code.is_method:
            return self._positional(call, parameter, position, k)
        if position == 0:
            is_bound = call.method is not None or _attributes_in(receiver.things)
            found = receiver if is_bound else NOTHING
        else:
            found = self._positional(call, parameter, position - 1, k)
        if self._is_of_class(call):
            # `Point.move(p, 1)`.
            found |= self._positional(call, parameter, position, k)
        return found

    def _positional(self, call: Call, parameter: Parameter, position: int, k: int | None) -> Value:
        if parameter.rest:
            return self._arguments(call, k)
        if parameter.name in call.keywords:
            return self._expand(call.keywords[parameter.name], k)
        if position < len(call.args):
            return self._expand(call.args[position], k)
        return self._expand(call.rest, k)

    def _is_of_class(self, call: Call) -> bool:
        """Whether a method is called at a class of the script's rather than at an instance."""
        return len(call.path) == 2 and any(
            type(origin) is Class
            for j in self._binders.get(call.path[0], ())
            for origin in self._facts_of(j).gives.get(call.path[0], ())
        )

    def _callees(self, call: Call, function: Value) -> list[tuple[Code, Class | None]]:
        """The script's functions that a call may run; for a class with what it makes."""
        found: list[tuple[Code, Class | None]] = []
        method = call.method
        attributes = _attributes_in(function.things)
        for thing in function.things:
            if type(thing) is Code:
                # A method of what holds a function, such as a thread, may run it.
                found.append((thing, None))
            elif type(thing) is Inherited and method is not None:
                for base in self._bases(thing.owner):
                    found += [(code, None) for code in self._methods(base, method)]
            elif type(thing) is Class:
                if method is not None:
                    found += [(code, None) for code in self._methods(thing, method)]
                    continue
                bound = [code for name in attributes for code in self._methods(thing, name)]
                if bound:
                    found += [(code, None) for code in bound]
                    continue
                makers = [code for name in MAKING for code in self._methods(thing, name)]
                found += [(code, thing) for code in makers or [_NOTHING]]
                found += [(code, None) for code in self._methods(thing, "__call__")]
        return found

    def _bases(self, owner: Class) -> list[Class]:
        if not owner.bases:
            return []
        return [each for each in self._expand(owner.bases, None).things if type(each) is Class]

    def _methods(self, owner: Class, name: str) -> list[Code]:
        """The methods of this name: those of the class, or else those of its bases."""
        found: list[Code] = []
        waiting, seen = [owner], {owner}
        while waiting:
            each = waiting.pop()
            if name in each.methods:
                found += each.methods[name]
            else:
                bases = [base for base in self._bases(each) if base not in seen]
                seen.update(bases)
                waiting += bases
        return found

    def _implied(self, owner: Class) -> list[Code]:
        """The methods, also of base classes, that run without being called by name."""
        found: list[Code] = []
        waiting, seen = [owner], {owner}
        while waiting:
            each = waiting.pop()
            found += each.implied
            bases = [base for base in self._bases(each) if base not in seen]
            seen.update(bases)
            waiting += bases
        return found

    # ---- effects

    def _summary(self, code: Code) -> Effects:
        """What calling a function does, wherever it is called."""
        found: Effects | None = self._solved.known.get(code)
        if found is None:
            found = self._solved.solve(code, NO_EFFECTS, self._effects, code, None)
        return found

    def _effects(self, code: Code, k: int | None) -> Effects:
        done = Effects()
        done.reads = set(code.reads)
        done.binds = set(code.binds)
        for default in code.defaults:
            done.reads |= self._expand(default.origins, k).roots
        for origins in code.mutates:
            self._change(done, self._expand(origins, k, changed=True))
        for call in code.calls:
            self._run(done, call, k)
        for name in code.loads:
            things = self._at(name, k).things
            if things and things != FIXED_ONLY:
                self._use(done, name, things)
        if code.mentions:
            done.reads |= code.mentions & self._binders.keys()
        return done

    def _use(self, done: Effects, name: str, things: frozenset[Any]) -> None:
        """A value is used: an iterator goes on, an instance may be asked for anything."""
        for thing in things:
            if thing is LAZY:
                if not any(_is_module(each) for each in things):
                    done.changes.add(name)
                for each in things:
                    if type(each) is Code and each.is_generator:
                        done.add(self._summary(each))
            elif type(thing) is Class:
                for method in self._implied(thing):
                    summary = self._summary(method)
                    done.add(summary)
                    if _changes_first(method, summary):
                        done.changes.add(name)

    def _change(self, done: Effects, value: Value) -> None:
        done.changes |= value.roots
        for thing in value.things:
            if type(thing) is Parameter or type(thing) is Part:
                done.parameters.add(thing)

    def _run(self, done: Effects, call: Call, k: int | None) -> None:
        """Add what a call does."""
        if call.method is None and len(call.path) == 1:
            name = call.path[0]
            if name in PLAIN_BUILTINS and name not in self._binders and name in call.function:
                if "file" in call.keywords:
                    self._change(done, self._expand(call.keywords["file"], k))
                elif name == "print" and self._index.replaces_stdout:
                    done.reads.add("sys.stdout")
                return
        function = self._expand(call.function, k)
        paths = self._paths_of(call, function, k)
        is_other = not paths
        for path in paths:
            self._run_module(done, call, path, k)
        if paths:
            kinds = {type(each) for each in function.things if not _is_module(each)} - {Attribute}
            is_other = bool(kinds - {Kind}) or not function.things.isdisjoint(_CHANGEABLE)
            # A name may be a module, or something else where that is missing.
            function = self._expand(call.function, k, changed=True) if is_other else NOTHING
        codes = self._callees(call, function)
        if call.method in self._index.methods and is_other and not codes:
            self._run_namesakes(done, call, function, k)
            if call.method not in FILLING:
                codes = [(_NOTHING, None)]
        for code, _ in codes:
            self._run_code(done, call, code, function, k)
        if call.args or call.keywords or call.rest:
            self._run_callbacks(done, call, function if call.method is not None else NOTHING, k)
        for name in CHANGED_KEYWORDS.intersection(call.keywords) if call.keywords else ():
            self._change(done, self._expand(call.keywords[name], k))
        if not is_other or any(code.is_method or code is _NOTHING for code, _ in codes):
            return
        if call.method is not None:
            self._run_method(done, call, call.method, function, k)
            self._run_unbound(done, call, k)
        else:
            for name in _attributes_in(function.things):
                self._run_method(done, call, name, function.part(), k)

    def _run_code(
        self, done: Effects, call: Call, code: Code, receiver: Value, k: int | None
    ) -> None:
        summary = self._summary(code)
        done.add(summary)
        is_held = call.method is not None and not code.is_method
        for parameter in summary.parameters:
            if parameter is CAPTURED:
                self._change(done, receiver)
            elif parameter in code.parameters and is_held:
                # What it is called with came in when it was handed over.
                self._change(done, receiver.part())
            elif parameter in code.parameters:
                self._change(done, self._argument(call, code, parameter, receiver, k))
            elif type(parameter) is Part and parameter.whole in code.parameters:
                given = self._argument(call, code, parameter.whole, receiver, k)
                self._change(done, given.part())
            else:
                done.parameters.add(parameter)

    def _run_namesakes(self, done: Effects, call: Call, receiver: Value, k: int | None) -> None:
        """Of a call of a method at an unknown object: run the methods of this name in any class."""
        for owner, at in self._index.methods[call.method or ""]:
            for thing in self._give(owner, at).things:
                if type(thing) is Class:
                    for code in thing.methods.get(call.method or "", ()):
                        self._run_code(done, call, code, receiver, k)

    def _run_callbacks(self, done: Effects, call: Call, receiver: Value, k: int | None) -> None:
        """Functions among the arguments of a call may be called, with whatever else is there."""
        others = receiver
        callbacks = []
        for origins in (*call.args, *call.keywords.values(), call.rest):
            if not origins or origins is FIXED_ONLY or origins is FRESH_ONLY:
                continue
            value = self._expand(origins, k)
            codes = [thing for thing in value.things if type(thing) is Code]
            names = _attributes_in(value.things)
            for thing in value.things if names else ():
                if type(thing) is Class:
                    codes += [code for name in names for code in self._methods(thing, name)]
            callbacks += codes
            if any(name in CHANGING for name in names) or any(
                code.is_method and _changes_first(code, self._summary(code)) for code in codes
            ):
                # A method of it may be called.
                self._change(done, value)
            if not codes:
                others |= value
        for code in callbacks:
            summary = self._summary(code)
            done.add(summary)
            if any(
                each in summary.parameters or each.part in summary.parameters
                for each in code.parameters
            ):
                self._change(done, others)

    def _run_unbound(self, done: Effects, call: Call, k: int | None) -> None:
        """`list.append(xs, 1)`: the object is an argument."""
        owner, method = call.path if len(call.path) == 2 else ("", "")
        if owner in CONTAINERS and owner not in self._binders and method in CHANGING and call.args:
            self._change(done, self._expand(call.args[0], k))

    def _run_method(
        self, done: Effects, call: Call, method: str, receiver: Value, k: int | None
    ) -> None:
        made = [each.path for each in receiver.things if type(each) is Module]
        position = CHANGED_BY_METHODS.get(method)
        if position is not None and position < len(call.args):
            self._change(done, self._expand(call.args[position], k))
        if (
            (method in NEW_METHODS or method in PART_METHODS)
            and "inplace" not in call.truths
            and not ("**" in call.truths and method in INPLACE)
            and (call.is_used or method not in CHANGING_UNUSED)
            and ((call.is_used and made) or method not in CHANGING_MOSTLY)
            and not any(path.startswith(("random.", "numpy.random.")) for path in made)
        ):
            return
        if method in DRAWING or "plot" in call.path[1:]:
            pyplot = self._name_of(_PYPLOT)
            is_drawn_on = pyplot in receiver.roots or any(
                type(thing) in (Parameter, Part) for thing in receiver.things
            )
            if "ax" not in call.keywords and pyplot in self._binders:
                done.changes.add(pyplot)
            if not is_drawn_on:
                return
        self._change(done, receiver)

    def _run_module(self, done: Effects, call: Call, path: str, k: int | None) -> None:
        positions = CHANGED_ARGUMENTS.get(path, ())
        *_, owner, function = ("", *path.split("."))
        if (function in CHANGING and is_class_name(owner)) or (
            function == "at" and path.startswith("numpy.")
        ):
            # `pandas.DataFrame.update(df, …)`, `numpy.add.at(xs, …)`.
            positions = (0,)
        for position in positions:
            given = call.args[position] if position < len(call.args) else call.rest
            self._change(done, self._expand(given, k))
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
        elif state is None and len(call.path) > 1 and sets_state(path):
            done.changes.add(call.path[0])

    # ---- modules

    def _paths_of(self, call: Call, function: Value, k: int | None) -> list[str]:
        """The full names of the functions of modules that a call may be of."""
        names = call.path
        if not names:
            return []
        found = set()
        value = function.things
        if names[0] in call.function or any(
            type(each) is Part and each.whole == names[0] for each in call.function
        ):
            value = self._at(names[0], k).things
        for thing in value:
            if _is_module(thing):
                for each in [t.name for t in value if type(t) is Attribute] or [""]:
                    found.add(".".join(filter(None, (thing.path, each, *names[1:]))))
        name = names[0]
        if (
            len(names) == 1
            and ALL in self._binders
            and name not in self._binders
            and name not in BUILTINS
        ):
            for thing in self._anywhere(ALL).things:
                if type(thing) is Module:
                    found.add(f"{thing.path}.{name}")
        return sorted(found)

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


def _is_module(thing: Any) -> bool:
    """Whether this is a module, or in one, and not what a function of one has made."""
    return type(thing) is Module and thing.path[-1] != ")"


def _is_only_module(things: frozenset[Any]) -> bool:
    return bool(things) and all(map(_is_module, things))


def _changes_first(code: Code, summary: Effects) -> bool:
    """Whether a function changes its first argument."""
    if not code.parameters:
        return False
    first = code.parameters[0]
    return first in summary.parameters or first.part in summary.parameters


def _attributes_in(things: frozenset[Any]) -> list[str]:
    """The last names of the attributes that a value may be."""
    return sorted({each.name.rpartition(".")[2] for each in things if type(each) is Attribute})


_CHANGEABLE = frozenset((FRESH, LAZY))
_NOTHING = Code()


def _able(value: Value) -> frozenset[Any]:
    """What something new that is made of a value may do: what instances and functions in it do."""
    if not value.things:
        return ANEW.things
    return ANEW.things.union(each for each in value.things if type(each) in (Code, Class))


def _lazy(is_so: bool) -> frozenset[Any]:
    return frozenset((LAZY,)) if is_so else frozenset()
