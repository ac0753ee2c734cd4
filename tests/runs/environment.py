import os
import sys

__name__
__file__
sys.argv
sys.path[0]
os.getcwd()
sys.modules["__main__"].__dict__ is globals()
__annotations__ if "__annotations__" in globals() else {}
if __name__ == "__main__":
    print("main")
sys.flags.interactive
