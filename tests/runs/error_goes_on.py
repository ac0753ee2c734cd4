# stop on error: no
1 / 0
print("goes on")
undefined
2 + 2
