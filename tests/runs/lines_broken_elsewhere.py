# lines: 12-13
x = 1
def broken(:
    pass

@decorated
class AlsoBroken
    y = 2

print("not this")

x = 5
x + 1
z = = 3
