# lines: 2-3
x = 2
x * 21
text = """never closed
x = 3
