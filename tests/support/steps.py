"""Golden runs of several steps: `tests/runs/sessions/NAME.py`, what is done in one session, and
`NAME.jsonl`, the events that its runs must give. `tests/runs/README.md` has the grammar.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from .golden import FOLDER, normalize, without_carets

SESSIONS = FOLDER / "sessions"
NAMES = sorted(path.stem for path in SESSIONS.glob("*.py"))
Event = dict[str, Any]
# Statuses after which a statement has no other.
ENDS = ("ok", "error", "interrupted", "cancelled")


@dataclass(frozen=True)
class Step:
    """One line that begins with `#>`: a verb and its words; for `run` the script below it."""

    verb: str
    words: tuple[str, ...]
    script: str = ""


class Session(Protocol):
    """What can be done in a session, wherever it runs."""

    def run(self, run: str, script: str) -> None: ...
    def answer(self, text: str) -> None: ...
    def interrupt(self) -> None: ...
    def reset(self, restart: bool) -> None: ...
    def until(self, wanted: dict[str, Any]) -> None:
        """Wait for an event with these fields, see `is_wanted`, that was not waited for before."""


class GoldenSession:
    """The steps of one file, and the events that they must give."""

    def __init__(self, name: str):
        self.path = SESSIONS / f"{name}.py"
        self.events_path = SESSIONS / f"{name}.jsonl"
        steps = list(_parse(self.path.read_text("utf-8")))
        self.only = next((step.words[0] for step in steps if step.verb == "only"), "")
        self.steps = [step for step in steps if step.verb != "only"]

    @property
    def runs(self) -> list[str]:
        """The ids of the runs, in the order in which they are asked for."""
        return [step.words[0] for step in self.steps if step.verb == "run"]

    def walk(self, session: Session) -> None:
        """Do the steps, one after the other."""
        for step in self.steps:
            words = step.words
            if step.verb == "run":
                session.run(words[0], step.script)
            elif step.verb == "answer":
                session.answer(" ".join(words))
            elif step.verb == "interrupt":
                session.interrupt()
            elif step.verb in ("reset", "restart"):
                session.reset(step.verb == "restart")
            elif step.verb == "until":
                session.until(_wanted(*words))
            else:
                raise ValueError(f"{self.path.name}: expected a step, got {step.verb!r}")

    def expected(self) -> list[Event]:
        lines = self.events_path.read_text("utf-8").split("\n")
        return without_carets([json.loads(line) for line in lines if line])

    def events(self, events: list[Event]) -> list[Event]:
        """What came of the runs, one run after the other, without what differs from time to time.
        Between two runs the order of their events is not part of the contract."""
        found = []
        for run in self.runs:
            mine = [e for e in events if e.get("run") == run and e["type"] != "session"]
            ended = {e["nodeIndex"] for e in mine if e.get("status") in ENDS and "nodeIndex" in e}
            has_died = any(e["type"] == "done" and e["status"] == "died" for e in mine)
            for event in normalize([{**e, "seq": 0} for e in mine]):
                # Whether a message left while the statement ran is no part of the contract either.
                if event.get("status") != "running" or event["nodeIndex"] not in ended:
                    event.pop("seq")
                    # What a process that died could not send is recovered without its time.
                    if has_died and event["type"] == "status":
                        event.pop("elapsed", None)
                    found.append({**event, "run": run})
        return found

    def same(self, events: list[Event]) -> list[Event]:
        """As `events`, to be compared with `expected` whatever Python they are of."""
        return without_carets(self.events(events))

    def write(self, events: list[Event]) -> None:
        lines = [json.dumps(event, ensure_ascii=False) + "\n" for event in self.events(events)]
        self.events_path.write_text("".join(lines), "utf-8")


def _parse(text: str) -> Iterator[Step]:
    for part in re.split(r"^#> ", text, flags=re.MULTILINE)[1:]:
        line, _, script = part.partition("\n")
        verb, *words = line.split()
        yield Step(verb, tuple(words), script.rstrip("\n"))


def _wanted(what: str, which: str, *text: str) -> dict[str, Any]:
    """The fields of the event that `until` waits for."""
    if what == "state":
        return {"type": "session", "state": which}
    if what == "input":
        return {"type": "input", "run": which, "waiting": True}
    return {"type": what, "run": which, **({"text": " ".join(text)} if text else {})}


def is_wanted(event: Event, wanted: dict[str, Any]) -> bool:
    """Whether an event has these fields: of `text` it is enough that its output has it."""
    fields = {"waiting": True, **event, "text": ""}
    text = wanted.get("text", "")
    return wanted.items() <= {**fields, "text": text}.items() and (
        text in event.get("output", {}).get("text", "")
    )
