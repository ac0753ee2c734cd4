def load():
    try:
        {}["key"]
    except KeyError as error:
        raise ValueError("no such key") from error

try:
    load()
except ValueError:
    raise RuntimeError("during handling")
