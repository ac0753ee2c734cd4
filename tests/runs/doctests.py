import doctest

def double(n):
    """Twice.

    >>> double(2)
    4
    >>> double(3)
    7
    """
    return n * 2

doctest.run_docstring_examples(double, globals(), name="double")
