import sys, threading
threading.excepthook = lambda told: print("THREAD", told.exc_type.__name__, told.exc_value)
for thread in [threading.Thread(target=lambda: 1 / 0)]:
    thread.start(); thread.join()
sys.unraisablehook = lambda told: print("UNRAISABLE", told.exc_type.__name__)
class Ends:
    def __del__(self):
        raise ValueError("in del")
ends = Ends()
del ends
