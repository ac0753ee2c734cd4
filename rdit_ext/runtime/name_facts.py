"""What one statement does with names, by its syntax tree alone.

`note` walks the tree once. It knows no other statement: what it notes of a text is true wherever
the text stands.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .name_index import DEFINITIONS, captures, filled_by, may_suppress, names_in, root_name
from .name_origins import (
    ALL,
    CAPTURED,
    FIXED_ONLY,
    FRESH_ONLY,
    LAZY,
    MAKING,
    NEW,
    Attribute,
    Call,
    Class,
    Code,
    Default,
    Facts,
    Held,
    Inherited,
    Module,
    Origins,
    Parameter,
    Part,
    Sibling,
)
from .name_tables import BUILTIN_ROLES, FILLING, REPLACED_BY_ALL, STREAMS, Role, identifiers_in

_LAZY_ONLY: Origins = frozenset((LAZY,))
_EVERYTHING: Origins = frozenset((ALL,))


def note(*statements: ast.stmt) -> Facts:
    """The facts of a top-level statement, or of several that run as one."""
    facts = Facts()
    if len(statements) == 1 and type(statements[0]) is ast.Assign:
        assignment = statements[0]
        if type(assignment.value) is ast.Constant and type(assignment.targets[0]) is ast.Name:
            names = [each.id for each in assignment.targets if type(each) is ast.Name]
            if len(names) == len(assignment.targets):  # the most frequent statement by far
                facts.code.binds.update(names)
                facts.gives = dict.fromkeys(names, FIXED_ONLY)
                return facts
    try:
        walk = _Walk(facts)
        for statement in statements:
            walk.visit(statement)
    except RecursionError:
        # Nested more deeply than can be followed from here: it may be anything.
        facts.code.reads.add(ALL)
        facts.code.binds.add(ALL)
    return facts


class _Scope:
    """The names of a function, a comprehension or a class body, and their origins."""

    __slots__ = ("is_class", "names")

    def __init__(self, names: dict[str, Origins], is_class: bool = False):
        self.names = names
        self.is_class = is_class


class _Walk:
    """One walk over the tree of a statement, or of a function in it.

    `visit` notes what an expression or a statement does, and returns the origins of its value.
    Long, with a method for each kind of node: they share the scopes they walk in.
    """

    def __init__(
        self,
        facts: Facts,
        code: Code | None = None,
        scopes: Sequence[_Scope] = (),
        declared: Iterable[str] = (),
    ):
        self.facts = facts
        self.code = facts.code if code is None else code
        # From the inside out, without the globals.
        self.scopes = list(scopes)
        # At top level: the globals that are certainly bound by now, and the values of those that
        # the statement has bound.
        self.is_top = code is None
        self.bound: set[str] = set()
        # The same, if each loop runs once at least.
        self.assumed: set[str] = set()
        self.values: dict[str, Origins] = {}
        self.declared = set(declared)
        # How many scopes, of comprehensions, have been opened inside of the function's own.
        self.inside = 0 if self.scopes else 1000
        # The classes that are being defined, from the outside in.
        self.owners: list[Class] = []
        # How many blocks that may not run are around.
        self.depth = 0

    def visit(self, node: ast.AST) -> Origins:
        method = _METHODS.get(type(node))
        if method is not None:
            return method(self, node)
        found = NEW
        for child in ast.iter_child_nodes(node):
            self.visit(child)
        return found

    def visit_all(self, nodes: Iterable[ast.AST | None]) -> Origins:
        found = NEW
        for node in nodes:
            if node is not None:
                found |= self.visit(node)
        return found

    def nothing(self, node: ast.AST) -> Origins:
        return NEW

    def constant(self, node: ast.AST) -> Origins:
        return FIXED_ONLY

    def parts(self, node: ast.AST) -> Origins:
        """An expression that has the values of its parts, or holds them."""
        return self.visit_all(ast.iter_child_nodes(node))

    def display(self, node: ast.AST) -> Origins:
        """A new list, set or dictionary that holds its parts."""
        return _held_by(self.visit_all(ast.iter_child_nodes(node))) | FRESH_ONLY

    def string(self, node: ast.AST) -> Origins:
        self.block(ast.iter_child_nodes(node))
        return FIXED_ONLY

    def block(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    # ---- names

    def name(self, node: Any) -> Origins:
        return self.load(node.id)

    def load(self, name: str) -> Origins:
        if self.scopes:
            for k, scope in enumerate(self.scopes):
                if scope.is_class and k:
                    continue
                found = scope.names.get(name)
                if found is not None:
                    return found if k <= self.inside else found | {CAPTURED}
        code = self.code
        code.loads.add(name)
        if name not in self.bound:
            code.reads.add(name)
        value = self.values.get(name)
        if value is not None:
            return value | {Sibling(name)}
        return frozenset((name,))

    def store(self, name: str, value: Origins, scope: int = 0) -> None:
        """Bind a name in the scope with this number, counted from the inside, or in its own."""
        if name not in self.declared:
            for inner in self.scopes[scope:]:
                if name in inner.names or inner.is_class:
                    if not inner.is_class and self.depth:
                        value |= inner.names.get(name, NEW)
                    inner.names[name] = value
                    if inner is not self.scopes[0] and not self.is_top:
                        self.code.mutates.append(frozenset((CAPTURED,)))
                    return
        self.code.binds.add(name)
        if self.depth and not self.is_top:
            self.code.reads.add(name)
        gives = self.facts.gives
        gives[name] = gives.get(name, NEW) | value
        if self.is_top:
            self.bound.add(name)
            self.assumed.add(name)
            self.values[name] = self.values.get(name, NEW) | value if self.depth else value

    def assign(self, target: ast.expr, value: Origins) -> None:
        """Bind a target, or change what it is a part of."""
        if isinstance(target, ast.Name):
            self.store(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            names: list[str] = []
            if self.is_top and not self.scopes and any(type(each) is Call for each in value):
                names += names_in(target)
            value = _part_of(value)
            for element in target.elts:
                siblings = {
                    Sibling(name)
                    for name in names
                    if not (isinstance(element, ast.Name) and name == element.id)
                }
                self.assign(element, value | siblings)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, _held_by(value))
        else:
            self.change(target)
            self.fill(target, value)

    def fill(self, target: ast.AST, value: Origins) -> None:
        """A global, or what is a part of it, holds this value from now on."""
        name = root_name(target)
        if any(name in scope.names for scope in self.scopes):
            return
        if name and self.is_top and value and value != FIXED_ONLY:
            gives = self.facts.gives
            deep = not isinstance(getattr(target, "value", target), ast.Name)
            gives[name] = gives.get(name, NEW) | _held_by(value, deep)

    def change(self, target: Any) -> None:
        """What `target[…]` or `target.name` is a part of is changed in place."""
        origins = self.visit(target.value)
        if isinstance(target, ast.Subscript):
            self.visit(target.slice)
        path = _path(target)
        if path in REPLACED_BY_ALL:
            self.code.binds.add(".".join(path) if path in STREAMS else ALL)
        if origins:
            self.code.mutates.append(origins)

    # ---- statements

    def assignment(self, node: Any) -> Origins:
        value, target = node.value, node.targets[0]
        if (
            len(node.targets) == 1
            and isinstance(target, (ast.Tuple, ast.List))
            and isinstance(value, (ast.Tuple, ast.List))
            and len(target.elts) == len(value.elts)
            and not any(isinstance(part, ast.Starred) for part in target.elts + value.elts)
        ):
            values = [self.visit(part) for part in value.elts]
            for element, found in zip(target.elts, values, strict=True):
                self.assign(element, found)
        else:
            found = self.visit(value)
            for target in node.targets:
                self.assign(target, found)
            if len(node.targets) > 1 and found != FIXED_ONLY:
                # `a = b = []` is one list.
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                for name in names[1:] if self.is_top and not self.scopes else ():
                    self.facts.gives[name] |= {Sibling(names[0])}
                    self.facts.gives[names[0]] |= {Sibling(name)}
        return NEW

    def annotated(self, node: Any) -> Origins:
        self.visit(node.annotation)
        if node.value is not None:
            self.assign(node.target, self.visit(node.value))
        elif not isinstance(node.target, ast.Name):
            self.visit(node.target)
        return NEW

    def augmented(self, node: Any) -> Origins:
        value = self.visit(node.value)
        target = node.target
        if isinstance(target, ast.Name):
            old = self.load(target.id)
            if old:
                self.code.mutates.append(old)
            # A list is extended by what the other one holds.
            self.store(target.id, old | _held_by(_part_of(value)) | value)
        else:
            self.change(target)
            self.fill(target, value | _part_of(value))
        return NEW

    def delete(self, node: Any) -> Origins:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.load(target.id)
                self.store(target.id, NEW)
                self.bound.discard(target.id)
            elif isinstance(target, (ast.Tuple, ast.List)):
                self.delete(ast.Delete(target.elts))
            else:
                self.change(target)
        return NEW

    def importing(self, node: Any) -> Origins:
        for alias in node.names:
            top = alias.name.partition(".")[0]
            path = alias.name if alias.asname else top
            self.store(alias.asname or top, _module(path))
        return NEW

    def importing_from(self, node: Any) -> Origins:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == ALL:
                self.code.binds.add(ALL)
                self.facts.gives[ALL] = self.facts.gives.get(ALL, NEW) | _module(module)
            else:
                self.store(alias.asname or alias.name, _module(f"{module}.{alias.name}"))
        return NEW

    def branch(self, node: Any) -> Origins:
        self.visit(node.test)
        before, assumed = self.enter(), self.assumed
        self.assumed = set(assumed)
        self.block(node.body)
        first, self.bound = self.bound, set(before)
        one, self.assumed = self.assumed, set(assumed)
        self.block(node.orelse)
        self.leave(first & self.bound)
        self.code.maybe |= one ^ self.assumed
        self.assumed &= one
        return NEW

    def loop(self, node: Any) -> Origins:
        if isinstance(node, ast.While):
            self.visit(node.test)
        else:
            items = _part_of(self.visit(node.iter))
        before = self.enter()
        if not isinstance(node, ast.While):
            self.assign(node.target, items)
        self.block(node.body)
        self.bound = set(before)
        self.block(node.orelse)
        self.leave(before)
        return NEW

    def with_block(self, node: Any) -> Origins:
        for item in node.items:
            value = self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        if not may_suppress(node):
            self.block(node.body)
            return NEW
        # Its body may end at any place, and what follows it runs.
        before, assumed = self.enter(), self.assumed
        self.assumed = set(assumed)
        self.block(node.body)
        self.leave(before)
        self.code.maybe |= self.assumed - assumed
        self.assumed = assumed
        return NEW

    def trying(self, node: Any) -> Origins:
        before, assumed = self.enter(), self.assumed
        self.assumed = set(assumed)
        self.block(node.body)
        self.block(node.orelse)
        after, one = self.bound, self.assumed
        for handler in node.handlers:
            self.bound, self.assumed = set(before), set(assumed)
            if handler.type is not None:
                self.visit(handler.type)
            if handler.name:
                self.store(handler.name, NEW)
            self.block(handler.body)
            if not isinstance(handler.body[-1], ast.Raise):
                after = after & self.bound
                self.assumed.discard(handler.name or "")
                self.code.maybe |= one ^ self.assumed
        self.assumed = one
        self.bound = set(before)
        self.block(node.finalbody)
        self.leave(after | self.bound)
        return NEW

    def matching(self, node: Any) -> Origins:
        subject = self.visit(node.subject)
        before, assumed = self.enter(), self.assumed
        for case in node.cases:
            self.bound, self.assumed = set(before), set(assumed)
            for name in captures(case.pattern):
                self.store(name, _part_of(subject) | subject)
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.expr):
                    self.visit(part)
            if case.guard is not None:
                self.visit(case.guard)
            self.block(case.body)
            self.code.maybe |= self.assumed - assumed
        self.assumed = assumed
        self.leave(before)
        return NEW

    def enter(self) -> set[str]:
        self.depth += 1
        return set(self.bound)

    def leave(self, bound: set[str]) -> None:
        self.depth -= 1
        self.bound = bound

    def returning(self, node: Any) -> Origins:
        if node.value is not None:
            self.code.returns |= self.visit(node.value)
        return NEW

    # ---- definitions

    def function(self, node: Any) -> Origins:
        decorators = [self.visit(decorator) for decorator in node.decorator_list]
        is_method = (
            bool(self.scopes)
            and self.scopes[0].is_class
            and not _is_decorated(node, "staticmethod")
        )
        code = self.define(node, self.owners[-1] if is_method else None)
        code.is_method = is_method
        value: Origins = frozenset((code,))
        for decorator, expression in zip(decorators, node.decorator_list, strict=True):
            path = _path(expression)
            if path in _QUIET_DECORATORS or path[-1:] in (("setter",), ("getter",)):
                continue
            called = Call(decorator, None, path, [value], {}, NEW, frozenset())
            self.code.calls.append(called)
            value |= {called}
        if self.scopes and self.scopes[0].is_class:
            methods = self.owners[-1].methods
            methods[node.name] = (*methods.get(node.name, ()), code)
            # A property; or any other decorator that makes one of it.
            if node.decorator_list and not (
                _is_decorated(node, "classmethod") or _is_decorated(node, "staticmethod")
            ):
                self.owners[-1].implied.append(code)
        self.store(node.name, value)
        return NEW

    def define(self, node: Any, owner: Class | None = None) -> Code:
        """The code of a function, a lambda, or a method of `owner`; reads its annotations."""
        arguments = node.args
        positional = (*arguments.posonlyargs, *arguments.args)
        with_defaults = (
            *positional[len(positional) - len(arguments.defaults) :],
            *arguments.kwonlyargs,
        )
        defaults = {
            argument.arg: self.visit(default)
            for argument, default in zip(
                with_defaults, (*arguments.defaults, *arguments.kw_defaults), strict=True
            )
            if default is not None
        }
        scopes = [scope for scope in self.scopes if not scope.is_class]
        names: dict[str, Origins] = {}
        code = Code()
        for argument in (*positional, *arguments.kwonlyargs):
            parameter = Parameter(argument.arg)
            code.parameters.append(parameter)
            names[argument.arg] = frozenset((parameter,))
        for name, origins in defaults.items():
            if origins and origins != FIXED_ONLY:
                # One object for all calls.
                code.defaults.append(Default(origins))
                names[name] |= {code.defaults[-1]}
        for argument in filter(None, (arguments.vararg, arguments.kwarg)):
            parameter = Parameter(argument.arg, rest=True)
            code.parameters.append(parameter)
            names[argument.arg] = frozenset((parameter,))
        code.owner = owner
        if owner is not None and code.parameters:
            # An instance, or the class itself.
            names[code.parameters[0].name] |= {owner}
        scoped = self.typed(node)
        for argument in ast.walk(arguments):
            if isinstance(argument, ast.arg) and argument.annotation is not None:
                self.visit(argument.annotation)
        if getattr(node, "returns", None) is not None:
            self.visit(node.returns)
        if scoped:
            scopes = [self.scopes[0], *scopes]
            del self.scopes[0]
        if isinstance(node, ast.Lambda):
            walk = _Walk(self.facts, code, [_Scope(names), *scopes])
            code.returns = walk.visit(node.body)
            return code
        declared, free = _locals_of(node.body, names)
        for name in free:
            names.pop(name, None)
        walk = _Walk(self.facts, code, [_Scope(names), *scopes], declared)
        walk.block(node.body)
        return code

    def typed(self, node: Any) -> bool:
        """Open a scope for the type parameters of a definition, if it has any."""
        parameters = getattr(node, "type_params", None)
        if not parameters:
            return False
        self.scopes.insert(0, _Scope({parameter.name: NEW for parameter in parameters}))
        for parameter in parameters:
            self.visit_all(getattr(parameter, field, None) for field in ("bound", "default_value"))
        return True

    def anonymous(self, node: Any) -> Origins:
        return frozenset((self.define(node),))

    def class_block(self, node: Any) -> Origins:
        found = Class()
        decorators = [self.visit(decorator) for decorator in node.decorator_list]
        scoped = self.typed(node)
        found.bases = self.visit_all((*node.bases, *(each.value for each in node.keywords)))
        if node.bases or node.keywords:
            # `__init_subclass__` of a base.
            made = Call(found.bases, "__init_subclass__", (), [], {}, NEW, frozenset())
            self.code.calls.append(made)
        scope = _Scope({}, is_class=True)
        self.scopes.insert(0, scope)
        self.owners.append(found)
        self.block(node.body)
        self.owners.pop()
        del self.scopes[0]
        if scoped:
            del self.scopes[0]
        for name, origins in scope.names.items():
            defined = found.methods.get(name, ())
            # Also a function that is given a name there.
            given = (each for each in origins if isinstance(each, Code) and each not in defined)
            if codes := (*defined, *given):
                found.methods[name] = codes
                if name.startswith("__") and name not in MAKING:
                    found.implied += codes
        value: Origins = frozenset((found,))
        for name, origins in scope.names.items():
            if name not in found.methods and not _is_field(node, name):
                value |= _held_by(origins - FIXED_ONLY - FRESH_ONLY)
                # Its instances have it, too.
                found.is_shared |= origins != FIXED_ONLY and bool(origins)
        for decorator, expression in zip(decorators, node.decorator_list, strict=True):
            called = Call(decorator, None, _path(expression), [value], {}, NEW, frozenset())
            self.code.calls.append(called)
        self.store(node.name, value)
        return NEW

    def type_alias(self, node: Any) -> Origins:
        scoped = self.typed(node)
        self.visit(node.value)
        if scoped:
            del self.scopes[0]
        self.store(node.name.id, NEW)
        return NEW

    # ---- expressions

    def attribute(self, node: Any) -> Origins:
        found = self.visit(node.value)
        if node.attr in ("f_globals", "__globals__"):
            self.code.reads.add(ALL)
            return found | _EVERYTHING
        before = [each for each in found if type(each) is Attribute]
        if before:
            found -= frozenset(before)
        if found and found != FIXED_ONLY:
            names = [f"{each.name}.{node.attr}" for each in before] or [node.attr]
            found |= {Attribute(name) for name in names}
        return _part_of(found)

    def subscript(self, node: Any) -> Origins:
        found = self.visit(node.value)
        index = node.slice
        self.visit(index)
        if isinstance(index, (ast.Compare, ast.List, ast.BinOp, ast.UnaryOp)) and not isinstance(
            node.ctx, (ast.Store, ast.Del)
        ):
            # Chosen by a mask or a list: a copy, in numpy and pandas. A number as index: a part.
            is_number = isinstance(index, (ast.BinOp, ast.UnaryOp)) and isinstance(
                getattr(index, "operand", getattr(index, "right", None)), ast.Constant
            )
            return _part_of(found) if is_number else FRESH_ONLY
        return _part_of(found)

    def plain(self, node: Any) -> Origins:
        """An operator: its value is a new one."""
        if isinstance(node, ast.BinOp):
            rights = []
            while isinstance(node, ast.BinOp):  # a long sum is a deep tree
                rights.append(node.right)
                node = node.left
            found = self.visit(node) | self.visit_all(reversed(rights))
        else:
            found = self.visit_all(ast.iter_child_nodes(node))
        return FIXED_ONLY if found == FIXED_ONLY else FRESH_ONLY

    def walrus(self, node: Any) -> Origins:
        value = self.visit(node.value)
        self.store(node.target.id, value)
        return value

    def comprehension(self, node: Any) -> Origins:
        generators = node.generators
        first = self.visit(generators[0].iter)
        scope = _Scope({})
        outer = self.scopes
        for k, each in enumerate(generators):
            items = _part_of(self.visit(each.iter) if k else first)
            if not k:
                # The first iterable is evaluated outside; a class body is not seen from inside.
                inner = [one for one in outer if not one.is_class]
                self.scopes = [scope, *inner]
                self.inside += 1
            for name in names_in(each.target):
                scope.names[name] = items
            self.assign(each.target, items)
            for condition in each.ifs:
                self.visit(condition)
        if isinstance(node, ast.DictComp):
            found = self.visit(node.key) | self.visit(node.value)
        else:
            found = self.visit(node.elt)
        self.scopes = outer
        self.inside -= 1
        if isinstance(node, ast.GeneratorExp):
            return _held_by(found | first) | _LAZY_ONLY
        return _held_by(found) | FRESH_ONLY

    def waiting(self, node: Any) -> Origins:
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            self.code.is_generator = True
            if node.value is not None:
                self.code.returns |= _held_by(self.visit(node.value))
            return NEW
        return self.visit(node.value)

    def expression(self, node: Any) -> Origins:
        found = self.visit(node.value)
        if type(node.value) is ast.Call:
            for each in found:
                if type(each) is Call:
                    each.is_used = False
        return NEW

    def call(self, node: Any) -> Origins:
        function = node.func
        method = None
        if isinstance(function, ast.Attribute):
            method = function.attr
            origins = self.visit(function.value)
        else:
            origins = self.visit(function)
        args = []
        rest = NEW
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                rest |= self.visit(argument.value)
            else:
                args.append(self.visit(argument))
        keywords = {}
        truths = []
        for keyword in node.keywords:
            found = self.visit(keyword.value)
            if keyword.arg is None:
                rest |= found
                truths.append("**")
            else:
                keywords[keyword.arg] = found
                if not isinstance(keyword.value, ast.Constant) or keyword.value.value:
                    truths.append(keyword.arg)
        path = _path(function)
        if method is None and len(path) == 1 and path[0] in origins:
            role = BUILTIN_ROLES.get(path[0])
            if role is not None:
                done = self.builtin(role, path[0], args, keywords, rest)
                if done is not None:
                    return done
        if path[:2] in STREAMS and method in ("close", "detach", "reconfigure"):
            self.code.binds.add(".".join(path[:2]))
        if method in FILLING:
            for target in filled_by(node):
                for value in (*args, *keywords.values(), rest):
                    self.fill(target, value)
        self.mention(node, method)
        called = Call(origins, method, path, args, keywords, rest, frozenset(truths))
        self.code.calls.append(called)
        return frozenset((called,))

    def builtin(
        self,
        role: Role,
        name: str,
        args: list[Origins],
        keywords: dict[str, Origins],
        rest: Origins,
    ) -> Origins | None:
        """A call of a builtin function: the origins of its value, or None if it calls others."""
        code = self.code
        if role is Role.EVERYTHING and len(args) < 2 and not rest and not keywords:
            code.reads.add(ALL)
            if name != "globals":
                code.binds.add(ALL)
            return _EVERYTHING
        if role is Role.NAMESPACE and not args:
            if self.is_top and not self.scopes:
                code.reads.add(ALL)
                return _EVERYTHING
            return NEW
        if role is Role.EVERYTHING or role is Role.CHANGES:
            # With names of its own, `exec` changes these.
            position = 1 if role is Role.EVERYTHING and len(args) > 1 else 0
            target = args[position] if args else rest
            code.mutates.append(target)
            return target
        if role is Role.NAMESPACE:
            return args[0]
        if role is Role.INHERITED and code.parameters and code.owner is not None:
            # `super()`, `super(Class, self)`.
            first: Origins = args[1] if len(args) > 1 else frozenset((code.parameters[0],))
            return first | {Inherited(code.owner)}
        return None

    def mention(self, node: ast.Call, method: str | None) -> None:
        words = identifiers_in(node, method)
        if words:
            self.code.mentions.update(words)


def _is_field(node: ast.ClassDef, name: str) -> bool:
    """Whether a name of a class is but declared there, and each instance has its own value:
    `x: list = field(default_factory=list)`."""
    return any(
        isinstance(each, (ast.Assign, ast.AnnAssign))
        and isinstance(each.value, ast.Call)
        and _path(each.value.func)[-1:] in _FIELDS
        and any(
            name in names_in(target)
            for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        )
        for each in node.body
    )


def _is_decorated(node: Any, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in node.decorator_list)


def _part_of(origins: Origins) -> Origins:
    """The origins of an item or an attribute of a value."""
    return frozenset(
        Part(each)
        if type(each) is str
        else each.part
        if type(each) is Parameter
        else each.origin
        if type(each) is Held
        else each
        for each in origins
    )


def _held_by(origins: Origins, deep: bool = False) -> Origins:
    """The origins of something new that holds a value."""
    return frozenset(Held(each, deep) if type(each) in _HOLDABLE else each for each in origins)


def _module(path: str) -> Origins:
    return _EVERYTHING if path == "__main__" else frozenset((Module(path),))


def _path(node: ast.AST) -> tuple[str, ...]:
    """The names of `a.b.c`; empty for anything else."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(names))


def _locals_of(body: list[ast.stmt], names: dict[str, Origins]) -> tuple[set[str], set[str]]:
    """Add the names that a function's body binds; return those it declares `global`, and all that
    are not its own."""
    declared: set[str] = set()
    free: set[str] = set()
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        kind = type(node)
        if kind is ast.Name:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                names.setdefault(node.id, NEW)  # type: ignore[attr-defined]
            continue
        if kind in DEFINITIONS:
            names.setdefault(node.name, NEW)  # type: ignore[attr-defined]
            continue
        if kind is ast.Lambda:
            continue
        if kind in _COMPREHENSIONS:
            for inner in ast.walk(node):
                if isinstance(inner, ast.NamedExpr):
                    names.setdefault(inner.target.id, NEW)
            continue
        if kind is ast.Global:
            declared.update(node.names)  # type: ignore[attr-defined]
            free.update(node.names)  # type: ignore[attr-defined]
            continue
        if kind is ast.Nonlocal:
            free.update(node.names)  # type: ignore[attr-defined]
            continue
        if kind is ast.Import or kind is ast.ImportFrom:
            for alias in node.names:  # type: ignore[attr-defined]
                names.setdefault(alias.asname or alias.name.partition(".")[0], NEW)
            continue
        for field in ("name", "rest"):  # `except … as name`, patterns of `match`
            name = getattr(node, field, None)
            if isinstance(name, str):
                names.setdefault(name, NEW)
        waiting.extend(ast.iter_child_nodes(node))
    return declared, free


# They do not call what they decorate.
_QUIET_DECORATORS = {("property",), ("classmethod",), ("staticmethod",)}
_FIELDS = {("field",), ("Field",), ("ib",), ("attrib",), ("mapped_column",), ("Column",)}
_HOLDABLE = {str, Sibling, Call, Part}
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_METHODS: dict[type, Callable[[_Walk, Any], Origins]] = {
    ast.Name: _Walk.name,
    ast.Constant: _Walk.constant,
    ast.Assign: _Walk.assignment,
    ast.AnnAssign: _Walk.annotated,
    ast.AugAssign: _Walk.augmented,
    ast.Delete: _Walk.delete,
    ast.Import: _Walk.importing,
    ast.ImportFrom: _Walk.importing_from,
    ast.If: _Walk.branch,
    ast.For: _Walk.loop,
    ast.AsyncFor: _Walk.loop,
    ast.While: _Walk.loop,
    ast.With: _Walk.with_block,
    ast.AsyncWith: _Walk.with_block,
    ast.Try: _Walk.trying,
    ast.Match: _Walk.matching,
    ast.Return: _Walk.returning,
    ast.Global: _Walk.nothing,
    ast.Nonlocal: _Walk.nothing,
    ast.Pass: _Walk.nothing,
    ast.FunctionDef: _Walk.function,
    ast.AsyncFunctionDef: _Walk.function,
    ast.ClassDef: _Walk.class_block,
    ast.Lambda: _Walk.anonymous,
    ast.Attribute: _Walk.attribute,
    ast.Subscript: _Walk.subscript,
    ast.BinOp: _Walk.plain,
    ast.UnaryOp: _Walk.plain,
    ast.Compare: _Walk.plain,
    ast.JoinedStr: _Walk.string,
    ast.FormattedValue: _Walk.string,
    ast.NamedExpr: _Walk.walrus,
    ast.Await: _Walk.waiting,
    ast.Yield: _Walk.waiting,
    ast.YieldFrom: _Walk.waiting,
    ast.Call: _Walk.call,
    ast.Expr: _Walk.expression,
    ast.Starred: _Walk.parts,
    ast.Tuple: _Walk.parts,
    ast.List: _Walk.display,
    ast.Set: _Walk.display,
    ast.Dict: _Walk.display,
    ast.BoolOp: _Walk.parts,
    ast.IfExp: _Walk.parts,
    **dict.fromkeys(_COMPREHENSIONS, _Walk.comprehension),
    **{
        getattr(ast, name): method
        for name, method in (("TryStar", _Walk.trying), ("TypeAlias", _Walk.type_alias))
        if hasattr(ast, name)
    },
}
