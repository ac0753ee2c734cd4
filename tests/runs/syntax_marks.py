# requires: python<3.13
# stop on error: no
compile("xx, (aaaa +\nb) = 1\n", "other.py", "exec")
compile("\tfoo bar\n", "other.py", "exec")
raise SyntaxError("ends before it begins", ("other.py", 1, 4, "abcdefg", 1, 2))
raise SyntaxError("ends behind the line", ("other.py", 1, 2, "abcdefg", 1, 100))
raise SyntaxError("in the second line", ("other.py", 1, 8, "  abc\ndef", 1, 9))
raise SyntaxError("an é has two bytes", ("other.py", 1, 3, "é a b", 2, 1))
raise SyntaxError("no number", ("other.py", "1", 2, "abc"))
try:
    raise SyntaxError("the first", ("other.py", 1, 4, "abcdefg", 2, 2))
except SyntaxError as error:
    raise ValueError("the second") from error
