"""Speaks the kernel protocol of Jupyter with one process
(https://jupyter-client.readthedocs.io/en/latest/messaging.html).

    Session -- Kernel: boot, run, answer, reset -- KernelLink: channels -- a kernel process

A `Kernel` is one life of one process: after a restart there is a new one, with new sockets, so
that nothing sent to the old process can reach the new. It turns messages into events and knows
nothing of queues, logs or viewers. A `KernelLink` carries the messages.

What ends a run is the reply on the shell channel, which is reliable. Events come over iopub, a
PUB/SUB channel that drops messages at its high-water mark, so the wait for a run's last event has
a timeout.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..errors import (
    KernelBlocked,
    KernelDied,
    KernelError,
    KernelUnavailable,
    RuntimeFailed,
)
from ..protocol import (
    Done,
    Event,
    Input,
    Plan,
    StatusEvent,
)
from .boot import boot_request, is_booted, silent
from .crash_marker import note_stop, read_marker
from .last_words import has_ended, lacks_words, read_last_words, read_sent
from .link import Channel, KernelLink, Logger, Message
from .translate import KernelEvent, translate, valid_events

# The message types of queries, on the control channel, which a run does not hold up, and of their
# answers, on iopub.
QUERY = "rdit_query"
ANSWER = "rdit_answer"
_RUN = "await __import__('sys').modules['_rdit'].run()"
_RESET = "await __import__('sys').modules['_rdit'].reset()"
# Seconds to wait for the end of a run on the one channel once the other has told it: it usually
# follows in milliseconds.
_PATIENCE = 10.0
# Seconds until a request for the kernel's name is repeated while it starts.
_REPEAT = 1.0
# Seconds that a question waits at most for what was printed before it.
_QUESTION_GRACE = 2.0
# Seconds. What a dead process had sent is in our sockets' queues; a silence of `_QUIET` means that
# they are empty, unless what is known to be sent is neither here nor in the shared file. `_DRAIN`
# bounds the wait. `_LAST_WORDS` bounds the wait for the helper process that reads the kernel's
# descriptors.
_QUIET = 0.1
_DRAIN = 2.0
_LAST_WORDS = 2.0


class _Running:
    """What is known of the run that was last sent to the kernel."""

    def __init__(self, run: str, msg_id: str) -> None:
        self.run = run
        self.msg_id = msg_id
        self.node_index: int | None = None
        # The runtime's own number, from 1, of the last message of this run that has arrived.
        self.messages = 0
        # The question of the statement, until what was printed before it has arrived: the message
        # with this number.
        self.question: Input | None = None
        self.question_after = 0
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

    A little larger than a class should be: every request and the replies to it share one table.
    """

    def __init__(
        self, link: KernelLink, on_events: Callable[[list[Event]], None], log: Logger
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
        # Its `kernel_info_reply`.
        self.about: dict[str, Any] = {}
        # Set by `fail`: there is no process any more, and `error` says why.
        self.gone = asyncio.Event()
        # The run id and nodeIndex at which the process ended, as recorded in the shared file; -1
        # before the first statement.
        self.last_statement: tuple[str, int] | None = None
        # What the process recorded in the shared file but could not send, plan and outputs, and
        # whether they are complete.
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
        asked: list[asyncio.Future[dict[str, Any]]] = []
        while not (answered and self._heard.is_set()):
            reply = self._ask("kernel_info_request", {})
            asked.append(reply)
            answered = await _within(0.2 if answered else _REPEAT, reply)
            if answered and not self.error:
                self.about = reply.result()
            if answered:
                await _within(0.2, asyncio.ensure_future(self._heard.wait()))
            if self.error:
                raise self.error
        # Await the replies to all of them: ipykernel 7.0 to 7.3 may miss a request that comes while
        # it sends a reply, until the runtime has patched it (`host_ipython.py`).
        # https://github.com/ipython/ipykernel/pull/1529
        await asyncio.wait(asked, timeout=_REPEAT)
        # A dummy stdin reply. ipykernel purges replies that it has not asked for; our host in the
        # kernel polls for it before the first `input()`, because the kernel's ROUTER drops an
        # `input_request` to a DEALER that has not connected yet.
        self.answer("")
        booted = self._ask("execute_request", boot_request(self._link.marker))
        # On a busy machine it may be missed all the same. The next request makes the kernel look.
        while not await _within(_REPEAT, booted):
            self._ask("kernel_info_request", {})
        reply_content = booted.result()
        if not is_booted(reply_content):
            kind = (
                f"{self.about.get('implementation')} {self.about.get('implementation_version', '')}"
            )
            cause = f"{reply_content.get('ename', '')}: {reply_content.get('evalue', '')}"
            raise KernelUnavailable(
                f"The runtime of rdit does not start in this kernel, {kind.strip()}: it needs"
                f" ipykernel. {cause.strip(': ')}".rstrip()
            )

    async def drain(self) -> None:
        """Wait until everything that the ended process had sent has been received.

        Takes at most 4 s: 2 s for the channels, 2 s for what its helper process reads from the
        kernel's descriptors.
        """
        end = time.monotonic() + _DRAIN
        heard = -1
        while time.monotonic() < end and (heard != self._count or self._lacks_words()):
            heard = self._count
            await asyncio.sleep(_QUIET)
        # The helper sees end-of-file at once, unless a child process holds the descriptors open.
        end = time.monotonic() + _LAST_WORDS
        while not has_ended(self._link.marker) and time.monotonic() < end:
            await asyncio.sleep(0.01)

    def _lacks_words(self) -> bool:
        """Whether the run has sent something that has not arrived and is not recorded."""
        running, marker = self._running, self._link.marker
        noted = read_marker(marker)
        if running is None or noted is None or noted[0] != running.run:
            return False
        return lacks_words(marker, running.run, running.messages)

    def fail(self, error: KernelError) -> None:
        """Mark the process as gone, and raise this error in everything that awaits a reply.

        Reads what the process recorded last (`last_statement`, `last_words`) from the shared file.
        """
        self.error = error
        self.gone.set()
        self.last_statement = read_marker(self._link.marker)
        running = self._running
        if self.last_statement is not None and running is not None:
            run, node_index = self.last_statement
            if run == running.run:
                at = node_index if node_index >= 0 else running.node_index or 0
                self.last_words, self.said_all = read_last_words(
                    self._link.marker, run, at, running.messages
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
        content = silent(_RUN) | {"allow_stdin": allow_stdin, "rdit": request}
        msg_id = self._send("shell", "execute_request", content)
        running = self._running = _Running(request["run"], msg_id)
        reply = await self._reply_to(msg_id, running)
        if reply.get("status") == "error":
            self._log.error("The runtime failed: %s", "\n".join(reply.get("traceback", ())))
            raise RuntimeFailed(f"rdit failed: {reply.get('ename')}: {reply.get('evalue')}")
        if reply.get("status") != "ok":
            return  # "aborted": it never began; or no reply came to a run that has ended
        # The idle status is sent after the last event: if that is here first, the end is lost.
        await _within(_PATIENCE, asyncio.ensure_future(running.over.wait()))

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
        reply = await self._ask("execute_request", silent(_RESET))
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

    def make_way(self) -> None:
        """Have the runtime end what it evaluates, as a run is about to be sent."""
        # Where nothing can be sent, the run's own message says so.
        with suppress(KernelBlocked):
            self._link.send("control", QUERY, {"id": "", "method": "make_way", "params": {}})

    def note_stop(self, run: str, presses: int) -> None:
        """Record in the shared file how often Stop was pressed during this run, as a signal may be
        lost: `os.system` ignores SIGINT while it waits."""
        note_stop(self._link.marker, run, presses)

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
            if message["msg_type"] == "rdit_events":
                if running is not None and ours:
                    running.messages = message["content"].get("count", 0)
                self._take(message["content"].get("events"))
                if running is not None and running.messages >= running.question_after:
                    self._ask_user(running, running.question)
            elif message["msg_type"] == ANSWER:
                self._reply(message["content"].get("id"), message["content"])
            elif running is not None and ours:
                if message["content"].get("execution_state") == "idle":
                    running.over.set()
                event = translate(
                    running.run, running.node_index, message["msg_type"], message["content"]
                )
                if event is not None:
                    self._on_events([event])
        elif channel == "shell":
            self._reply(parent, message["content"])
        elif running is not None and ours and message["msg_type"] == "input_request":
            running.question = Input(
                run=running.run,
                node_index=self._asking(running),
                prompt=str(message["content"].get("prompt", "")),
                password=bool(message["content"].get("password", False)),
            )
            running.question_after = read_sent(self._link.marker)
            if running.messages >= running.question_after:
                self._ask_user(running, running.question)
            else:
                # A race: what was printed before the question is on iopub, which it may overtake.
                # Not for ever, as iopub drops messages at its high-water mark.
                asyncio.get_running_loop().call_later(
                    _QUESTION_GRACE, self._ask_user, running, running.question
                )

    def _ask_user(self, running: _Running, question: Input | None) -> None:
        """Show the question, if it is the one that waits."""
        if question is not None and question is running.question and not running.over.is_set():
            running.question = None
            self._on_events([question])

    def _asking(self, running: _Running) -> int:
        """The nodeIndex of the statement that asks for input.

        A race: `input_request` comes on stdin and may overtake the `running` status on iopub. The
        shared file is written before either.
        """
        found = read_marker(self._link.marker)
        if found is not None and found[0] == running.run and found[1] >= 0:
            return found[1]
        return running.node_index or 0

    def _reply(self, key: Any, content: dict[str, Any]) -> None:
        reply = self._replies.pop(key, None)
        if reply is not None and not reply.done():
            reply.set_result(content)

    def _take(self, raw: Any) -> None:
        """Pass on events of the runtime. User code runs in the same process and could have sent
        them, so they are validated and what is no event is dropped with a warning."""
        events, wrong = valid_events(raw)
        if wrong:
            self._log.warning("The kernel sent an event that is none: %s", wrong)
        for event in events:
            if self._running is not None and event.run == self._running.run:
                self._running.see(event)
        if events:
            self._on_events(list(events))


async def _within(timeout: float, future: asyncio.Future[Any]) -> bool:
    """Whether the future was done within `timeout` seconds. If not, a task is cancelled and any
    other future is left pending."""
    done, _ = await asyncio.wait([future], timeout=timeout)
    if isinstance(future, asyncio.Task) and not done:
        future.cancel()
    return bool(done)
