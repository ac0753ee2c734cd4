import warnings

warnings.simplefilter("default")
def old():
    warnings.warn("use new()", DeprecationWarning, stacklevel=2)
old()
warnings.warn("plain")
