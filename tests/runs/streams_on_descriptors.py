# What a script does to descriptors 1 and 2, its prints follow.
import contextlib
import os
import sys
import tempfile

sys.stdout = open(sys.stdout.fileno(), mode="w", encoding="utf8", buffering=1, closefd=False)
print("línea")
out = os.fdopen(1, "w", closefd=False)
out.write("fdopen\n"); out.flush()
sys.stdout = open(1, "w", closefd=False)
print("waits in no buffer")
sys.stdout = sys.__stdout__
file = tempfile.TemporaryFile("w+")
saved = os.dup(1)
os.dup2(file.fileno(), 1)
print("to the file", flush=True); os.system("echo from a shell"); print("é", flush=True)
os.dup2(saved, 1)
file.seek(0); file.read()
print("back", flush=True)
reader, writer = os.pipe()
os.dup2(writer, 1); print("to a pipe", flush=True); os.dup2(saved, 1)
os.read(reader, 100)
null = os.open(os.devnull, os.O_WRONLY)
os.dup2(null, 2); print("nowhere", file=sys.stderr, flush=True); os.dup2(saved, 2)
print("errors with the rest", file=sys.stderr)
os.close(1)
try:
    print("closed"); sys.stdout.flush()
except OSError as error:
    print(error.strerror, file=sys.stderr)
os.dup(saved)
print("open again")
@contextlib.contextmanager
def caught(file):
    kept = os.dup(1)
    os.dup2(file.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
with tempfile.TemporaryFile("w+") as text:
    with caught(text):
        print("caught", flush=True); os.system("echo the shell too")
    text.seek(0)
    print(text.read().splitlines())
