# stop on error: no
value = 3
print(valeu)
"text".uper()
import math
math.sinn(1)
nothing_like_it
def f():
    inner = 1
    return iner
f()
try:
    pritn(1)
except NameError as error:
    raise ValueError("chained") from error
class Empty: pass
Empty().unrelated_attribute
