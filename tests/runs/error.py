print("before")
1 / 0
print("after")
x = 1
