# Nobody is there to answer: as under `python script.py < /dev/null`.
import io
import sys

sys.stdin.readline(), sys.stdin.read(), list(sys.stdin), sys.stdin.buffer.read()
sys.stdin = io.StringIO("first\nsecond\n")
input("Which? ")
[line for line in sys.stdin]
try:
    input()
except EOFError as error:
    print(error)
