"""# Sales by month"""

import io
import json
import math
import statistics
import pandas as pd

raw = """month,region,sales
1,north,10
1,south,12
2,north,14
2,south,9
3,north,20
3,south,15
"""
data = pd.read_csv(io.StringIO(raw))
data
threshold = 11
data["big"] = data.sales > threshold
data.big.sum()
by_region = {name: group.sales.tolist() for name, group in data.groupby("region")}
by_region


def growth(values):
    return [round(b / a - 1, 2) for a, b in zip(values, values[1:])]


rates = {name: growth(values) for name, values in by_region.items()}
rates
best = max(rates, key=lambda name: sum(rates[name]))
f"The best region is **{best}**"
if best == "north":
    bonus = 2
else:
    bonus = 1
data["bonus"] = data.sales * bonus
total = data.bonus.sum()
total
summary = data.groupby("month").agg(sales=("sales", "sum"), bonus=("bonus", "mean"))
summary
summary.loc[4] = [0, 0]
summary.tail(2)
text = json.dumps(by_region)
len(text)
parsed = json.loads(text)
parsed["north"].append(99)
parsed
by_region
with io.StringIO(raw) as file:
    header = file.readline()
    count = sum(1 for line in file)
header, count
reader = iter(raw.splitlines())
next(reader)
rows = [line.split(",") for line in reader]
len(rows)
values = [int(row[2]) for row in rows]
statistics.mean(values)
math.sqrt(sum(values))
data.drop(columns="bonus", inplace=True)
list(data)
wide = data.pivot(index="month", columns="region", values="sales")
wide["sum"] = wide.sum(axis=1)
wide
top = wide.nlargest(1, "sum")
top
while threshold < 15:
    threshold += 2
threshold
[value for value in values if value > threshold]
