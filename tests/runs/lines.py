# lines: 4-5
print("not this")
x = 1
print("this", "and")
def f():
    return "whole"

print("not this either")
