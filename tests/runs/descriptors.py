import os
import sys

for n in range(3):
    print("python", n)
    os.write(1, b"raw %d\n" % n)
os.write(2, "é\n".encode()); print("then")
sys.stdout.buffer.write("bytes é\n".encode())
sys.stdout.buffer.flush()
with os.fdopen(os.dup(1), "w") as file:
    print("duplicate", file=file)
print("é" * 5000 == "é" * 5000, len("é" * 5000))
