# only: kernel
# columns: 60
"""A run that says how wide the column of results is."""
from collections import Counter, deque

list(range(50))
[0.5, 1.25, -3.0] * 8
["name_of_some_length"[: 5 + n * n % 14] for n in range(40)]
[(n, n * n) for n in range(30)]
{"narrow": [1, 2, 3], "wide": list(range(40)), "text": "a" * 20}
[[1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 11, 12, 13, 14, 15, 16, 17, 18]]
Counter("a" * 3 + "b" * 2 + "c" * 40)
deque(range(30), maxlen=30)
display(set(range(40)))  # noqa: F821
print(list(range(50)))
