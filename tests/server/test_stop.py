"""Stop, against scripts that swallow the interrupt, clean up, or have a handler of their own."""

import pytest

from tests.support.waiting import wait_for


def stopped(server, session, script, presses=1, ready="ready"):
    """The statuses of a script that was stopped once it had printed "ready", and what it wrote."""
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script=script)
        wait_for(lambda: viewer.until("output") and ready in viewer.text("r"), ready)
        for press in range(presses):
            viewer.send("interrupt")
            if press + 1 < presses:
                # As somebody who sees that nothing came of the first.
                wait_for(lambda: "heard" in viewer.text("r") or viewer.until("output"), "heard")
        done = viewer.until("done", run="r")
        ended = {e["nodeIndex"]: e["status"] for e in viewer.of("r") if e["type"] == "status"}
        return done["status"], ended, viewer.text("r")


def test_nothing_of_the_rest_runs_after_a_command_that_takes_the_interrupt(server, session):
    server.run("import os", session)
    # In one expression, so that the command begins soon after it is read that it does.
    script = "(print('ready'), os.system('sleep 60')); print('AF' + 'TER'); left = 1"
    status, ended, written = stopped(server, session, script)
    assert status == "interrupted"
    assert ended == {0: "interrupted", 1: "cancelled", 2: "cancelled"}
    assert "AFTER" not in written
    assert server.text("'left' in globals()", session) == "False\n"


def test_nothing_of_the_rest_runs_within_one_statement_either(server, session):
    server.run("import os", session)
    script = (
        "def busy():\n"
        "    print('ready')\n"
        "    for n in range(100):\n"
        "        os.system('sleep 60')\n"
        "        print('AFTER', n)\n"
        "busy()\nprint('AFTER')"
    )
    status, ended, written = stopped(server, session, script)
    assert (status, ended) == ("interrupted", {0: "ok", 1: "interrupted", 2: "cancelled"})
    assert "AFTER" not in written


CLEANING_UP = {
    "asyncio": """
import asyncio
async def main():
    try:
        print("ready")
        await asyncio.sleep(60)
    finally:
        await asyncio.sleep(0)
        print("cleanup ran")
asyncio.run(main())
""",
    "trio": """
import trio
async def main():
    try:
        print("ready")
        await trio.sleep(60)
    finally:
        with trio.CancelScope(shield=True):
            await trio.sleep(0)
        print("cleanup ran")
trio.run(main)
""",
    "caught": """
import time
try:
    (print("ready"), time.sleep(60))
except KeyboardInterrupt:
    print("cleanup ran")
    raise
""",
}


@pytest.mark.parametrize("name", CLEANING_UP)
def test_what_cleans_up_at_an_interrupt_gets_to(name, server, session):
    if name != "caught":
        pytest.importorskip(name)
    status, _, written = stopped(server, session, CLEANING_UP[name] + "\nprint('AFTER')")
    assert status == "interrupted"
    assert "cleanup ran" in written
    assert "AFTER" not in written


HANDLING = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: print("heard"))
assert signal.getsignal(signal.SIGINT).__name__ == "<lambda>"
def busy():
    print("ready")
    while True:
        time.sleep(0.01)
busy()
"""


def test_second_press_ends_a_script_with_a_handler_of_its_own(server, session):
    status, _, written = stopped(server, session, HANDLING, presses=2)
    assert status == "interrupted"
    assert "heard" in written


def test_second_press_ends_a_script_that_ignores_the_signal(server, session):
    script = HANDLING.replace('lambda *_: print("heard")', "signal.SIG_IGN").replace("assert", "#")
    with server.viewer(session=session) as viewer:
        viewer.send("run", run="r", script=script)
        wait_for(lambda: viewer.until("output") and "ready" in viewer.text("r"))
        viewer.send("interrupt")
        viewer.send("interrupt")
        assert viewer.until("done", run="r")["status"] == "interrupted"
        viewer.run("2 + 2", "next")
        assert viewer.text("next") == "4\n"


def test_script_sees_the_handler_of_python(server, session):
    script = (
        "import signal\n"
        "signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
        "old = signal.signal(signal.SIGINT, print); old is signal.default_int_handler\n"
        "signal.getsignal(signal.SIGINT) is print\n"
        "signal.signal(signal.SIGINT, old) is print\n"
        "signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    )
    assert server.text(script, session) == "True\n" * 5


def test_signals_that_a_script_sends_itself_never_force(server, session):
    script = (
        "import asyncio, signal, _thread\n"
        "caught = 0\n"
        "for n in range(4):\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    except KeyboardInterrupt:\n"
        "        caught += 1\n"
        "async def main():\n"
        "    _thread.interrupt_main()\n"
        "    await asyncio.sleep(60)\n"
        "try:\n"
        "    asyncio.run(main())\n"
        "except KeyboardInterrupt:\n"
        "    caught += 1\n"
        "caught"
    )
    assert server.text(script, session) == "5\n"
