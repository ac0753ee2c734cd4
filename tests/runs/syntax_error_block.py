print("must not run")
def f():
print("no block")
