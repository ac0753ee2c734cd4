x = 1

def f():
    return ""

f()
"abc d"
1/0
