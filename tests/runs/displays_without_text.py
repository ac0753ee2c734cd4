# only: kernel
from IPython.display import display


class Only:
    def __init__(self, bundle):
        self.bundle = bundle

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.bundle

    def __repr__(self):
        return ""


display({"text/html": "<b>bold</b>"}, raw=True)
display({"text/markdown": "*emphasis*"}, raw=True)
display({"image/png": "iVBORw0KGgo="}, raw=True)
display({"application/x-foo": "of a type that nobody knows"}, raw=True)
display({"application/vnd.foo.v1+json": {"a": [1, 2]}}, raw=True)
display({}, raw=True)
Only({"text/html": "<i>result</i>"})
Only({"application/x-foo": "bar"})
Only({})
