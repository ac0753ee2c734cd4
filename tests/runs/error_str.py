class Awkward(Exception):
    def __str__(self):
        raise KeyboardInterrupt

raise Awkward
