"""
# A tour of rdit

This is an ordinary Python script. Press **Shift-Enter** to run the statement
under the cursor and step to the next. **Ctrl-Shift-Enter** (Cmd on a Mac)
runs it all.
"""

# Every statement's value stands beside it. Assignments are quiet.
radius = 6371
circumference = 2 * 3.141592653589793 * radius
circumference

# A semicolon hides a value.
circumference / 1000;

# Printing works as it does in a terminal: it arrives while the statement runs.
import time

for leg in ["Lisbon", "Cairo", "Mumbai", "Singapore"]:
    print(f"flying to {leg} …")
    time.sleep(0.4)

"""
## The script is the truth

A string on its own is *Markdown*, so notes live where the code is. What runs
is what `python tour.py` would run: the same statements in the same order.
"""

# Change a number: the result is dimmed until you run the line again.
years = list(range(2020, 2027))
[year for year in years if year % 4 == 0]

from dataclasses import dataclass


@dataclass
class City:
    name: str
    latitude: float
    people: int


cities = [
    City("Quito", -0.2, 2_700_000),
    City("Oslo", 59.9, 720_000),
    City("Kyoto", 35.0, 1_440_000),
]
max(cities, key=lambda city: city.latitude)

"## Tables and figures"

import pandas as pd

table = pd.DataFrame(cities)
table["hemisphere"] = table.latitude.map(lambda d: "SN"[d > 0])
table

import matplotlib.pyplot as plt
from math import factorial, sin


def taylor(x, terms):
    """The first terms of the series of the sine, at x."""
    odd = range(1, 2 * terms, 2)
    return sum((-1) ** (k // 2) * x**k / factorial(k) for k in odd)


x = [i / 20 for i in range(160)]
fig, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
ax.plot(x, [sin(v) for v in x], color="0.75", lw=5)
for terms in range(1, 6):
    ax.plot(x, [taylor(v, terms) for v in x], label=f"{terms}")
ax.set(ylim=(-2, 2), title="The sine, and more and more of its series")
ax.legend(ncols=5, frameon=False)
plt.show()

"""
## When something goes wrong

The error stands at its line, and the lines in it are links. Nothing after it
runs.
"""


def share(total, people):
    return total / len(people)


share(100, [])

"You get here after you fixed it: give `share` somebody to share with."
