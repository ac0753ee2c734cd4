# only: kernel
from IPython.display import HTML, Markdown, JSON, display

display(HTML("<b>bold</b>"), "text")
HTML("<i>result</i>")
Markdown("*emphasis*")
display({"text/plain": "raw", "application/json": {"a": [1, None, float("nan")]}}, raw=True)
for n in range(2):
    print("before", n)
    display(n, metadata={"text/plain": {"n": n}})
