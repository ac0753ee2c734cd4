# lines: 3-4
x = 1

# nothing here
x
