import os, warnings

def in_child(function):
    # From Python 3.12 on: the process has threads, which are the kernel's.
    warnings.simplefilter("ignore", DeprecationWarning)
    child = os.fork()
    if child == 0:
        function()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def leave():
    raise SystemExit(5)

in_child(lambda: print("in the child"))
in_child(leave)
print("in the parent")
