import argparse
print(repr(__doc__), argparse.ArgumentParser(prog="p", description=__doc__).format_help())
def test_one(): return 1
class Thing: pass
print(sorted(n for n in globals() if not n.startswith("_")))
print(sorted(n for n, v in list(globals().items()) if callable(v)))
print(sorted(n for n in dir() if n.startswith("_") and n not in ("__annotations__", "__cached__", "_pyodide_core")))
__name__, __spec__, __package__
__builtins__ is __import__("builtins")
open is __builtins__.open
quit.__class__.__module__ in globals(), "exit" in globals()
for _ in range(3): pass
_
