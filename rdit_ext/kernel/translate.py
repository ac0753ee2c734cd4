"""Messages of a kernel as events: those of the runtime, and Jupyter's standard ones. Pure."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from ..protocol import (
    Clear,
    Display,
    Done,
    Error,
    Heat,
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

KernelEvent = Plan | StatusEvent | OutputEvent | Update | Clear | Input | Truncated | Heat | Done


class _Events(msgspec.Struct):
    """The content of an `rdit_events` message."""

    events: list[KernelEvent]
    # The number of this message within its run, from 1.
    count: int = 0


_EVENTS = msgspec.json.Decoder(_Events)


def decode_events(text: bytes) -> dict[str, Any] | None:
    """The content of an `rdit_events` message with its events in their types; None if it is
    another message, or has something that is no event.

    A dict for each event in between would cost time, the garbage collector's included.
    """
    if text.startswith(b'{"events":'):
        with contextlib.suppress(msgspec.DecodeError):
            content = _EVENTS.decode(text)
            return {"events": content.events, "count": content.count}
    return None


def valid_events(raw: Any) -> tuple[list[KernelEvent], str]:
    """The events among what a kernel has sent as such, and what is wrong with the others; "" if
    nothing. User code runs in the same process and could have sent anything."""
    if isinstance(raw, list) and raw and isinstance(raw[0], msgspec.Struct):
        return raw, ""  # by `decode_events`
    try:
        return msgspec.convert(raw, list[KernelEvent]), ""
    except msgspec.ValidationError as error:
        wrong = str(error)
    events = []
    for one in raw if isinstance(raw, list) else []:
        with contextlib.suppress(msgspec.ValidationError):
            events.append(msgspec.convert(one, KernelEvent))
    return events, wrong


def translate(
    run: str, node_index: int | None, msg_type: str, content: dict[str, Any]
) -> KernelEvent | None:
    """A standard iopub message as an event of the statement `node_index`, for code that bypasses
    the runtime; None if it shows nothing, or no statement runs.
    https://jupyter-client.readthedocs.io/en/latest/messaging.html#messages-on-the-iopub-pub-sub-channel
    """
    if msg_type == "update_display_data":
        display_id = content.get("transient", {}).get("display_id")
        if not display_id:
            return None
        data, metadata = content.get("data", {}), content.get("metadata", {})
        return Update(
            run=run, display_id=display_id, text=_plain(content), data=data, metadata=metadata
        )
    if node_index is None:
        return None
    if msg_type == "clear_output":
        return Clear(run=run, node_index=node_index, wait=bool(content.get("wait", False)))
    output = _output(msg_type, content)
    return None if output is None else OutputEvent(run=run, node_index=node_index, output=output)


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
        return Error(
            text="\n".join(content.get("traceback", ())),
            name=str(content.get("ename", "")),
            message=str(content.get("evalue", "")),
            frames=[],
        )
    return None


def _plain(content: dict[str, Any]) -> str:
    text = content.get("data", {}).get("text/plain", "")
    if isinstance(text, list):
        text = "".join(map(str, text))
    return f"{text}\n" if text else ""
