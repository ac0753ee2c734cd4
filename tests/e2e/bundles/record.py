"""Writes NAME.json beside this file: the MIME bundles that libraries show, in order, for tests that
need not install them: `python tests/e2e/bundles/record.py`, where bokeh, itables, plotly, altair,
polars and folium are installed. Of a library packed in a bundle only a stand-in is kept, which
defines the same global and draws a line of text.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from pathlib import Path
from typing import Any

from jupyter_client.manager import start_new_kernel

SCRIPTS = {
    "bokeh": """
from bokeh.io import output_notebook, show
from bokeh.plotting import figure
from bokeh.resources import INLINE
output_notebook(INLINE)
p = figure(width=300, height=200)
p.line([1, 2, 3], [1, 3, 2])
show(p)
""",
    "itables": """
import itables, pandas
itables.init_notebook_mode(connected=False)
display(pandas.DataFrame({"x": range(5)}))
""",
    "plotly": """
import plotly.graph_objects as go
figure = go.Figure(go.Scatter(x=[1, 2, 3], y=[2, 1, 3]))
figure.show()
figure.show(renderer="notebook")
""",
    "altair": """
import altair, polars
altair.renderers.enable("mimetype")
frame = polars.DataFrame({"a": [1, 2, 3], "b": [3, 1, 2]})
display(altair.Chart(frame, title="A line").mark_line().encode(x="a", y="b"))
""",
    "folium": "import folium; display(folium.Map([48.8, 2.3]))",
}
BOKEH = """root.Bokeh = {version: "3", safely: f => f(), set_log_level() {}, embed: {
    embed_items_notebook(documents, items) {
        const [item] = items, [id] = Object.values(item.roots);
        document.getElementById(id).textContent = "drawn by Bokeh";
    }}};"""
ITABLES = """export const jQuery = null;
export const set_or_remove_dark_class = () => {};
export class ITable { constructor(table) { table.textContent = "drawn by ITables"; } }"""
PLOTLY = """window.Plotly = {newPlot: async id => {
    document.getElementById(id).textContent = "drawn by plotly";
}};"""


def shown_by(script: str) -> list[dict[str, Any]]:
    manager, client = start_new_kernel(kernel_name="python3")
    shown: list[dict[str, Any]] = []

    def take(message: dict[str, Any]) -> None:
        if message["msg_type"] in ("display_data", "execute_result"):
            shown.append(message["content"]["data"])
        elif message["msg_type"] == "error":
            sys.exit(message["content"]["evalue"])

    client.execute_interactive(script, output_hook=take, timeout=60)
    client.stop_channels()
    manager.shutdown_kernel(now=True)
    return shown


def without_libraries(text: str) -> str:
    # bokeh: the first of its packed files is replaced, the others go.
    begin, end = r"/\* BEGIN bokeh\.min\.js \*/", r"/\* END bokeh-mathjax\.min\.js \*/"
    text = re.sub(f"{begin}.*{end}", lambda _: BOKEH, text, flags=re.DOTALL)
    # itables: a module and a style sheet in base64.
    module = base64.b64encode(ITABLES.encode()).decode()
    text = re.sub(r'injectCSS\("[^"]*"\)', 'injectCSS("")', text)
    text = re.sub(r'injectModule\("[^"]*"\)', f'injectModule("{module}")', text)
    # plotly
    packed = r"/\*\*\s+\* plotly\.js v.*?(?=</script>)"
    return re.sub(packed, lambda _: PLOTLY, text, flags=re.DOTALL)


for name, script in SCRIPTS.items():
    bundles = [
        {
            kind: without_libraries(value) if isinstance(value, str) else value
            for kind, value in data.items()
        }
        for data in shown_by(script)
    ]
    path = Path(__file__).with_name(f"{name}.json")
    path.write_text(json.dumps(bundles, indent=1) + "\n")
    print(name, [len(json.dumps(data)) for data in bundles])
