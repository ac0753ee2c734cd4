import sys
def dive():
    global depth
    depth += 1
    dive()
def measure():
    global depth
    depth = 0
    try: dive()
    except RecursionError: return sys.getrecursionlimit() - depth in (0, 1, 2)
measure(), sys.getrecursionlimit()
sys.setrecursionlimit(40)
{"still": ["alive"]}
print("and printing")
measure(), sys.getrecursionlimit()
sys.setrecursionlimit(2000)
measure()
