# stop on error: no
import sys
sys.excepthook(1, "1", 1)
sys.excepthook(None, None, None)
sys.excepthook(TypeError, ValueError("told as what it is"), None)
class Thing:
    @property
    def fails(self):
        raise KeyError("with its own traceback")
try:
    Thing().fails
except KeyError as error:
    caught = error
sys.excepthook(KeyError, caught, caught.__traceback__.tb_next)
other = ValueError("with the traceback that is given")
sys.excepthook(ValueError, other, caught.__traceback__)
stderr = sys.stderr
sys.stderr = None
sys.excepthook(KeyError, caught, None)
sys.stderr = stderr
