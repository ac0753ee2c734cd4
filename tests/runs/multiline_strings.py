text = """one

    # not a comment
def not_a_function():
"""
print(text)
other = '''
x = 1
''' + """
y = 2
"""; print(other); len(other)
("in "
 "parts")
