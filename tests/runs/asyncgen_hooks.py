import sys

sys.get_asyncgen_hooks()
