import asyncio, inspect, os, pickle, signal, sys, threading, traceback
functions = [input, os._exit, signal.signal, signal.getsignal, sys.breakpointhook]
functions += [sys.excepthook, sys.getrecursionlimit, sys.setrecursionlimit]
functions += [threading.active_count, threading.enumerate, threading.Thread.start]
functions += [asyncio.create_task, traceback.walk_stack, inspect.getouterframes]
print(all(pickle.loads(pickle.dumps(function)) is function for function in functions))
for function in functions:
    print(function.__module__, function.__qualname__, function.__name__)
print(inspect.signature(input), inspect.signature(sys.setrecursionlimit))
print(inspect.signature(signal.signal), inspect.signature(threading.Thread.start))
signal.getsignal.__doc__ is None
