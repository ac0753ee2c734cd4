print("one line")
print("two", "words", sep="-")
print("no newline", end="")
print()
for n in range(3):
    print(n)
print("é ü 日本語 🎉")
print("a\rb\x1b[31mred\x1b[0m\ttab")
print()
