import sys

print("out"); print("err", file=sys.stderr); print("out again")
def both():
    print("first")
    sys.stderr.write("second\n")
    sys.stdout.write("third\n")
    sys.__stdout__.write("")
both()
sys.stdout.writelines(["a\n", "b\n"]);
sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.fileno(), sys.stderr.fileno()
