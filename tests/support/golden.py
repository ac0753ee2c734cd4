"""The golden runs: `tests/runs/NAME.py`, a script, and `NAME.jsonl`, the events it must give.

A script may begin with comments that say how it is run: see `tests/runs/README.md`.
"""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "runs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))
Event = dict[str, Any]

# A picture of one transparent pixel, in place of what versions of matplotlib draw differently.
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChw"
    "GA60e6kgAAAABJRU5ErkJggg=="
)


class Golden:
    """One golden run."""

    def __init__(self, name: str):
        self.script_path = FOLDER / f"{name}.py"
        self.events_path = FOLDER / f"{name}.jsonl"
        self.script = self.script_path.read_bytes().decode("utf-8")
        head = re.match(r"\ufeff?((?:#[^\r\n]*(?:\r\n|\r|\n))*)", self.script)
        self._said = re.findall(r"# ([a-z ]+): ([^\r\n]*)", head.group(1) if head else "")

    @property
    def request(self) -> dict[str, Any]:
        request: dict[str, Any] = {"script": self.script, "path": str(self.script_path)}
        for key, value in self._said:
            if key == "lines":
                first, last = value.split("-")
                request["lineRange"] = {"from": int(first), "to": int(last)}
            elif key == "stop on error":
                request["stopOnError"] = value != "no"
            elif key == "text":
                request["maxText"] = int(value)
            elif key == "columns":
                request["columns"] = int(value)
        return request

    @property
    def missing(self) -> str:
        """What the script requires and this environment lacks; empty if nothing."""
        for key, value in self._said:
            if key == "requires" and value.startswith("python"):
                version = tuple(map(int, re.findall(r"\d+", value)))
                if (sys.version_info >= version) != (">=" in value):
                    return value
            elif key == "requires" and importlib.util.find_spec(value) is None:
                return value
        return ""

    @property
    def only(self) -> str:
        return dict(self._said).get("only", "")

    def expected(self) -> list[Event]:
        lines = self.events_path.read_text("utf-8").split("\n")
        return [json.loads(line) for line in lines if line]

    def write(self, events: list[Event]) -> None:
        lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in events]
        self.events_path.write_text("".join(lines), "utf-8")


def normalize(events: list[Event]) -> list[Event]:
    """The events without what differs from run to run: times, addresses, places, pictures, where a
    message happened to end, and whether one happened to leave while a statement ran."""
    text = json.dumps(events, ensure_ascii=False)
    text = text.replace(f"{FOLDER}/", "").replace(str(FOLDER), "FOLDER")
    text = re.sub(r"0x[0-9a-f]{6,}", "0x1234", text)
    text = re.sub(r'("displayId": ")[0-9a-f]{32}"', r'\1ID"', text)
    text = re.sub(r'("application/vnd.rdit.table\+json": \{"id": ")[^"]*"', r'\1ID"', text)
    normal: list[Event] = []
    for event in json.loads(text):
        event["run"] = "run"
        if "elapsed" in event:
            event["elapsed"] = 0.0
        for bundle in (event, event.get("output", {})):
            if "image/png" in bundle.get("data", {}):
                bundle["data"]["image/png"] = PICTURE
                said = bundle.get("metadata", {}).get("image/png", {})
                for side in ("width", "height"):
                    if side in said:
                        said[side] = 1
        _append(normal, event)
    ended = {event["nodeIndex"] for event in normal if "elapsed" in event and "nodeIndex" in event}
    return [
        event
        for event in normal
        if event.get("status") != "running" or event["nodeIndex"] not in ended
    ]


def comparable(events: list[Event]) -> list[Event]:
    """Normalized events without what differs from one Python to the next: carets and columns."""
    return without_carets(normalize(events))


def without_carets(events: list[Event]) -> list[Event]:
    """The events without what differs from one Python to the next: carets and columns of errors."""
    events = json.loads(json.dumps(events))
    for event in events:
        output = event.get("output", {})
        if output.get("type") in ("error", "stderr"):
            output.pop("column", None)
            lines = output["text"].splitlines(keepends=True)
            output["text"] = "".join(line for line in lines if not re.fullmatch(r"[\s|^~]*", line))
    return events


def _append(events: list[Event], event: Event) -> None:
    last = events[-1] if events else None
    same = last is not None and last.get("nodeIndex") == event.get("nodeIndex")
    if event["type"] == "clear":
        # What a statement has cleared may have been sent before, or not.
        events[:] = [
            old
            for old in events
            if old.get("nodeIndex") != event["nodeIndex"]
            or old["type"] not in ("output", "truncated", "clear")
        ]
    elif event["type"] == "update":
        # Two updates of one display are one if the first still waited.
        for old in reversed(events):
            if old.get("output", {}).get("displayId") == event["displayId"]:
                break
            if old["type"] == "update" and old["displayId"] == event["displayId"]:
                old.update(event)
                return
    elif same and event["type"] == last["type"] == "truncated":
        last["bytes"] += event["bytes"]
        return
    elif same and event["type"] == last["type"] == "output":
        kinds = (last["output"]["type"], event["output"]["type"])
        if kinds in (("stdout", "stdout"), ("stderr", "stderr")):
            last["output"]["text"] += event["output"]["text"]
            return
    events.append(event)
