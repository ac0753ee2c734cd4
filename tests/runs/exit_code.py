import sys

print("before")
if True:
    sys.exit(3)
print("after")
