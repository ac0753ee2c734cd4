import random
from collections import Counter, defaultdict

random.seed(3)
numbers = [random.randint(1, 20) for _ in range(8)]
numbers
total = 0
for n in numbers:
    total += n
total
numbers.append(total)
numbers.sort()
numbers[-3:]
alias = numbers
alias.append(1)
len(numbers)
words = "the quick brown fox jumps over the lazy dog the end".split()
counts = Counter(words)
counts.most_common(2)
groups = defaultdict(list)
for word in words:
    groups[len(word)].append(word)
sorted(groups.items())
groups[3].append("cat")
len(groups[3])
nested = {"a": [1, 2], "b": {"c": [3]}}
inner = nested["b"]["c"]
inner.append(4)
nested
first, *rest = numbers
rest
squares = (n * n for n in numbers)
next(squares)
list(squares)
sum(squares)
pairs = zip(numbers, words)
next(pairs)
list(pairs)[:2]
x = y = []
x.append(1)
y
text = ""
for word in words[:3]:
    text += word[0]
text.upper()
matrix = [[0] * 3 for _ in range(3)]
for i in range(3):
    matrix[i][i] = i + 1
matrix
row = matrix[1]
row[0] = 9
matrix[1]
swap_a, swap_b = 1, 2
swap_a, swap_b = swap_b, swap_a
swap_a, swap_b
del first
random.shuffle(rest)
rest
random.random()
