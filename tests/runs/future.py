from __future__ import annotations

def annotated(value: NotDefinedAnywhere) -> AlsoNot:
    return value

annotated.__annotations__
annotated(1)
