# stop on error: no
import sys
sys.excepthook is sys.__excepthook__
def hook(kind, value, tb):
    print("LOGGED", kind.__name__, value, tb.tb_lineno, tb.tb_frame.f_code.co_name)
sys.excepthook = hook
print("before")
1 / 0
def crashing(kind, value, tb):
    print("telling")
    value.nothing
sys.excepthook = crashing
{}["key"]
def chained(kind, value, tb):
    print("REPORTED", file=sys.stderr)
    sys.__excepthook__(kind, value, tb)
sys.excepthook = chained
int("x")
sys.excepthook = sys.__excepthook__
int("y")
