# text: 64
# stop on error: no
for n in range(1000):
    print(n)


def speak():
    print("a" * 100)
    return undefined


speak()
print("b" * 100); "after"
print("short")
