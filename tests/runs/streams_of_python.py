# The streams are Python's: every way to write to them is one, at its statement and in its order.
import io
import os
import sys

print("a")
print("b", file=sys.__stdout__)
print("c")
print("d", file=sys.__stderr__)
print("e", end=""); sys.__stdout__.write(" f\n"); print("g")
sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__, sys.stdin is sys.__stdin__
[isinstance(stream, io.TextIOWrapper) for stream in (sys.stdin, sys.stdout, sys.stderr)]
sys.stdout.buffer.raw.write(b"raw bytes\n")
print("x", end=""); sys.stdout.buffer.write(b"y"); sys.stdout.buffer.raw.write(b"z"); print()
isinstance(sys.stdout.buffer, io.BufferedWriter), isinstance(sys.stdout.buffer.raw, io.FileIO)
sys.stdout.name, sys.stdout.mode, sys.stdout.buffer.mode, sys.stdout.buffer.raw.name
sys.stdout.line_buffering, sys.stdout.write_through, sys.stderr.line_buffering
sys.stdout.readable(), sys.stdout.writable(), sys.stdout.seekable(), sys.stdout.closed
sys.stdin.name, sys.stdin.mode, sys.stdin.fileno(), sys.stdin.readable()
try:
    sys.stdout.read()
except io.UnsupportedOperation as error:
    print(error)
try:
    sys.stdout.write(b"bytes")
except TypeError as error:
    print(error)
sys.stdout.reconfigure(encoding="ascii", errors="replace", newline="\r\n")
print("dos é"); sys.stdout.encoding, sys.stdout.errors
sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
print("unix é")
sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
print("at its statement")
sys.stdout = sys.__stdout__
print("and back")
sys.stdout.closed, sys.stdout.buffer.closed
with sys.stdout:
    print("within")
try:
    print("closed")
except ValueError as error:
    print(error, file=sys.stderr)
os.write(1, b"the descriptor is open\n")
