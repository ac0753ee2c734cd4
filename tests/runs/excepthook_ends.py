import sys
def hook(kind, value, tb):
    print("bye")
    sys.exit(3)
sys.excepthook = hook
raise LookupError("lost")
print("not reached")
