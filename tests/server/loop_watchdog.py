"""An extension of the server under test: notes in a file when something holds the event loop.

A thread looks at the thread of the loop every 20 ms. The loop is held where that one sleeps in the
same place of Python for more than 100 ms, anywhere but in the loop's own wait for events. A thread
that is only short of a processor does not sleep, so a busy machine is not blamed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

from tornado.web import RequestHandler

PERIOD = 0.02
HELD = 0.1


class Hold(RequestHandler):
    """`GET watchdog/hold`: holds the loop, which the watchdog has to notice."""

    def get(self) -> None:
        time.sleep(0.5)


def _jupyter_server_extension_points():
    return [{"module": "loop_watchdog"}]


def _load_jupyter_server_extension(app):
    app.web_app.add_handlers(".*$", [(f"{app.base_url}watchdog/hold", Hold)])
    threading.Thread(target=watch, args=[Path(os.environ["RDIT_WATCHDOG"])], daemon=True).start()


def watch(notes: Path) -> None:
    main = threading.main_thread()
    held = None
    since = time.monotonic()
    while True:
        time.sleep(PERIOD)
        frame = sys._current_frames().get(main.ident)
        place = None if frame is None else (id(frame), frame.f_lasti)
        is_waiting = frame is None or Path(frame.f_code.co_filename).name == "selectors.py"
        if is_waiting or place != held or not sleeps(main.native_id):
            held, since = place, time.monotonic()
        elif time.monotonic() - since > HELD:
            with notes.open("a") as file:
                file.write(json.dumps(traceback.format_stack(frame)[-4:]) + "\n")
            held = None


def sleeps(thread: int) -> bool:
    state = Path(f"/proc/self/task/{thread}/stat").read_text().rpartition(")")[2].split()[0]
    return state in "SD"
