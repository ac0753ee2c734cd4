import inspect, sys, traceback, warnings
def f():
    traceback.print_stack(file=sys.stdout)
    return len(inspect.stack()), len(traceback.extract_stack())
f()
[frame.name for frame in traceback.extract_stack()]
warnings.warn("said by whoever called the script", stacklevel=2)
