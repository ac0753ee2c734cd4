# requires: python>=3.11
class Awkward(Exception):
    def __str__(self):
        raise KeyboardInterrupt

raise Awkward
