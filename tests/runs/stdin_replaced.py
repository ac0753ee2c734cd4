# only: kernel
import io, sys

kept, sys.stdin = sys.stdin, io.StringIO("first\nsecond")
input("asked: ")
input()
try:
    input()
except EOFError as error:
    print(error)
try:
    input(1, 2)
except TypeError as error:
    print(error)
sys.stdin = None
try:
    input()
except RuntimeError as error:
    print(error)
sys.stdin = kept
