"""
# A gallery of results

Everything that a statement can put out, one of each. Each kind is there without
any library but IPython; what libraries make of it is shown too where they are
installed, and said where they are not. Nothing here uses the network.
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

from IPython.display import (
    HTML,
    JSON,
    SVG,
    Audio,
    Code,
    FileLink,
    GeoJSON,
    IFrame,
    Javascript,
    Latex,
    Markdown,
    Math,
    Video,
    YouTubeVideo,
    clear_output,
    display,
)


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

# What is long folds.
"\n".join(f"line {k}" for k in range(200))

print("\x1b[1mbold\x1b[0m, \x1b[31mred\x1b[0m, \x1b[42m behind \x1b[0m")

print("a warning", file=sys.stderr)

for k in range(1, 11):
    print(f"\rstep {k}/10", end="")
    time.sleep(0.05)

for k in range(3):
    clear_output(wait=True)
    display(f"shown anew: {k}")

later = display("shown first", display_id=True)

later.update(Markdown("*updated later*"))

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

> [!NOTE]
> Worth to know.

[^1]: At the end.
""")

Markdown("""
```mermaid
flowchart LR
    accTitle: A diagram
    A[script] -- runs --> B{is it right?}
    B -- yes --> C[(keep)]
    B -- no --> A
```
""")

Code("def f(x):\n    return x + 1", language="python")

# %% Data

JSON({"name": "Ada", "langs": ["en", "fr"], "nested": {"a": {"b": None}}}, expanded=True)

GeoJSON({
    "type": "Feature",
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [4, 0], [4, 3], [0, 3], [0, 0]]]},
    "properties": {"name": "a rectangle"},
})

display({"text/csv": "city,value\nLisbon,1\nCairo,2"}, raw=True)

# %% Tables

rows = "".join(f"<tr><th>{k}</th><td>{k * k}</td><td>{k**3}</td></tr>" for k in range(1, 6))
table = f"<table><thead><tr><th></th><th>square</th><th>cube</th></tr></thead>{rows}</table>"
HTML(table)

HTML("<style>td { background: #fde68a; color: #422006 } th { color: teal }</style>" + table)

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

if has("duckdb", "pyarrow"):
    import duckdb

    display(duckdb.sql("select number, number * number as square from range(5000) numbers(number)"))

# A list of dictionaries stands as text; the menu of its result opens it as a table.
[{"city": city, "letters": len(city)} for city in ("Lisbon", "Cairo", "Mumbai")]

# %% Figures

# Charts come as data, and are drawn where they are seen.
display(
    {
        "application/vnd.plotly.v1+json": {
            "data": [{"type": "bar", "x": ["a", "b", "c"], "y": [2, 3, 1]}],
            "layout": {"title": {"text": "A figure of plotly"}, "height": 300},
        }
    },
    raw=True,
)

display(
    {
        "application/vnd.vegalite.v6+json": {
            "title": "A chart of Vega-Lite",
            "data": {"values": [{"x": k, "y": k * k} for k in range(10)]},
            "mark": "line",
            "encoding": {
                "x": {"field": "x", "type": "quantitative"},
                "y": {"field": "y", "type": "quantitative"},
            },
        }
    },
    raw=True,
)

# A library of scripts is loaded by one output, and used by later ones.
HTML("<script>window.bars = (element, values) => values.forEach(value => element.insertAdjacentHTML("
     "'beforeend', `<div class=bar style='background: teal; height: 9px; margin: 2px; width: ${value}px'></div>`))"
     "</script>")

HTML("<div id=bars></div><script>bars(document.getElementById('bars'), [90, 160, 40])</script>")

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


picture = base64.b64encode(png(120, 60)).decode()
display({"image/png": picture}, metadata={"image/png": {"alt": "A gradient"}}, raw=True)

# At half of its pixels, as displays of high resolution have it.
display({"image/png": picture}, metadata={"image/png": {"width": 60, "height": 30}}, raw=True)

Markdown(f"A picture in Markdown: ![a gradient](data:image/png;base64,{picture})")

SVG('<svg xmlns="http://www.w3.org/2000/svg" width="120" height="60"><circle cx="30" cy="30" r="25" fill="teal"/></svg>')

sound = io.BytesIO()
with wave.open(sound, "wb") as file:
    file.setnchannels(1)
    file.setsampwidth(2)
    file.setframerate(8000)
    file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(k / 3))) for k in range(4000)))
Audio(sound.getvalue())

# A dot, recorded of a canvas.
film = base64.b64decode(
    "GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQRChYECGFOAZwEAAAAAAAJrEU2bdLlNu4tTq4QVSalmU6yBbk27"
    "i1OrhBZUrmtTrIGTTbuLU6uEH0O2dVOsgdRNu4xTq4QcU7trU6yCAlnsrgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAVSalmoCrXsYMPQkBEiYREF7JvTYCGQ2hyb21lV0GGQ2hyb21lFlSua7yuuteBAXPF"
    "hw7tDDV/a2CDgQFV7oEBhoVWX1ZQOOCdsIFAuoEwU8CBAVWwkFWxgQFVuYECVbqBDVW7gQEfQ7Z1AQAAAAAAAXnngQCg"
    "9aHEgQAAALADAJ0BKkAAMAAABwiFhYiZhIgBJBATrVAfwB/QEDncMOmNnizIAP7+67y/+U9jivo/8p+//5PdnjSmiX/5"
    "OAB1oaymqu6BAaWl0AIAnQEqQAAwAAAHCIWFiJmEiAEkEAA0cn5mPN+KwAD+/7qDAKDTobKBAMYAMQIAABAJIADAANJ/"
    "oGAAp9VVRAD+/6d5P//J7s8aU0S//J7v/zr5rqOLqb1EAHWhmaaX7oEBpZLRAQAAEAkgAMAAwsF/oABEYAD7gQCg0qGx"
    "gQGPADECAAAQCSAAwADSf6BgAKfVVUQA/v7rvL/5T2OK+j/yn7//k92eNKaJf/k4AHWhmaaX7oEBpZLRAQAAEAkgAMAA"
    "wsF/oABEYAD7gcag1KGygQJeADECAAAQCSAAwADSf6BgAKfVVUQA/v+neT//ye7PGlNEv/ye7/86+a6ji6m9RAB1oZmm"
    "l+6BAaWS0QEAABAJIADAAMLBf6AARGAA+4IBjxxTu2uNu4uzgQC3hveBAfGB1A=="
)
Video(film, embed=True, mimetype="video/webm")

page = b"<h1>A page</h1><p>in a frame"
IFrame("data:text/html;base64," + base64.b64encode(page).decode(), 300, 90)

# What is of the network waits until it is wanted.
YouTubeVideo("a-video")

pdf = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 80]/Contents 4 0 R/Resources<</Font<</F<</Type/Font"
    b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj 4 0 obj<</Length 37>>stream\n"
    b"BT /F 24 Tf 20 30 Td (A page) Tj ET   \nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)
display({"application/pdf": base64.b64encode(pdf).decode()}, raw=True)

FileLink("gallery.py")

HTML('<b>bold</b>, <a href="#">a link</a> and <span style="color: teal">a colour</span>')

HTML('<button onclick="this.textContent = `pressed ${++this.value} times`" value="0">Press</button>')

Javascript("element.textContent = `${6 * 7} from a script`")

# %% Widgets

if has("ipywidgets"):
    import ipywidgets

    display(ipywidgets.IntSlider(value=3, description="live"))

if has("anywidget"):
    import anywidget
    import traitlets

    class Counter(anywidget.AnyWidget):
        _esm = """
        export default {
          render({ model, el }) {
            const button = document.createElement("button");
            const show = () => { button.textContent = `counted ${model.get("count")}`; };
            button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
            model.on("change:count", show);
            show();
            el.append(button);
          }
        };
        """
        count = traitlets.Int(0).tag(sync=True)

    display(Counter())

# %% What needs more than there is

display({"application/x-unknown": "data", "text/plain": "said by its text"}, raw=True)

display({"application/x-only": "data"}, raw=True)

HTML("<style>p { color: teal }</style>")

display({"image/png": "no picture"}, raw=True)

display({}, raw=True)

display(
    {
        "application/vnd.jupyter.widget-view+json": {"model_id": "0", "version_major": 2, "version_minor": 0},
        "text/plain": "IntSlider(value=0)",
    },
    raw=True,
)

# %% Errors

def inverse(x):
    return 1 / x


inverse(0)
