print("first")
assert (1, "always true")


def check():
    assert (2, "always true")


check()
