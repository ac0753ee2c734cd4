# lines: 4-5
x = 1
print("not this")
def f():
    return ]

print("nor this")
