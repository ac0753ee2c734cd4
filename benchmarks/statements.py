"""The cost of a statement: a run of 1000 through the websocket against 1000 single requests."""

from __future__ import annotations

from statistics import median

from server import bare_kernel, execute, jupyter_server

COUNT = 1000
KINDS = {
    "expressions": [f"{n} + 1" for n in range(COUNT)],
    "prints": [f"print({n})" for n in range(COUNT)],
    "assignments": [f"name_{n} = {n}" for n in range(COUNT)],
}


def rows() -> list[tuple[str, str, str, str, bool]]:
    """(what, rdit, baseline, ratio, whether the promise holds), measured in turn in one run."""
    table = []
    with jupyter_server() as server, server.session("bench") as session, bare_kernel() as client:
        execute(client, "1")
        for kind, statements in KINDS.items():
            ours, theirs = [], []
            for _ in range(5):
                elapsed, events = session.run("\n".join(statements))
                ended = [
                    event
                    for event in events
                    if event["type"] == "status" and event["status"] == "ok"
                ]
                assert len(ended) == COUNT, events[-1]
                ours.append(elapsed)
                theirs.append(sum(execute(client, statement) for statement in statements))
            ratio = median(theirs) / median(ours)
            table.append(
                (
                    f"{COUNT} {kind}",
                    f"{median(ours) / COUNT * 1e6:.0f} µs each",
                    f"{median(theirs) / COUNT * 1e6:.0f} µs, one request each",
                    f"{ratio:.0f} times faster (promised: 60)",
                    ratio >= 60,
                )
            )
        ours, theirs = [], []
        for _ in range(300):
            ours.append(session.run("6 * 7")[0])
            theirs.append(execute(client, "6 * 7"))
        ratio = median(ours) / median(theirs)
        table.append(
            (
                "one statement, round trip",
                f"{median(ours) * 1e3:.1f} ms at the websocket",
                f"{median(theirs) * 1e3:.1f} ms, a bare execute_request",
                f"{ratio:.2f} times (promised: 1.5)",
                ratio <= 1.5,
            )
        )
    return table
