None
x = 1
"x" if False else None
def nothing():
    return None
nothing()
if x:
    x
for x in range(3):
    x
pass
