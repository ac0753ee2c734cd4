"""What a reader of tables is, one for each library, and what they have in common.

A reader gives cells as text, as the library's own display writes them. Rows are chosen by a slice,
or by positions: a sequence of the library's that `find` has made, or a part of one.
"""

from __future__ import annotations

import math
import numbers
import operator
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

Dict = dict[str, Any]
# The texts of cells, and which of them are missing values, counted from 0.
Cells = tuple[list[str], list[int]]

MOST_TEXT = 500
# Bars of a histogram, and values that are named in a profile.
BINS = 20
MOST_VALUES = 5
_UNITS = {"d": 86_400 * 10**9, "h": 3_600 * 10**9, "m": 60 * 10**9, "s": 10**9, "ms": 10**6}
_UNITS |= {"us": 1_000, "\u00b5s": 1_000, "\u03bcs": 1_000, "ns": 1}
_DURATION = rf"([+-]?\d+(?:\.\d+)?)\s*({'|'.join(_UNITS)})\b"
# What a number is written with.
_IN_NUMBERS = set("0123456789.e+-infa")
# Bytes that a small table may keep in use besides its own.
_MOST_BESIDE = 64 << 10
# Items of an array that are measured, and their types.
_MOST_SAMPLED = 1000
_MEASURED = (str, bytes, int, float, list, tuple, dict, set)
# By the operators of filters.
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class NotPossible(Exception):
    """A question about a table that has no answer; its message is for the user."""


class Reader(Protocol):
    """Reads one table."""

    # The type as the user knows it, and what the table is called in code.
    kind: str
    library: str
    rows: int
    columns: int
    # The value has more rows than these.
    has_more: bool
    # Names of the levels of the row labels; none if the rows have no labels.
    levels: list[str]

    def column(self, at: int) -> Dict:
        """A column as the protocol has it."""

    def cells(self, at: int, rows: Any) -> Cells:
        """The cells of a column in these rows, their texts of any length."""

    def labels(self, rows: Any) -> list[list[str]]:
        """The labels of these rows, level by level."""

    def find(self, sort: Dict | None, filters: Sequence[Dict]) -> Any:
        """The positions of the rows that pass all filters, in the order of the sort.

        Raises:
            NotPossible: a value cannot be compared so.
        """

    def profile(self, at: int, rows: Any) -> Dict:
        """What can be said of a column in these rows, as the protocol has it."""

    def write(self, rows: Any, separator: str, has_head: bool) -> str:
        """These rows as text that other programs read."""

    def memory(self) -> tuple[int, int | None]:
        """About how many bytes the cells take, and how many the table keeps in use: of a part of a
        larger table these are more. None if the library does not tell."""

    def shared(self) -> Reader | None:
        """A reader of the table as it is now, whose memory is shared until one side writes; None if
        that cannot be had without a copy."""

    def copied(self) -> Reader:
        """A reader of the table as it is now, which keeps nothing else in use."""

    def fingerprint(self) -> int:
        """A number that most changes of the table change."""


def shorten(text: str) -> str:
    """A text for one cell: in one line, and no longer than is sent."""
    if len(text) > MOST_TEXT:
        text = text[: MOST_TEXT - 1] + "…"
    return text


def text_of(value: Any) -> str:
    """Its `str`; what it is, where that fails, as it may be code of the user's."""
    try:
        return str(value)
    except Exception:
        return f"<{type(value).__name__}>"


def of_python(values: Iterable[Any], missing: str = "None") -> Cells:
    """The cells of values of Python's."""
    texts: list[str] = []
    absent: list[int] = []
    for at, value in enumerate(values):
        if value is None:
            absent.append(at)
            texts.append(missing)
        else:
            texts.append(value if type(value) is str else text_of(value))
            if type(value) is float and value != value:
                absent.append(at)
    return texts, absent


def positions_of(filters: Sequence[Dict], passes: Callable[[Dict], Any]) -> Any:
    """The positions of the rows that pass all filters, an array of numpy's; None without a filter.
    `passes`: which rows pass one, an array of truth values."""
    if not filters:
        return None
    found = passes(filters[0])
    for each in filters[1:]:
        found = found & passes(each)
    return module("numpy").flatnonzero(found)


def histogram(values: Any) -> list[int]:
    """How many of these numbers, a numpy array of at least one, are in each of `BINS` parts of
    their range. numpy's own refuses a range that is narrow for large numbers, and loses digits of
    whole ones."""
    numpy = module("numpy")
    if values.dtype.kind in "iu":
        # Modulo 2**64, in which the distance of any two whole numbers has its place.
        whole = values.astype(numpy.uint64)
        distances = (whole - whole[values.argmin()]).astype(float)
    else:
        # A quarter: the range of all numbers is no number.
        quarters = values.astype(float) / 4
        distances = quarters - quarters.min()
    highest = distances.max()
    if not highest:
        places = numpy.full(len(values), BINS // 2)
    else:
        places = numpy.minimum((distances / highest * BINS).astype(int), BINS - 1)
    return [int(count) for count in numpy.bincount(places, minlength=BINS)]


def number_of(text: str, is_whole: bool) -> int | float:
    """The number that a user has written.

    Raises:
        NotPossible: it is none.
    """
    text = _without_groups(text)
    try:
        if is_whole and text.lstrip("+-").isdigit():
            number = int(text)
            return number if -(2**63) <= number < 2**64 else beyond(number)
        return float(text)
    except ValueError:
        raise NotPossible(f"{text!r} is no number") from None


def _without_groups(text: str) -> str:
    """A number without what stands between its thousands, as cells and profiles may have it."""
    text = text.strip().replace("_", "")
    is_grouped = re.fullmatch(r"[+-]?\d{1,3}([,'\u2019 ]\d{3})+(\.\d*)?", text)
    return re.sub(r"[,'\u2019 ]", "", text) if is_grouped else text


def number_of_any_size(text: str) -> int | float:
    """The number that a user has written, for values that are Python's own.

    Raises:
        NotPossible: it is none.
    """
    number = _without_groups(text)
    return int(number) if number.lstrip("+-").isdigit() else number_of(text, is_whole=False)


def beyond(number: int) -> float:
    """What compares with all numbers of a column as this one does, which is too large for it."""
    return math.inf if number > 0 else -math.inf


def nanoseconds_of(text: str) -> int:
    """The duration that a user has written, as `1d 2h 30m`.

    Raises:
        NotPossible: it is none.
    """
    text = text.strip()
    if not re.fullmatch(rf"(?:{_DURATION}\s*)+", text):
        raise NotPossible(f"{text!r} is no duration, as 1d 2h 30m 4s 5ms is one")
    return sum(
        round(float(number) * _UNITS[unit]) if "." in number else int(number) * _UNITS[unit]
        for number, unit in re.findall(_DURATION, text)
    )


def flag_of(text: str) -> bool:
    """The truth value that a user has written.

    Raises:
        NotPossible: it is none.
    """
    known = {"true": True, "false": False, "1": True, "0": False}
    found = known.get(text.strip().lower())
    if found is None:
        raise NotPossible(f"{text!r} is neither True nor False")
    return found


def may_be_in_number(text: str) -> bool:
    """Whether the text of a number may have it: most that is searched for is no part of one, and
    to write a million numbers takes a second."""
    return set(text.lower()) <= _IN_NUMBERS


def number_text(value: Any) -> str:
    """A number of a profile, short; of whole ones each digit counts, as of an id or a year."""
    if isinstance(value, numbers.Integral):
        return f"{int(value):,}"
    return f"{value:,.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:,.6g}"


def is_part(own: int, held: int | None) -> bool:
    """Whether a table keeps, or may keep, much more memory in use than its cells take."""
    return held is None or held > 2 * own + _MOST_BESIDE


def owner_of(array: Any) -> Any:
    """The array of numpy's that has the memory which this one shows."""
    kind = module("numpy").ndarray
    while isinstance(array.base, kind):
        array = array.base
    return array


def bytes_of_items(array: Any) -> int:
    """About how many bytes the items of an array of objects take, from a sample; 0 for another
    array, whose items are in it."""
    if array.dtype.kind != "O" or not array.size:
        return 0
    step = 1 + array.size // _MOST_SAMPLED
    sample = array.flat[::step].tolist()
    own = {id(item): item for item in sample}.values()
    return sum(map(_bytes_of_item, own)) * int(array.size) // len(sample)


def _bytes_of_item(item: Any) -> int:
    # Another type may be the user's, with a `__sizeof__` of its own.
    return sys.getsizeof(item) if type(item) in _MEASURED else object.__sizeof__(item)


def module(name: str) -> Any:
    """A module that the user has imported."""
    return sys.modules[name]
