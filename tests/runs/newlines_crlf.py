x = 1
print("""a
b""")
def f():
    return x

f()
1/0
