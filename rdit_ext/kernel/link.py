"""Carries messages to one kernel process and back, over ZMQ.

The wire format is that of `jupyter_client.session`; the sockets are those of its client, without
its channel threads and without a heartbeat: what arrives is called back in the event loop.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Union

import msgspec
import zmq
import zmq.asyncio
from jupyter_client.manager import KernelManager
from jupyter_client.session import Session as WireSession

from ..errors import KernelBlocked
from .translate import decode_events

Channel = Literal["shell", "iopub", "stdin", "control"]
Message = dict[str, Any]
Logger = Union[logging.Logger, "logging.LoggerAdapter[logging.Logger]"]


class KernelLink(ABC):
    """Carries messages to one kernel process and back.

    `on_message(channel, message)` is called in the event loop for each message that arrives.
    """

    on_message: Callable[[Channel, Message], None]
    # The shared file in which the runtime records which statement runs and what it has not sent yet
    # (`crash_marker.py`, `recorder.py`, `spill.py` there). None: kernel and server share no files.
    marker: Path | None = None

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
        self, manager: KernelManager, context: zmq.asyncio.Context, log: Logger, marker: Path
    ) -> None:
        self.marker = self._marker = marker
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
        self._marker.unlink(missing_ok=True)

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
            else:
                self._hand_over(channel, message)
            if count % 50 == 0:
                # `recv_multipart` does not suspend while messages are queued: a busy kernel would
                # starve the other tasks of the event loop.
                await asyncio.sleep(0)

    def _hand_over(self, channel: Channel, message: Message) -> None:
        try:
            self.on_message(channel, message)
        except Exception:
            self._log.exception("A message on %s could not be handled", channel)


def _unpack(text: bytes, unpack: Callable[[bytes], Any]) -> Any:
    events = decode_events(text)
    if events is not None:
        return events
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        # `NaN`, which the standard library takes for JSON, or another packer that this kernel is
        # configured with.
        return unpack(text)
