import contextlib
import heapq
import itertools
import operator
from collections import ChainMap, OrderedDict, deque
from types import SimpleNamespace
registry = {}
def register(name):
    def wrap(function):
        registry[name] = function
        return function
    return wrap
factor = 3
@register("triple")
def triple(x):
    return x * factor
registry["triple"](2)
sorted(registry)
queue = [(3, "c"), (1, "a"), (2, "b")]
heapq.heapify(queue)
heapq.heappush(queue, (0, "z"))
heapq.heappop(queue)
queue[0]
window = deque([1, 2, 3], maxlen=3)
window.append(4)
list(window)
config = SimpleNamespace(depth=2, names=["a"])
config.depth += 1
config.names.extend(["b", "c"])
vars(config)
defaults = {"color": "red", "size": 1}
settings = ChainMap({}, defaults)
settings["size"] = 2
defaults["color"] = "blue"
settings["color"], settings["size"]
@contextlib.contextmanager
def scaled(by):
    global factor
    old = factor
    factor = by
    yield
    factor = old
with scaled(10):
    inside = triple(1)
inside, triple(1)
a, b = itertools.tee(iter([1, 2, 3]))
next(a)
list(b)
list(a)
def pipeline(items):
    for item in items:
        if item % 2:
            yield item * factor
stream = pipeline(range(10))
next(stream)
sum(stream)
class Node:
    all = []
    def __init__(self, value, parent=None):
        self.value = value
        self.children = []
        if parent is not None:
            parent.children.append(self)
        Node.all.append(self)
    def total(self):
        return self.value + sum(child.total() for child in self.children)
root = Node(1)
child = Node(2, root)
leaf = Node(3, child)
root.total()
len(Node.all)
leaf.value = 10
root.total()
child.children.clear()
root.total()
class Account:
    rate = 0.1
    def __init__(self):
        self._balance = 0
        self.history = []
    @property
    def balance(self):
        return self._balance * (1 + self.rate)
    @balance.setter
    def balance(self, value):
        self.history.append(value)
        self._balance = value
    def __add__(self, other):
        new = Account()
        new.balance = self._balance + other._balance
        return new
one, two = Account(), Account()
one.balance = 100
two.balance = 50
(one + two).balance
one.history
Account.rate = 0.2
one.balance
memo = {}
def fib(n):
    if n not in memo:
        memo[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
    return memo[n]
fib(10)
len(memo)
def accumulate(items, into=[]):
    into.extend(items)
    return len(into)
accumulate([1, 2])
accumulate([3])
grid = [[0] * 3] * 2
grid[0][1] = 5
grid
rows = {name: [] for name in "ab"}
target = rows["a"]
target += [1, 2]
rows
first = second = OrderedDict()
first["k"] = 1
second
if len(rows["a"]) > 1:
    verdict = "long"
verdict
try:
    ratio = factor / len(rows["b"])
except ZeroDivisionError as error:
    ratio = str(error)
ratio
for key, values in rows.items():
    values.append(key)
rows
best = max(rows.values(), key=len)
best.append("best")
rows
swap = [1, 2, 3]
swap[0], swap[-1] = swap[-1], swap[0]
swap
add = operator.methodcaller("append", 9)
add(swap)
swap
pair = (swap, best)
pair[0].append(0)
len(swap)
compose = lambda *fs: lambda x: [f(x) for f in fs][-1]
both = compose(triple, lambda x: x + factor)
both(4)
(count := len(swap)) + 1
count
del count
total = 0
while total < 5:
    total += factor
total
