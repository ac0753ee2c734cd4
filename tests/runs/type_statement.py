# requires: python>=3.12
type Pair[T] = tuple[T, T]
def first[T](pair: Pair[T]) -> T:
    return pair[0]
first((1, 2))
Pair.__value__
type = "still a name"; len(type)
