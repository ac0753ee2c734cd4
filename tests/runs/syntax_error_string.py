print("must not run")
x = "no end
print(x)
