def outer(n):
    return inner(n)


def inner(n):
    values = [1, 2, 3]
    return values[n]


outer(1)
outer(10)
