"""Golden runs of several steps, in a session of a real server.

RDIT_RECORD=1 writes what they give, in place of what is written down: read it before committing it.
"""

import os
import time

import pytest

from tests.support.steps import NAMES, GoldenSession, is_wanted
from tests.support.waiting import PATIENCE

RECORD = os.environ.get("RDIT_RECORD") == "1"


class ServerSession:
    """A session of the server, by way of one of its viewers."""

    def __init__(self, viewer):
        self.viewer = viewer
        self._used = set()

    def run(self, run, script):
        self.viewer.send("run", run=run, script=script)

    def answer(self, text):
        self.viewer.send("input", text=text)

    def interrupt(self):
        self.viewer.send("interrupt")

    def reset(self, restart):
        self.viewer.send("reset", restart=restart)

    def until(self, wanted):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for event in self.viewer.events:
                if id(event) not in self._used and is_wanted(event, wanted):
                    self._used.add(id(event))
                    return
            self.viewer.receive()
        raise AssertionError(f"{wanted} did not come: {self.viewer.events}")


@pytest.mark.parametrize("name", NAMES)
def test_the_steps_give_the_events_that_are_written_down(server, session, name):
    golden = GoldenSession(name)
    with server.viewer(session=session) as viewer:
        golden.walk(ServerSession(viewer))
        found = viewer.events
    if RECORD:
        golden.write(found)
    assert golden.same(found) == golden.expected()
