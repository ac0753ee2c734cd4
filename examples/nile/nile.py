"""
# The Nile at Aswan, 1871 to 1970

A hundred yearly discharges, in 10⁸ m³. Did the river change, and when? The
question and the data are those of G. W. Cobb, *The problem of the Nile*
(Biometrika 65, 1978).
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

data = pd.read_csv(Path(__file__).with_name("nile.csv"), index_col="year")
nile = data["volume"].astype(float)
nile.describe().round(1).to_frame().T

"## One break, by least squares"


def squares(values):
    """What is left of the variation when the values have one mean."""
    return float(((values - values.mean()) ** 2).sum())


# For each year: two means, one until the year before and one from it on.
left = pd.Series(
    {
        year: squares(nile.loc[: year - 1]) + squares(nile.loc[year:])
        for year in nile.index[5:-5]
    }
)
first = int(left.idxmin())
explained = 1 - left.min() / squares(nile)
print(f"A break before {first} explains {explained:.0%} of the variance.")

parts = {
    f"until {first - 1}": nile.loc[: first - 1],
    f"from {first}": nile.loc[first:],
}
pd.DataFrame(
    {
        name: {"years": len(part), "mean": part.mean(), "std": part.std()}
        for name, part in parts.items()
    }
).T.round(0).astype(int)

# Could it be chance? Shuffle the years: how often is a break as good?
import random

random.seed(1898)
shuffled, as_good = list(nile), 0
for attempt in range(1, 201):
    random.shuffle(shuffled)
    series = pd.Series(shuffled)
    best = min(
        squares(series[:k]) + squares(series[k:]) for k in range(5, 95, 3)
    )
    as_good += best <= left.min()
    if attempt % 50 == 0:
        print(f"{attempt} shuffles, {as_good} as good")

fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.plot(nile, color="0.6", lw=1)
for part in parts.values():
    ax.hlines(part.mean(), part.index[0], part.index[-1], lw=2)
ax.axvline(first - 0.5, color="tab:red", lw=1, ls=":")
ax.set(title=f"The break before {first}", ylabel="10⁸ m³")
ax.spines[["top", "right"]].set_visible(False)
plt.show()

"""
Work on the first dam at Aswan began in 1899, and the climate of the tropics
turned drier in the same years.
"""
