from math import *
floor(pi)
(n := 10) + 1
def count():
    global total
    total = n
count(); total
global g
g = 1
del n
"n" in globals()
x: int = 1
y: "str"
