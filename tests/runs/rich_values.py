# only: kernel
class Rich:
    def _repr_html_(self):
        return "<b>rich</b>"
    def __repr__(self):
        return "Rich()"
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "bundle", "image/svg+xml": "<svg/>"}, {"image/svg+xml": {"isolated": True}}
class Picture:
    def _repr_png_(self):
        return b"\x89PNG"
Rich()
Bundle()
Picture()
[Rich()]
class Broken:
    def __repr__(self):
        raise ValueError("no form")
Broken()
print("goes on")
