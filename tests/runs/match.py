def describe(value):
    match value:
        case []:
            return "empty"
        case [x, *rest] if rest:
            return f"{x} and {len(rest)} more"
        case {"name": str(name)}:
            return name
        case _:
            return "other"

match [1, 2]:
    case [a, b]:
        print(a, b)
describe([]), describe([1, 2, 3]), describe({"name": "n"}), describe(0)
match = 1; match
