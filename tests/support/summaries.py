"""Short forms of events, to compare whole runs at a glance."""

from __future__ import annotations

from typing import Any

Event = dict[str, Any]


def statuses(events: list[Event]) -> list[str]:
    """How each statement of the plan ended, and the run."""
    ended = {e["nodeIndex"]: e["status"] for e in events if e["type"] == "status"}
    planned = next(e["statements"] for e in events if e["type"] == "plan")
    done = [e["status"] for e in events if e["type"] == "done"]
    return [ended[s["nodeIndex"]] for s in planned] + done


def text(events: list[Event], node_index: int | None = None, stream: str = "stdout") -> str:
    """What was written to a stream, by one statement or by all."""
    return "".join(
        e["output"]["text"]
        for e in events
        if e["type"] == "output"
        and e["output"]["type"] == stream
        and node_index in (None, e["nodeIndex"])
    )


def outputs(events: list[Event], kind: str) -> list[dict[str, Any]]:
    """The outputs of a kind: result, display or error."""
    found = [e["output"] for e in events if e["type"] == "output"]
    return [output for output in found if output["type"] == kind]


def results(events: list[Event]) -> list[str]:
    return [output["text"] for output in outputs(events, "result")]


def writes(wanted: str) -> Any:
    """Whether an event brings this text."""
    return lambda e: e["type"] == "output" and wanted in e["output"].get("text", "")


def runs_statement(node_index: int) -> Any:
    """Whether an event says that the run has come to the statement: it runs, or has ended."""
    return lambda e: e["type"] == "status" and e["nodeIndex"] >= node_index
