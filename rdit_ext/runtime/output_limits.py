"""How much output of a statement and of a run is sent."""

from __future__ import annotations

from . import renditions

# Characters of text of one statement: the first HEAD are sent, then only the last TAIL are kept.
HEAD = 512 * 1024
TAIL = 64 * 1024
# While a statement writes beyond HEAD, its last LIVE characters are sent every LIVE_PERIOD seconds.
LIVE = 4 * 1024
LIVE_PERIOD = 1.0
# When a run has written RUN_TEXT characters, each further statement gets SMALL in place of HEAD and
# TAIL.
RUN_TEXT = 32 * 1024 * 1024
SMALL = 2 * 1024
# Displays of one statement: their number, and the characters of their MIME bundles. Beyond either
# limit only the last display is kept.
DISPLAYS = 1000
DISPLAY_SIZE = 64 * 1024 * 1024


class Limits:
    """The limits of each statement of a run; None is the default.

    `head`: characters of text; `displays`: number of displays; `largest`: characters of the MIME
    bundle of one display.
    """

    def __init__(
        self, head: int | None = None, displays: int | None = None, largest: int | None = None
    ):
        self.head = HEAD if head is None else head
        self.tail = self.head * TAIL // HEAD
        self.displays = DISPLAYS if displays is None else displays
        self.largest = renditions.LARGEST if largest is None else largest
