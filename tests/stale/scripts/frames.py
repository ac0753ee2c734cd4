import numpy as np
import pandas as pd

rate = 0.2
df = pd.DataFrame(
    {"name": list("abcdef"), "price": [3, 1, 4, 1, 5, 9], "count": [2, 7, 1, 8, 2, 8]}
)
df["total"] = df["price"] * df["count"]
df.head(2)
df["taxed"] = df.total * (1 + rate)
print(df.taxed.sum())
cheap = df[df.price < 4]
cheap
by_price = df.groupby("price")["total"].sum()
by_price
df.sort_values("count", inplace=True)
df.iloc[0]
df = df.rename(columns={"name": "label"})
df.columns.tolist()
mean, std = df.taxed.mean(), df.taxed.std()
f"{mean:.2f} ± {std:.2f}"


def scale(frame, by=10):
    frame = frame.copy()
    frame["total"] = frame["total"] / by
    return frame


scaled = scale(df)
scaled.total.max()
df.total.max()
array = df.price.to_numpy().copy()
array[0] = 100
array.sum()
view = array[1:]
view[0] = 50
array
matrix = np.outer(array, array)
matrix.trace()
matrix[matrix > 100] = 0
matrix.sum()
pivot = df.pivot_table(index="price", values="total", aggfunc="sum")
pivot.loc[1]
limit = 3
df.query("price > @limit").shape
