x = 1 + \
    2 + \
    3
x
value = (
    x

    # a comment inside
    + 1
)
if x and \
   value:
    print("continued")
assert x == 6, \
    "not reached"
print(x,
      value)
