import sys
def tracer(frame, event, arg):
    seen.append((event, frame.f_code.co_name))
seen = []
def g(): return 1
sys.settrace(tracer)
g()
g(); g()
sys.settrace(None)
g()
seen
