"""One life of a kernel process, and the next on the same ports."""

import asyncio
import logging
from types import SimpleNamespace

import pytest
import zmq.asyncio
from jupyter_client.manager import AsyncKernelManager

from rdit_ext.errors import KernelDied
from rdit_ext.kernel.client import Kernel
from rdit_ext.kernel.crash_marker import MARKER_BYTES, CrashMarkers
from rdit_ext.kernel.link import KernelLink, LocalLink
from rdit_ext.kernel.process import KernelProcess
from rdit_ext.protocol import Done, Error, KernelModel, OutputEvent, RunRequest
from rdit_ext.runtime import crash_marker
from rdit_ext.runtime.recorder import Recorder
from rdit_ext.session import interrupts
from rdit_ext.session.run import Run
from rdit_ext.session.session import Limits, Session
from rdit_ext.session.transition import Job, State

LOG = logging.getLogger(__name__)


def test_what_the_next_process_puts_out_is_not_heard_by_who_listened_to_the_one_before(tmp_path):
    """The last words of the one before are waited for while the next one runs already."""

    places = CrashMarkers()

    async def work():
        context = zmq.asyncio.Context()
        manager = AsyncKernelManager()
        await manager.start_kernel(cwd=str(tmp_path))
        kernels, heard = [], {"before": [], "after": []}
        try:
            for events in heard.values():
                if kernels:
                    await manager.restart_kernel(now=True)
                link = LocalLink(manager, context, LOG, places.make())
                kernel = Kernel(link, events.extend, LOG)
                kernels.append(kernel)
                await kernel.boot(60)
                asked = RunRequest(run="r", script="print('once')")
                await kernel.run(Run(asked).request(""), False)
                # Whoever listens to iopub at all has it by now: it comes after all events.
                await kernel.query("variables")
            assert kernels[0].error is None
        finally:
            for kernel in kernels:
                await kernel.close()
            await manager.shutdown_kernel(now=True)
            context.destroy(linger=0)
            places.close()
        return heard

    heard = asyncio.run(work())
    assert len(heard["before"]) == len(heard["after"])


class Wire(KernelLink):
    """A link to a kernel that the test plays: `answer(msg_type, msg_id)` gets what is sent."""

    def __init__(self, answer, marker=None):
        self.answer = answer
        self.marker = marker
        self.count = 0

    async def open(self):
        pass

    def send(self, channel, msg_type, content):
        self.count += 1
        asyncio.get_running_loop().call_soon(self.answer, msg_type, str(self.count))
        return str(self.count)

    def receive(self, channel, msg_type, parent, **content):
        header = {"session": "kernel"}
        parent = {"msg_id": parent}
        self.on_message(
            channel,
            {"header": header, "parent_header": parent, "msg_type": msg_type, "content": content},
        )

    async def close(self):
        pass


def test_a_boot_that_the_kernel_has_not_read_is_followed_by_what_makes_it_look():
    """As ipykernel 7.0 to 7.3 where a request comes while a reply leaves."""
    missed = []

    def answer(msg_type, msg_id):
        if msg_type == "kernel_info_request":
            link.receive("iopub", "status", msg_id, execution_state="idle")
            link.receive("shell", "kernel_info_reply", msg_id, status="ok")
            for booted in missed:
                found = {"rdit": {"data": {"text/plain": "True"}}}
                link.receive("shell", "execute_reply", booted, status="ok", user_expressions=found)
        elif msg_type == "execute_request":
            missed.append(msg_id)

    link = Wire(answer)

    async def work():
        await Kernel(link, lambda events: None, LOG).boot(30)

    asyncio.run(work())
    assert len(missed) == 1


@pytest.mark.parametrize("size", [10, 60_000], ids=["recorded", "too large to be recorded"])
def test_what_is_on_its_way_from_a_process_that_died_is_waited_for(tmp_path, size):
    """Also where nothing comes for a while, as where neither side gets a processor."""
    file = tmp_path / "marker"
    marker = crash_marker.CrashMarker(str(made(file)))
    recorder = Recorder(marker.bytes)
    marker.begin("r")
    marker.enter(0)
    texts = [f"{n} {'x' * size}\n" for n in range(6)]
    for number, text in enumerate(texts):
        recorder.text(number, 0, "stdout", text)
    recorder.sent(len(texts))
    statement = {"nodeIndex": 0, "lineStart": 1, "lineEnd": 1, "isExpr": True, "source": "x"}
    plan = {"type": "plan", "run": "r", "statements": [statement]}
    heard = []

    async def work():
        link = Wire(lambda *_: None, file)
        kernel = Kernel(link, heard.extend, LOG)
        running = asyncio.ensure_future(kernel.run({"run": "r"}, False))
        await asyncio.sleep(0)

        def come(number):
            output = {"type": "stdout", "text": texts[number]}
            event = {"type": "output", "run": "r", "nodeIndex": 0, "output": output}
            events = [plan, event] if number == 0 else [event]
            link.receive("iopub", "rdit_events", "1", events=events, count=number + 1)
            if number + 1 < len(texts):
                # Longer than the silence after which nothing more is expected.
                asyncio.get_running_loop().call_later(0.2, come, number + 1)

        come(0)
        await kernel.drain()
        kernel.fail(KernelDied("It died."))
        with pytest.raises(KernelDied):
            await running
        return kernel

    kernel = asyncio.run(work())
    assert kernel.said_all
    outputs = [event for event in [*heard, *kernel.last_words] if isinstance(event, OutputEvent)]
    assert "".join(event.output.text for event in outputs) == "".join(texts)
    marker.close()


def made(file):
    file.write_bytes(bytes(MARKER_BYTES))
    return file


@pytest.mark.parametrize("cause", ["kernel-restarted", "kernel-shut-down", "kernel-died"])
def test_an_interrupt_that_is_told_after_its_kernel_was_ended_by_others_is_not_the_users(cause):
    """Jupyter sends SIGINT before it ends a kernel."""

    async def work():
        session = Session(None, Limits(), "s", None, KernelModel(name="python3"), LOG)
        run = session._runs["r"] = Run(RunRequest(run="r", script="1"))
        session._state = State(link="ready", current=Job("r"), is_sent=True)
        session.kernel_gone(KernelDied("It is gone.", cause), True)
        text = Error(text="", name="KeyboardInterrupt", message="", frames=[])
        session._on_events([OutputEvent(run="r", node_index=0, output=text)])
        session._on_events([Done(run="r", status="interrupted", elapsed=0.0)])
        return run

    run = asyncio.run(work())
    assert run.overtaken == (cause != "kernel-died")
    assert run.ended.is_set() == (cause == "kernel-died")


def test_a_kernel_is_not_told_to_be_busy_once_its_run_has_ended():
    """The answer that came beside the run is handled after the run's end. What Jupyter takes for
    busy is never culled."""

    async def work():
        manager = SimpleNamespace(execution_state="idle")
        shared = SimpleNamespace(kernels=Kernels({"k": manager}))
        process = KernelProcess(shared, None)
        process.id, process._phase = "k", "up"
        run = Run(RunRequest(run="r", script="1"), presses=1)

        async def answer(method):
            assert manager.execution_state == "idle"
            run.ended.set()
            run.finished.set()
            return True

        sent = asyncio.get_running_loop().create_future()
        sent.set_result(None)
        await interrupts.repeat(run, process, lambda: SimpleNamespace(query=answer), sent)
        assert manager.execution_state == "idle"
        # Where it is handled before: as the session does at the end of a run.
        process.say_busy()
        assert manager.execution_state == "busy"
        process.say_idle()
        assert manager.execution_state == "idle"
        manager.execution_state = "busy"
        process.say_idle()
        assert manager.execution_state == "busy", "a console of somebody else's"

    asyncio.run(work())


class Kernels(dict):
    def get_kernel(self, id):
        return self[id]


def test_a_kernel_that_jupyter_has_let_go_of_is_ended_by_others():
    process = KernelProcess(SimpleNamespace(kernels={}), None)
    assert not process.is_ended_by_others
    process.id, process._phase = "k", "up"
    # Before Jupyter has reported it.
    assert process.is_ended_by_others
