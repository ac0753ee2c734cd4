"""Print lists of events, as a viewer gets them, and the server's snapshots of them as JSON:
`{name: {events: [event], snapshots: {number of events before it: [event]}}}`.

The lists are the golden runs, and random ones: a golden run has no two texts in a row, for the
runtime joins them.
"""

import json
import random
from pathlib import Path

import msgspec

from rdit_ext.protocol import (
    Clear,
    Display,
    Done,
    Error,
    Event,
    Input,
    KernelModel,
    OutputEvent,
    Plan,
    PlannedStatement,
    Result,
    SessionEvent,
    StatusEvent,
    Stderr,
    Stdout,
    Truncated,
    Update,
)
from rdit_ext.session.fold import SessionFold

RUNS = Path(__file__).parents[1] / "runs"
CUTS = 12
# No colours: of one look there are several spellings.
TEXTS = ["a", "b\n", "\r", "50%\r60%", "\b", "\x1b[", "1A", "\x1b[K", "\n"]


def golden(path: Path) -> list[Event]:
    lines = path.read_text("utf-8").split("\n")
    return [msgspec.json.decode(line, type=Event) for line in lines if line]


def made_up(seed: int) -> list[Event]:
    """The events of a session with two runs of three statements each."""
    dice = random.Random(seed)
    events: list[Event] = [session("starting")]
    for run in ("a", "b"):
        events += [session("busy"), plan(run)]
        for index in range(3):
            events.append(StatusEvent(run=run, node_index=index, status="running"))
            events += [something(run, index, dice) for _ in range(dice.randrange(12))]
            ended = dice.choice(["ok", "error", "interrupted"])
            events.append(StatusEvent(run=run, node_index=index, status=ended, elapsed=0.5))
        events += [Done(run=run, status=dice.choice(["ok", "died"]), elapsed=1.0), session("idle")]
        # Threads and tasks speak after the end. None of them asks.
        late = [something(run, dice.randrange(3), dice) for _ in range(dice.randrange(4))]
        events += [event for event in late if not isinstance(event, Input)]
    return events


def session(state: str) -> SessionEvent:
    return SessionEvent(session="s", state=state, kernel=KernelModel(name="python3"))


def plan(run: str) -> Plan:
    planned = [
        PlannedStatement(node_index=i, line_start=i + 1, line_end=i + 1, is_expr=True, source="f()")
        for i in range(3)
    ]
    return Plan(run=run, statements=planned)


def something(run: str, index: int, dice: random.Random) -> Event:
    """Any event of a statement that runs."""
    text = dice.choice(TEXTS)
    data = {"text/plain": text}
    display_id = dice.choice(["x", "y"])
    display = Display(text=text, data=data, metadata={}, display_id=display_id)
    outputs = [
        *(Stdout(text=text) for _ in range(4)),
        Stderr(text=text),
        Result(text=text, data=data, metadata={}),
        display,
        Error(text=text, name="E", message=text, frames=[]),
    ]
    return dice.choice(
        [
            *(OutputEvent(run=run, node_index=index, output=output) for output in outputs),
            Truncated(run=run, node_index=index, bytes=dice.choice([0, 3]), tail=text),
            Truncated(run=run, node_index=index, bytes=3),
            Clear(run=run, node_index=index, wait=dice.choice([True, False])),
            Update(run=run, display_id=display_id, text=text + "!", data=data),
            Input(run=run, node_index=index, prompt="? ", waiting=dice.choice([True, False])),
        ]
    )


def cut(events: list[Event]) -> dict[str, object]:
    for number, event in enumerate(events, 1):
        event.seq = number
    places = {round(len(events) * n / CUTS) for n in range(1, CUTS + 1)}
    return {
        "events": msgspec.to_builtins(events),
        "snapshots": {at: msgspec.to_builtins(SessionFold(events[:at]).events()) for at in places},
    }


if __name__ == "__main__":
    lists = {path.stem: golden(path) for path in sorted(RUNS.glob("*.jsonl"))}
    lists |= {f"random {seed}": made_up(seed) for seed in range(200)}
    print(json.dumps({name: cut(events) for name, events in lists.items()}))
