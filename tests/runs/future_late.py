def annotated(value: int) -> int:
    return value

annotated.__annotations__["value"] is int
