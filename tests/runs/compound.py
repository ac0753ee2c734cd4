try:
    print("try")
    raise ValueError
except (ValueError, TypeError) as error:
    print("except", type(error).__name__)
else:
    print("else")
finally:
    print("finally")

for n in range(2):
    print(n)
else:
    print("done")

while True:
    break

with open(__file__) as file, open(__file__) as other:
    print(file.readline() == other.readline())

class Outer:
    class Inner:
        value = [n for n in range(3)]
    print("in a class body")

if False: pass
elif True: print("one line")
