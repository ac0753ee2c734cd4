# requires: python<3.13
def add(a, b):
    return a + b

add(
    1,
    add("x",
        None),
)
