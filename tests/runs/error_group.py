# requires: python>=3.11
def fail(error):
    raise error

errors = []
for kind in (ValueError, TypeError):
    try:
        fail(kind("one of several"))
    except Exception as error:
        errors.append(error)
raise ExceptionGroup("several", errors)
