import copy
import functools
from dataclasses import dataclass, field

scale = 2
log = []


@dataclass
class Point:
    x: float
    y: float = 0
    tags: list = field(default_factory=list)

    def norm(self):
        return (self.x**2 + self.y**2) ** 0.5 * scale

    def move(self, dx):
        self.x += dx
        log.append(dx)
        return self


class Path:
    made = 0

    def __init__(self, points):
        self.points = points
        Path.made += 1

    def __len__(self):
        return len(self.points)

    def __iter__(self):
        return iter(self.points)

    def add(self, point):
        self.points.append(point)

    @property
    def length(self):
        return sum(p.norm() for p in self)

    @classmethod
    def straight(cls, n):
        return cls([Point(k) for k in range(n)])


p = Point(3, 4)
p.norm()
p.move(1)
log
points = [p, Point(1)]
path = Path(points)
len(path)
path.add(Point(7))
len(points)
path.length
q = copy.copy(p)
q.x = 100
p.x
same = p
same.y = 0
p
Path.made
line = Path.straight(4)
line.length
Path.made


@functools.lru_cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


fib(20)


def apply(f, items):
    return [f(item) for item in items]


apply(lambda p: p.norm(), points)


def make_counter():
    n = 0

    def count(by=1):
        nonlocal n
        n += by
        return n

    return count


count = make_counter()
count()
count(5)
count()
state = {"runs": 0}


def run(value):
    state["runs"] += 1
    return value * scale


run(3)
run(4)
state
handlers = {"run": run, "fib": fib}
handlers["run"](5)
state["runs"]
double = functools.partial(run, 2)
double()
state


def reset():
    global scale, log
    scale = 1
    log = []


reset()
p.norm(), log
try:
    p.missing
except AttributeError as error:
    message = str(error)
message
