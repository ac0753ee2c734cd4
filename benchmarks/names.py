"""What it costs to know which names statements read and bind: `rdit_ext/runtime/names.py`."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable
from statistics import median

from statements import COUNT, KINDS

from rdit_ext.runtime.name_facts import note
from rdit_ext.runtime.name_index import NameIndex
from rdit_ext.runtime.names import NO_NAMES, Resolver
from rdit_ext.runtime.plan import plan_script
from rdit_ext.runtime.statement_events import plan_event

ANALYSIS = [
    line.replace("#", str(n))
    for n in range(COUNT // 4)
    for line in (
        "df# = pd.read_csv('a.csv')",
        "df#['x'] = df#.a.rolling(3).mean() + 1",
        "print(f'{df#.x.sum():.2f}')",
        "ax.plot(df#.x, label='a')",
    )
]


def rows() -> list[tuple[str, str, str, str, bool]]:
    """(what, with names, without, what is promised, whether it holds) a statement."""
    table = []
    for kind, statements in {**KINDS, "lines of an analysis": ANALYSIS}.items():
        text = "\n".join(statements)
        planned = plan_script(text, "script.py", None)
        named = _time(lambda p=planned: plan_event("run", p))
        names = [statement.names for statement in planned]
        for statement in planned:
            statement.names = NO_NAMES
        bare = _time(lambda p=planned: plan_event("run", p))
        for statement, each in zip(planned, names, strict=True):
            statement.names = each
        nodes = ast.parse(text).body
        found = _time(lambda n=nodes, t=text: _look(n, t))
        table.append(
            (
                f"names of {COUNT} {kind}",
                f"{named:.2f} µs each in a plan",
                f"{bare:.2f} µs without; {found:.1f} µs each to find them, once a text",
                f"{named - bare:.2f} µs more (promised: 5)",
                named - bare <= 5,
            )
        )
    return table


def _look(nodes: list[ast.stmt], text: str) -> None:
    facts = [note(node) for node in nodes]
    resolver = Resolver(NameIndex(enumerate(nodes), text.split("\n")), facts.__getitem__)
    for k in range(len(nodes)):
        resolver.names_of(k)


def _time(function: Callable[[], object]) -> float:
    """Microseconds of CPU a statement."""
    times = []
    for _ in range(9):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return median(times) / COUNT * 1e6
