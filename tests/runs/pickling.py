import dataclasses
import enum
import pickle
from typing import NamedTuple

@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0

class Colour(enum.Enum):
    RED = 1

class Pair(NamedTuple):
    a: int
    b: str = "b"

pickle.loads(pickle.dumps([Point(1), Colour.RED, Pair(2)]))
Point.__module__, dataclasses.asdict(Point(1, 2))
Point(1) < Point(2)
