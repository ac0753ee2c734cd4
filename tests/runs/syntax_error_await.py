print("must not run")
def f():
    await g()
