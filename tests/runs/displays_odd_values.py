# only: kernel
from IPython.display import display


class Shows:
    def __init__(self, **bundle):
        self.bundle = {name.replace("_", "/"): value for name, value in bundle.items()}

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.bundle

    def __repr__(self):
        return "Shows()"


class Fails:
    def _repr_html_(self):
        raise ValueError("no HTML")

    def _repr_markdown_(self):
        return "**Markdown**"

    def __repr__(self):
        return "Fails()"


class FailsInAll:
    def __repr__(self):
        raise ValueError("no text")


display({"text/plain": 5}, raw=True)
display({"text/plain": ["two\n", "lines"]}, raw=True)
display({"text/html": b"<b>bytes</b>"}, raw=True)
display({"text/html": {"not": "text"}}, raw=True)
display({"application/json": None}, raw=True)
display({"application/json": []}, raw=True)
Shows(text_html=None)
Shows(text_html="", text_markdown="  ")
Shows(text_html=5, text_plain=None)
Shows(application_json={1: object, "2": {3}})
Fails()
FailsInAll()
circular = []
circular.append(circular)
Shows(application_json=circular)
display(Shows(application_json=circular))
