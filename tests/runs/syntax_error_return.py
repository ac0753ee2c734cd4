print("must not run")
if True:
    return 3
