"""A *title*

    indented
"""
name = "world"
"# Heading"
f"Hello **{name}**"
"""
    Dedented:

    - one
    - two
"""
b"not text"
"hidden";
("joined " "text")
__doc__
