# lines: 6-7
from __future__ import annotations

print("not this")

def f(x: Undefined): ...
f.__annotations__
