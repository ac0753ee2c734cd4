"""
# The Nile at Aswan, 1871 to 1970

A hundred yearly discharges, in 10⁸ m³. Did the river change, and when? The question and the
data are those of G. W. Cobb, *The problem of the Nile* (Biometrika 65, 1978).
"""

from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

nile = pd.read_csv(Path(__file__).with_name("nile.csv"), index_col="year")["volume"].astype(float)
nile.describe().round(1).to_frame()

"## One break, by least squares"

# For each year: the squared error that is left when the years before it and the years from it
# on each have a mean of their own.
def squares(values):
    return float(((values - values.mean()) ** 2).sum())


left = pd.Series({year: squares(nile.loc[: year - 1]) + squares(nile.loc[year:]) for year in nile.index[5:-5]})
first = int(left.idxmin())
print(f"The best break is before {first}: it explains {1 - left.min() / squares(nile):.0%} of the variance.")

before, after = nile.loc[: first - 1], nile.loc[first:]
pd.DataFrame(
    {"years": [len(before), len(after)], "mean": [before.mean(), after.mean()], "std": [before.std(), after.std()]},
    index=[f"until {first - 1}", f"from {first}"],
).round(0)

# Could it be chance? Shuffle the years, and look how often a break so good turns up.
import random

random.seed(1898)
shuffled, better = list(nile), 0
for attempt in range(200):
    random.shuffle(shuffled)
    series = pd.Series(shuffled, index=nile.index)
    best = min(squares(series.iloc[:k]) + squares(series.iloc[k:]) for k in range(5, 95, 3))
    better += best <= left.min()
    if attempt % 50 == 49:
        print(f"{attempt + 1} shuffles, {better} as good")

"## The picture"

fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.plot(nile, color="0.6", lw=1)
ax.hlines([before.mean(), after.mean()], [nile.index[0], first], [first - 1, nile.index[-1]], color="tab:blue", lw=2)
ax.axvline(first - 0.5, color="tab:red", lw=1, ls=":")
ax.annotate(f"{first}", (first, nile.max()), xytext=(6, 0), textcoords="offset points", va="top")
ax.set(ylabel="10⁸ m³", xlim=(1870, 1971))
ax.spines[["top", "right"]].set_visible(False)
plt.show()

"""
Work on the first dam at Aswan began in 1899, and the climate of the tropics turned drier in the
same years.
"""
