# lines: 5-7
print("not this")
print(
    "starts before",
    "overlaps"
)
a = 1; b = 2; a + b
"""begins here
and ends later"""; "on the same line"
