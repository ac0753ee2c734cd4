"""The only module that speaks the kernel protocol of Jupyter
(https://jupyter-client.readthedocs.io/en/latest/messaging.html).

    Session -- Kernel: boot, run, answer, reset -- KernelLink: channels -- a kernel process

A `Kernel` is one life of one process: after a restart there is a new one, with new sockets, so
that nothing sent to the old process can reach the new. It turns messages into events and knows
nothing of queues, logs or viewers. A `KernelLink` only carries messages; the local one does so
over ZMQ.

What ends a run is the reply on the shell channel, which is reliable. Events come over iopub, a
PUB/SUB channel that drops messages at its high-water mark, so the wait for a run's last event has
a timeout.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import struct
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from logging import Logger, LoggerAdapter
from pathlib import Path
from typing import Any, Literal, Union

import msgspec
import zmq
import zmq.asyncio
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session as WireSession

from ..errors import (
    KernelBlocked,
    KernelDied,
    KernelError,
    KernelUnavailable,
    RuntimeFailed,
)
from ..protocol import (
    Clear,
    Display,
    Done,
    Error,
    Event,
    Input,
    Output,
    OutputEvent,
    Plan,
    Result,
    StatusEvent,
    Stderr,
    Stdout,
    Truncated,
    Update,
)
from .crash_marker import PLACE_BYTES
from .last_words import has_ended, read_last_words

Channel = Literal["shell", "iopub", "stdin", "control"]
Message = dict[str, Any]
Log = Union[Logger, "LoggerAdapter[Logger]"]
KernelEvent = Plan | StatusEvent | OutputEvent | Update | Clear | Input | Truncated | Done

# The message types of queries, on the control channel, which a run does not hold up, and of their
# answers, on iopub.
QUERY = "rdit_query"
ANSWER = "rdit_answer"
# Keeps the script's folder out of `sys.path` while the kernel starts. Ignored by Python 3.10.
# https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH
SAFE_PATH = "PYTHONSAFEPATH"

_RUN = "await __import__('sys').modules['_rdit'].run()"
_RESET = "await __import__('sys').modules['_rdit'].reset()"
# Seconds to wait for the `done` event after the shell reply: it usually follows in milliseconds.
# The wait is extended to `_PATIENCE` while other events of the run still arrive.
_DONE_GRACE = 2.0
_PATIENCE = 10.0
# Seconds. What a dead process had sent is in our sockets' queues; a silence of `_QUIET` means that
# they are empty, and `_DRAIN` bounds the wait. `_LAST_WORDS` bounds the wait for the helper process
# that reads the kernel's descriptors.
_QUIET = 0.1
_DRAIN = 2.0
_LAST_WORDS = 1.0


class KernelLink(ABC):
    """Carries messages to one kernel process and back.

    `on_message(channel, message)` is called in the event loop for each message that arrives.
    """

    on_message: Callable[[Channel, Message], None]
    # The shared file in which the runtime records which statement runs and what it has not sent yet
    # (`place.py`, `recorder.py`, `spill.py` there). None where kernel and server share no files.
    place: Path | None = None

    @abstractmethod
    async def open(self) -> None:
        """Open the channels. ZMQ queues messages that are sent before the process listens."""

    @abstractmethod
    def send(self, channel: Channel, msg_type: str, content: dict[str, Any]) -> str:
        """Send a message without blocking; the id from its header.

        Raises:
            KernelBlocked: the channel's queue is full or has no peer; nothing was sent.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close the channels. `on_message` is not called any more."""


class LocalLink(KernelLink):
    """A link over ZMQ to a process that a kernel manager of this server has started."""

    def __init__(
        self, manager: KernelManager, context: zmq.asyncio.Context, log: Log, place: Path
    ) -> None:
        self.place = place
        # A session of our own: `manager.client()` reuses the manager's session, whose id is the
        # routing identity of the sockets. Of two DEALER sockets with one identity the kernel's
        # ROUTER answers only one.
        session = WireSession(
            parent=manager,
            key=manager.session.key,
            signature_scheme=manager.session.signature_scheme,
        )
        # Decoding by the standard library's `json` took a third of the server's time for a run of
        # many small statements.
        unpack = session.unpack
        session.unpack = lambda text: _unpack(text, unpack)
        self._client: Any = manager.client(session=session, context=context)
        self._session = session
        self._log = log
        self._readers: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        self._client.start_channels(hb=False)
        channels: tuple[Channel, ...] = ("iopub", "shell", "stdin")
        # Control is only written to: answers to our questions arrive on iopub, and the kernel sends
        # no reply.
        self._readers = [asyncio.create_task(self._read(c, self._socket(c))) for c in channels]
        senders: tuple[Channel, ...] = ("shell", "stdin", "control")
        for channel in senders:
            # A send through the synchronous API would block the event loop while the socket has no
            # peer or has reached its high-water mark. With 0 it raises EAGAIN at once. Receiving
            # goes through the asyncio API, which never blocks.
            # http://api.zeromq.org/4-2:zmq-setsockopt (ZMQ_SNDTIMEO)
            self._socket(channel).setsockopt(zmq.SNDTIMEO, 0)

    def send(self, channel: Channel, msg_type: str, content: dict[str, Any]) -> str:
        message = self._session.msg(msg_type, content)
        socket = self._socket(channel)
        try:
            self._session.send(socket, message)
        except zmq.Again:
            raise KernelBlocked from None
        # ZMQ's descriptor is edge-triggered. `Session.send` uses the synchronous API, which may
        # consume the edge that the asyncio reader of this socket waits for: the reader would sleep
        # over a message that is there. Reading EVENTS makes pyzmq look at the socket again.
        # http://api.zeromq.org/4-2:zmq-getsockopt (ZMQ_FD)
        socket.get(zmq.EVENTS)
        return str(message["header"]["msg_id"])

    async def close(self) -> None:
        readers, self._readers = self._readers, []
        for reader in readers:
            reader.cancel()
        # Only then close the sockets: under a pending read the event loop's poller would spin on a
        # closed descriptor.
        await asyncio.gather(*readers, return_exceptions=True)
        self._client.stop_channels()
        if self.place is not None:
            self.place.unlink(missing_ok=True)

    def _socket(self, channel: Channel) -> Any:
        return getattr(self._client, f"{channel}_channel").socket

    async def _read(self, channel: Channel, socket: Any) -> None:
        count = 0
        while True:
            parts = await socket.recv_multipart()
            count += 1
            try:
                _, parts = self._session.feed_identities(parts)
                message = self._session.deserialize(parts)
            except Exception:
                self._log.warning("A message on %s could not be read", channel, exc_info=True)
                continue
            try:
                self.on_message(channel, message)
            except Exception:
                self._log.exception("A message on %s could not be handled", channel)
            if count % 50 == 0:
                # `recv_multipart` does not suspend while messages are queued: a busy kernel would
                # starve the other tasks of the event loop.
                await asyncio.sleep(0)


class _Running:
    """What is known of the run that was last sent to the kernel."""

    def __init__(self, run: str, msg_id: str) -> None:
        self.run = run
        self.msg_id = msg_id
        self.node_index: int | None = None
        # How many iopub messages of this run have arrived.
        self.heard = 0
        # The runtime's own number, from 1, of the last message of this run that has arrived.
        self.messages = 0
        self.done = asyncio.Event()
        # Set by the `done` event or by the request's idle status, after which a shell reply is due.
        self.over = asyncio.Event()

    def see(self, event: KernelEvent) -> None:
        """Follow which statement is running, as standard Jupyter messages do not name one."""
        if isinstance(event, StatusEvent) and event.status != "cancelled":
            self.node_index = event.node_index
        elif isinstance(event, Plan) and event.statements:
            self.node_index = event.statements[0].node_index
        elif isinstance(event, Done):
            self.done.set()
            self.over.set()


class Kernel:
    """One life of a kernel process with the runtime in it.

    `on_events` is called with events as they arrive, also after their run has ended: threads and
    tasks of the script may outlive it.
    """

    def __init__(
        self, link: KernelLink, on_events: Callable[[list[Event]], None], log: Log
    ) -> None:
        self._link = link
        self._on_events = on_events
        self._log = log
        self._replies: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._running: _Running | None = None
        self._heard = asyncio.Event()
        self._count = 0
        # The `session` in the headers of the kernel's messages, which is unique to its process.
        self._process: str | None = None
        self.error: KernelError | None = None
        # Set by `fail`: there is no process any more, and `error` says why.
        self.gone = asyncio.Event()
        # The run id and nodeIndex at which the process ended, as recorded in the shared file.
        self.last_place: tuple[str, int] | None = None
        # Outputs that the process recorded in the shared file but could not send, and whether they
        # are complete.
        self.last_words: list[Event] = []
        self.said_all = True
        link.on_message = self._receive

    # ---- life

    async def boot(self, timeout: float) -> None:
        """Connect, wait until the kernel answers on shell and iopub, and install the runtime in it.

        Raises:
            KernelBlocked: its sockets take no messages.
            KernelUnavailable: the runtime does not start in this kind of kernel.
            KernelDied: the process ended meanwhile.
            TimeoutError: it did not answer within `timeout` seconds.
        """
        await asyncio.wait_for(self._boot(), timeout)

    async def _boot(self) -> None:
        await self._link.open()
        # The "slow joiner" of PUB/SUB: the kernel's socket drops what it publishes before our
        # subscription has reached it. So requests are repeated until a reply has come on shell, and
        # a status of any of them on iopub.
        answered = False
        about: dict[str, Any] = {}
        asked: list[asyncio.Future[dict[str, Any]]] = []
        while not (answered and self._heard.is_set()):
            reply = self._ask("kernel_info_request", {})
            asked.append(reply)
            answered = await _within(0.2 if answered else 1.0, reply)
            about = reply.result() if answered and not self.error else about
            if answered:
                await _within(0.2, asyncio.ensure_future(self._heard.wait()))
            if self.error:
                raise self.error
        # Await the replies to all of them: ipykernel 7.0 to 7.3 may miss a request that comes while
        # it sends a reply, until the runtime has patched it (`host_ipython.py`).
        # https://github.com/ipython/ipykernel/pull/1529
        await asyncio.wait(asked, timeout=1.0)
        # A dummy stdin reply. ipykernel purges replies that it has not asked for; our host in the
        # kernel polls for it before the first `input()`, because the kernel's ROUTER drops an
        # `input_request` to a DEALER that has not connected yet.
        self.answer("")
        modules, code = _runtime()
        place = {"place": str(self._link.place)} if self._link.place is not None else {}
        # The runtime removes the variable again, unless the server itself has it: to child
        # processes of the script the environment is the server's.
        unset = [] if SAFE_PATH in os.environ else [SAFE_PATH]
        content = _silent(code) | {"rdit": {"modules": modules, "unset": unset, **place}}
        content["user_expressions"] = {"rdit": "'_rdit' in __import__('sys').modules"}
        reply_content = await self._ask("execute_request", content)
        if not _is_booted(reply_content):
            kind = f"{about.get('implementation')} {about.get('implementation_version', '')}"
            cause = f"{reply_content.get('ename', '')}: {reply_content.get('evalue', '')}"
            raise KernelUnavailable(
                f"The runtime of rdit does not start in this kernel, {kind.strip()}: it needs"
                f" ipykernel. {cause.strip(': ')}".rstrip()
            )

    async def drain(self) -> None:
        """Wait until everything that the ended process had sent has been received.

        Takes at most 3 s: 2 s for the channels, 1 s for what its helper process reads from the
        kernel's descriptors.
        """
        end = time.monotonic() + _DRAIN
        heard = -1
        while heard != self._count and time.monotonic() < end:
            heard = self._count
            await asyncio.sleep(_QUIET)
        # The helper sees end-of-file at once, unless a child process holds the descriptors open.
        end = time.monotonic() + _LAST_WORDS
        while not has_ended(self._link.place) and time.monotonic() < end:
            await asyncio.sleep(0.01)

    def fail(self, error: KernelError) -> None:
        """Mark the process as gone, and raise this error in everything that awaits a reply.

        Reads what the process recorded last (`last_place`, `last_words`) from the shared file.
        """
        self.error = error
        self.gone.set()
        self.last_place = _read_place(self._link.place)
        running = self._running
        if self.last_place is not None and running is not None:
            run, node_index = self.last_place
            if run == running.run:
                self.last_words, self.said_all = read_last_words(
                    self._link.place, run, node_index, running.messages
                )
        replies, self._replies = self._replies, {}
        for reply in replies.values():
            if not reply.done():
                reply.set_exception(error)

    async def close(self) -> None:
        """Disconnect from the process without ending it."""
        if self.error is None:
            self.fail(KernelDied("The connection to the kernel was closed."))
        await self._link.close()

    # ---- what a session asks

    async def run(self, request: dict[str, Any], allow_stdin: bool) -> None:
        """Execute a run: `request` is what `Run.request` gives. Returns when the run has ended and
        its events have arrived, or after at most 10 s of waiting for those.

        Raises:
            KernelBlocked: nothing was sent.
            KernelDied: the process ended during the run.
            RuntimeFailed: the runtime itself raised.
        """
        content = _silent(_RUN) | {"allow_stdin": allow_stdin, "rdit": request}
        msg_id = self._send("shell", "execute_request", content)
        running = self._running = _Running(request["run"], msg_id)
        reply = await self._reply_to(msg_id, running)
        if reply.get("status") == "error":
            self._log.error("The runtime failed: %s", "\n".join(reply.get("traceback", ())))
            raise RuntimeFailed(f"rdit failed: {reply.get('ename')}: {reply.get('evalue')}")
        if reply.get("status") != "ok":
            return  # "aborted": it never began; or no reply came to a run that has ended
        waited = 0.0
        while not running.done.is_set() and waited < _PATIENCE:
            heard = running.heard
            await _within(_DONE_GRACE, asyncio.ensure_future(running.done.wait()))
            waited += _DONE_GRACE
            if running.heard == heard:
                break

    async def _reply_to(self, msg_id: str, running: _Running) -> dict[str, Any]:
        """The content of the reply, or {} if none comes within 10 s after the run has ended.

        ipykernel sends no reply if an interrupt strikes its own code before or after ours, or if
        flushing `sys.stdout` fails.
        """
        reply = self._replies[msg_id]
        over = asyncio.ensure_future(running.over.wait())
        first: list[asyncio.Future[Any]] = [reply, over]
        try:
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
        if not await _within(_PATIENCE, reply):
            self._replies.pop(msg_id, None)
            self._log.error("The kernel did not answer a run that it has ended.")
            return {}
        return reply.result()

    def answer(self, text: str) -> None:
        """Send the line, without its newline, that the running statement waits for.

        Raises:
            KernelBlocked: nothing was sent.
        """
        self._link.send("stdin", "input_reply", {"value": text, "status": "ok"})

    async def reset(self) -> None:
        """Clear the namespace of the process.

        Raises:
            KernelUnavailable: it could not be cleared.
            KernelDied: the process ended meanwhile.
        """
        reply = await self._ask("execute_request", _silent(_RESET))
        if reply.get("status") != "ok":
            raise KernelUnavailable(
                f"The namespace could not be cleared: {reply.get('ename')}: {reply.get('evalue')}"
            )

    async def query(self, method: str, params: Any = None) -> Any:
        """What the runtime's function for this method returns, see its `queries.py`.

        Sent on the control channel, which ipykernel serves in a thread of its own: a run does not
        hold the answer up, and the query holds no run up.

        Raises:
            KernelBlocked: nothing was sent.
            KernelUnavailable: the function raised.
            KernelDied: the process ended meanwhile.
        """
        if self.error:
            raise self.error
        key = secrets.token_hex(8)
        reply = self._replies[key] = self._promise()
        try:
            self._link.send("control", QUERY, {"id": key, "method": method, "params": params or {}})
            answer = await reply
        finally:
            self._replies.pop(key, None)
        if "error" in answer:
            raise KernelUnavailable(f"The kernel has no answer: {answer['error']}")
        return answer.get("result")

    def note_stop(self, run: str, presses: int) -> None:
        """Record in the shared file how often Stop was pressed during this run, as a signal may be
        lost: `os.system` ignores SIGINT while it waits."""
        _note_stop(self._link.place, run, presses)

    # ---- messages

    def _ask(self, msg_type: str, content: dict[str, Any]) -> asyncio.Future[dict[str, Any]]:
        return self._replies[self._send("shell", msg_type, content)]

    def _send(self, channel: Channel, msg_type: str, content: dict[str, Any]) -> str:
        if self.error:
            raise self.error
        msg_id = self._link.send(channel, msg_type, content)
        self._replies[msg_id] = self._promise()
        return msg_id

    @staticmethod
    def _promise() -> asyncio.Future[dict[str, Any]]:
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        # Retrieve an exception that nobody awaits, or asyncio logs "exception was never retrieved".
        reply.add_done_callback(lambda f: f.cancelled() or f.exception())
        return reply

    def _receive(self, channel: Channel, message: Message) -> None:
        process = message["header"].get("session")
        if self._process is None and channel == "shell":
            self._process = process
        if self._process not in (None, process):
            # A restarted kernel has the same ports, and sockets reconnect by themselves: this is a
            # message of the next process, which has a `Kernel` object of its own.
            return
        parent = message["parent_header"].get("msg_id")
        running = self._running
        self._count += 1
        ours = running is not None and running.msg_id == parent
        if channel == "iopub":
            self._heard.set()
            if running is not None and ours:
                running.heard += 1
            if message["msg_type"] == "rdit_events":
                if running is not None and ours:
                    running.messages = message["content"].get("count", 0)
                self._take(message["content"].get("events"))
            elif message["msg_type"] == ANSWER:
                self._reply(message["content"].get("id"), message["content"])
            elif running is not None and ours:
                if message["content"].get("execution_state") == "idle":
                    running.over.set()
                self._translate(running, message["msg_type"], message["content"])
        elif channel == "shell":
            self._reply(parent, message["content"])
        elif running is not None and ours and message["msg_type"] == "input_request":
            self._on_events(
                [
                    Input(
                        run=running.run,
                        node_index=self._asking(running),
                        prompt=str(message["content"].get("prompt", "")),
                        password=bool(message["content"].get("password", False)),
                    )
                ]
            )

    def _asking(self, running: _Running) -> int:
        """The nodeIndex of the statement that asks for input.

        A race: `input_request` comes on stdin and may overtake the `running` status on iopub. The
        shared file is written before either.
        """
        place = _read_place(self._link.place)
        if place is not None and place[0] == running.run:
            return place[1]
        return running.node_index or 0

    def _reply(self, key: Any, content: dict[str, Any]) -> None:
        reply = self._replies.pop(key, None)
        if reply is not None and not reply.done():
            reply.set_result(content)

    def _take(self, raw: Any) -> None:
        """Pass on events of the runtime. User code runs in the same process and could have sent
        them, so they are validated and what is no event is dropped with a warning."""
        try:
            is_decoded = isinstance(raw, list) and raw and isinstance(raw[0], msgspec.Struct)
            events = raw if is_decoded else msgspec.convert(raw, list[KernelEvent])
        except msgspec.ValidationError as error:
            self._log.warning("The kernel sent an event that is none: %s", error)
            events = []
            for one in raw if isinstance(raw, list) else []:
                try:
                    events.append(msgspec.convert(one, KernelEvent))
                except msgspec.ValidationError:
                    continue
        for event in events:
            if self._running is not None and event.run == self._running.run:
                self._running.see(event)
        if events:
            self._on_events(list(events))

    def _translate(self, running: _Running, msg_type: str, content: dict[str, Any]) -> None:
        """Turn a standard iopub message, of code that bypasses the runtime, into an event of the
        statement that runs."""
        if msg_type == "clear_output":
            if running.node_index is not None:
                wait = bool(content.get("wait", False))
                self._on_events([Clear(run=running.run, node_index=running.node_index, wait=wait)])
        elif msg_type == "update_display_data":
            display_id = content.get("transient", {}).get("display_id")
            if display_id:
                self._on_events(
                    [
                        Update(
                            run=running.run,
                            display_id=display_id,
                            text=_plain(content),
                            data=content.get("data", {}),
                            metadata=content.get("metadata", {}),
                        )
                    ]
                )
        else:
            output = _output(msg_type, content)
            if output is not None:
                self._put(running, output)

    def _put(self, running: _Running, output: Output) -> None:
        if running.node_index is not None:
            self._on_events(
                [OutputEvent(run=running.run, node_index=running.node_index, output=output)]
            )


class _Events(msgspec.Struct):
    """The content of an `rdit_events` message."""

    events: list[KernelEvent]
    # The number of this message within its run, from 1.
    count: int = 0


_EVENTS = msgspec.json.Decoder(_Events)


def _unpack(text: bytes, unpack: Callable[[bytes], Any]) -> Any:
    if text.startswith(b'{"events":'):
        # Decode straight into the event types: a dict for each event in between would cost time,
        # the garbage collector's included.
        with contextlib.suppress(msgspec.DecodeError):
            content = _EVENTS.decode(text)
            return {"events": content.events, "count": content.count}
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # `NaN`, which the standard library takes for JSON, or another packer that this kernel is
        # configured with.
        return unpack(text)


def _output(msg_type: str, content: dict[str, Any]) -> Output | None:
    if msg_type == "stream":
        stream = Stderr if content.get("name") == "stderr" else Stdout
        return stream(text=content.get("text", ""))
    data, metadata = content.get("data", {}), content.get("metadata", {})
    if msg_type == "execute_result":
        return Result(text=_plain(content), data=data, metadata=metadata)
    if msg_type == "display_data":
        display_id = content.get("transient", {}).get("display_id")
        return Display(text=_plain(content), data=data, metadata=metadata, display_id=display_id)
    if msg_type == "error":
        return _error(content, "\n".join(content.get("traceback", ())))
    return None


def _error(content: dict[str, Any], text: str) -> Error:
    return Error(
        text=text,
        name=str(content.get("ename", "")),
        message=str(content.get("evalue", "")),
        frames=[],
    )


def _plain(content: dict[str, Any]) -> str:
    text = content.get("data", {}).get("text/plain", "")
    return f"{''.join(text)}\n" if text else ""


def _is_booted(reply: dict[str, Any]) -> bool:
    """Whether the `user_expressions` of the boot request found the runtime. The reply's status does
    not say so: a kernel that is not ipykernel may report success for code it did not understand."""
    found = (reply.get("user_expressions") or {}).get("rdit", {}).get("data", {})
    return reply.get("status") == "ok" and found.get("text/plain") == "True"


def _silent(code: str) -> dict[str, Any]:
    """The content of an `execute_request` that leaves no trace in history and execution count."""
    return {
        "code": code,
        "silent": True,
        "store_history": False,
        "allow_stdin": False,
        "stop_on_error": False,
        "user_expressions": {},
    }


async def _within(timeout: float, future: asyncio.Future[Any]) -> bool:
    """Whether the future was done within `timeout` seconds. If not, a task is cancelled and any
    other future is left pending."""
    done, _ = await asyncio.wait([future], timeout=timeout)
    if isinstance(future, asyncio.Task) and not done:
        future.cancel()
    return bool(done)


def _read_place(path: Path | None) -> tuple[str, int] | None:
    """The run id and nodeIndex that the runtime recorded last, in the layout of its `place.py`."""
    try:
        if path is None:
            return None
        with path.open("rb") as file:
            noted = file.read(PLACE_BYTES)
    except FileNotFoundError:
        return None
    if len(noted) < PLACE_BYTES:
        return None
    node_index, length = struct.unpack_from("<qH", noted)
    run = noted[10 : 10 + length].decode(errors="replace")
    return (run, node_index) if run and node_index >= 0 else None


def _note_stop(path: Path | None, run: str, presses: int) -> None:
    """Record how often Stop was pressed, in the layout of the runtime's `place.py`. The count is
    zeroed first and written last: a concurrent reader never takes the count of another run."""
    name = run.encode()
    if path is None or not path.exists():
        return
    with path.open("r+b", buffering=0) as file:
        for at, data in (
            (512, b"\0"),
            (513, struct.pack("<H", len(name)) + name),
            (512, bytes([min(presses, 255)])),
        ):
            file.seek(at)
            file.write(data)


@cache
def _runtime() -> tuple[dict[str, str], str]:
    """The sources of the runtime's modules by name, and that of `boot.py`, which installs them.

    They are read as text and never imported here: they take over the process that imports them.
    """
    folder = files("rdit_ext") / "runtime"
    modules = {
        item.name[:-3]: item.read_text(encoding="utf-8")
        for item in folder.iterdir()
        if item.name.endswith(".py") and item.name != "boot.py" and "pyodide" not in item.name
    }
    return modules, (folder / "boot.py").read_text(encoding="utf-8")
