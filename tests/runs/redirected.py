import contextlib
import io
import sys

with contextlib.redirect_stdout(io.StringIO()) as text:
    print("caught")
print("seen")
text.getvalue()
sys.stdout = sys.stderr; print("on the other")
sys.stdout = sys.__stdout__ if False else sys.stdout
