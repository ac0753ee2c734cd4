"""What a class and an instance hold themselves, read past whatever the user has put in the way: no
metaclass, no `__getattribute__`, no `__class__` and no property named `__dict__` is called.

`type(value)` is the class as the interpreter has it. Its fields are read by the descriptors of
`type` itself, since a lookup on the class begins in its metaclass.
https://docs.python.org/3/howto/descriptor.html
"""

from __future__ import annotations

import sys
import types
from collections.abc import Container, Iterator, Mapping
from typing import Any

_OF_TYPE = vars(type)
_DICT, _MRO = _OF_TYPE["__dict__"], _OF_TYPE["__mro__"]
_QUALNAME, _MODULE = _OF_TYPE["__qualname__"], _OF_TYPE["__module__"]
# No longer.
_MOST_NAME = 200


def ids(*kinds: type) -> frozenset[int]:
    """The identities of classes, to look one up among them: its hash and its equality may be the
    user's."""
    return frozenset(map(id, kinds))


def class_dict(kind: type) -> Mapping[str, Any]:
    """The attributes that a class defines itself."""
    found: Mapping[str, Any] = _DICT.__get__(kind)
    return found


def mro_of(kind: type) -> tuple[type, ...]:
    """A class and its bases, in the order of lookups."""
    found: tuple[type, ...] = _MRO.__get__(kind)
    return found


def name_of(kind: type) -> str:
    """The qualified name of a class."""
    name: str = _QUALNAME.__get__(kind)
    return name[:_MOST_NAME]


def package_of(kind: type) -> str:
    """The top-level package that defines a class, as the class says; "" if it says none."""
    try:
        module = _MODULE.__get__(kind)
    except AttributeError:
        return ""
    return module.partition(".")[0] if type(module) is str else ""


def is_class_of(kind: type, package: str, names: Container[str]) -> bool:
    """Whether it is the package's own class of one of these names, and not one that says so."""
    if package_of(kind) != package or name_of(kind) not in names:
        return False
    module = sys.modules.get(package)
    return module is not None and own_attributes(module).get(name_of(kind)) is kind


def defined(kind: type, name: str) -> Any:
    """What the class or the first of its bases defines by this name; None if none does."""
    for each in mro_of(kind):
        names = class_dict(each)
        if name in names:
            return names[name]
    return None


def own_attributes(value: Any) -> dict[str, Any]:
    """The attributes that an instance holds itself, without those of its class: its `__dict__`; {}
    if it has none. Not a copy."""
    if issubclass(type(value), (type, types.ModuleType)):
        descriptor: Any = None if issubclass(type(value), type) else _MODULE_DICT
    else:
        descriptor = defined(type(value), "__dict__")
    if type(descriptor) not in (types.GetSetDescriptorType, types.MemberDescriptorType):
        return {}
    own = descriptor.__get__(value, type(value))
    return own if type(own) is dict else {}


_MODULE_DICT = vars(types.ModuleType)["__dict__"]


def slots_of(value: Any) -> Iterator[tuple[str, Any]]:
    """The slots of an instance that are set, with their values."""
    for each in reversed(mro_of(type(value))):
        names = class_dict(each)
        if "__slots__" not in names:
            continue
        for name, slot in names.items():
            if type(slot) is types.MemberDescriptorType and not name.startswith("__"):
                try:
                    yield name, slot.__get__(value, type(value))
                except AttributeError:  # not set
                    continue
