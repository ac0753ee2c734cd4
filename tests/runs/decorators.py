import functools

def twice(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return function(*arguments) * 2
    return wrapper


@twice
@functools.lru_cache(
    maxsize=None,
)
def number(n):
    return n

number(4)
@functools.total_ordering
class Size:
    def __init__(self, n):
        self.n = n
    def __eq__(self, other):
        return self.n == other.n
    def __lt__(self, other):
        return self.n < other.n

Size(1) >= Size(0)
