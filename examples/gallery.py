"""
# A gallery of results

Everything that a statement can put out, one of each. What needs a library that
is not installed says so, and the rest goes on. Nothing here uses the network.
"""

import base64
import importlib.util
import io
import math
import struct
import sys
import time
import wave
import zlib

from IPython.display import HTML, JSON, SVG, Audio, Code, GeoJSON, Javascript, Latex, Markdown, Math, display


def has(*libraries):
    """Whether these are installed; says which is not."""
    missing = [name for name in libraries if importlib.util.find_spec(name) is None]
    if missing:
        print(f"not installed: {', '.join(missing)}")
    return not missing


# %% Text

# Numbers fill the width.
[k * k for k in range(50)]

# Names stand in columns.
[name for name in dir(str) if not name.startswith("_")]

# What is small stays on a line.
{"name": "Ada", "born": (1815, 12, 10), "tags": {"maths", "poetry"}}

print("\x1b[1mbold\x1b[0m, \x1b[31mred\x1b[0m, \x1b[42m behind \x1b[0m")

print("a warning", file=sys.stderr)

for k in range(1, 11):
    print(f"\rstep {k}/10", end="")
    time.sleep(0.05)

# %% Math and Markdown

Math(r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}")

Latex(r"\begin{align} a &= b + c \\ d &= e \end{align}")

if has("sympy"):
    import sympy

    x = sympy.symbols("x")
    display(sympy.Integral(sympy.sqrt(1 / x), x))

Markdown("""
### Markdown

Euler: $e^{i\\pi} + 1 = 0$, a footnote[^1], and a task:

- [x] done
- [ ] to do

| left | right |
|:-----|------:|
| a    |     1 |

```python
def f(x):
    return x + 1
```

[^1]: At the end.
""")

Code("def f(x):\n    return x + 1", language="python")

# %% Data

JSON({"name": "Ada", "langs": ["en", "fr"], "nested": {"a": {"b": None}}}, expanded=True)

GeoJSON({
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 3], [0, 3], [0, 0]]]},
    "properties": {"name": "a rectangle"},
})

# %% Tables

if has("pandas", "numpy"):
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(7)
    frame = pd.DataFrame({
        "city": rng.choice(["Lisbon", "Cairo", "Mumbai"], 5000),
        "day": pd.date_range("2026-01-01", periods=5000, freq="h"),
        "value": rng.normal(size=5000).round(3),
        "note": [None, "", "text"] * 1666 + [None, ""],
    })
    display(frame)
    display(frame.describe())
    display(frame.value.head())
    display(frame.head().style.background_gradient(subset="value") if has("matplotlib") else frame.head())
    display(rng.normal(size=(40, 8)))

if has("polars"):
    import polars as pl

    display(pl.DataFrame({"a": range(100), "b": [k / 7 for k in range(100)]}))

# %% Figures

if has("matplotlib"):
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(6, 3))
    ax.plot([math.sin(k / 10) for k in range(100)])
    ax.set(title="A sine", xlabel="step", ylabel="value")
    plt.show()

if has("plotly"):
    import plotly.graph_objects as go

    go.Figure(go.Bar(x=["a", "b", "c"], y=[2, 3, 1])).show()

if has("altair"):
    import altair as alt

    data = alt.Data(values=[{"x": k, "y": k * k} for k in range(10)])
    display(alt.Chart(data).mark_line().encode(x="x:Q", y="y:Q"))

if has("bokeh"):
    from bokeh.io import output_notebook, show
    from bokeh.plotting import figure
    from bokeh.resources import INLINE

    output_notebook(INLINE, hide_banner=True)
    plot = figure(width=400, height=200)
    plot.line([1, 2, 3], [3, 1, 2])
    show(plot)

# %% Pictures, sound, pages


def png(width, height):
    """A gradient."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(
        b"\0" + bytes(v for x in range(width) for v in (x * 255 // width, y * 255 // height, 128))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


display({"image/png": base64.b64encode(png(120, 60)).decode()}, raw=True)

SVG('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><circle cx="30" cy="30" r="25" fill="teal"/></svg>')

sound = io.BytesIO()
with wave.open(sound, "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(8000)
    file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(k / 3))) for k in range(4000)))
Audio(sound.getvalue())

HTML('<b>bold</b>, <a href="#">a link</a> and <span style="color: teal">a colour</span>')

HTML('<button onclick="this.textContent = `pressed ${++this.value} times`" value="0">Press</button>')

Javascript("element.textContent = `${6 * 7} from a script`")

# %% What needs more than there is

display({"application/x-unknown": "data", "text/plain": "its text"}, raw=True)

display({"application/x-only": "data"}, raw=True)

# %% Errors

def inverse(x):
    return 1 / x


inverse(0)
