1 + 1
"text".upper()
b"bytes"
1.5, 2j, True
[1, 2, 3]
{"a": 1, "b": [1, 2]}
range(3)
...
max(range(10), key=lambda n: -n)
10 ** 40
float("nan"), -0.0, 1e300
[], (), {}, (1,), ""
