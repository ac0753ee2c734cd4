"""What crosses the wire: requests, events, outputs and results, and nothing else.

Two lists. A *request* goes from a viewer or a program to a session; an *event* comes back. Events
are made once, in the runtime inside the kernel (or by the session, for `session`, `attached`,
`input` and `error`), and read once, in the results of a viewer; everything in between relays them
unchanged. A third list, `QUERIES`, has what a viewer may ask the kernel: each is a `query` whose
`answer` goes to that viewer only.

Names are camelCase on the wire and snake_case here. Lines are 1-based and inclusive, columns
0-based in Unicode code points, times in seconds, sizes in bytes. `docs/protocol.md` is this file in
prose, and `labextension/src/protocol.ts` is generated from it (`make protocol`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

Line = Annotated[int, Meta(ge=1, description="A line number: 1-based, inclusive")]
# Limited, as the runtime compiles a statement behind as many empty lines, and records its index in
# a signed 64-bit field.
SentLine = Annotated[int, Meta(ge=1, le=10_000_000, description="A line number: 1-based")]
SentIndex = Annotated[int, Meta(ge=0, le=10_000_000)]
Status = Literal["queued", "running", "ok", "error", "interrupted", "cancelled"]
RunStatus = Literal["ok", "error", "interrupted", "died", "cancelled"]
SessionState = Literal["starting", "idle", "busy", "restarting", "dead", "reset"]
# A reason that programs can rely on. `reason` and `message` are for a person, and their words may
# change.
Cause = Literal[
    "bad-request",
    "too-large",
    "too-busy",
    "not-allowed",
    "superseded",
    "interrupted",
    "unknown-session",
    "kernel-unavailable",
    "kernel-silent",
    "kernel-blocked",
    "port-taken",
    "no-gateways",
    "no-ruff",
    "ruff-failed",
    "kernel-died",
    "kernel-restarted",
    "kernel-shut-down",
    "failed",
]
ExportFormat = Literal["notebook", "html", "markdown"]
MimeBundle = dict[str, Any]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
# PATH_MAX of Linux, in characters.
ScriptPath = Annotated[str, Meta(min_length=1, max_length=4096)]
MaxText = Annotated[
    int, Meta(ge=1000, le=1 << 24, description="Characters a statement may write before a cut")
]
MaxDisplays = Annotated[
    int, Meta(ge=1, le=100_000, description="Displays a statement may show before a cut")
]
Columns = Annotated[
    int, Meta(ge=40, le=250, description="How many characters wide the column of results is")
]
RunId = Annotated[str, Meta(min_length=1, max_length=100)]
# A setting of the page, or the keys of a command: `key:` and the command's id.
SettingName = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_.:-]*$", max_length=100)]
SettingText = Annotated[str, Meta(max_length=1000)]
SettingValue = bool | int | float | SettingText | Annotated[list[SettingText], Meta(max_length=20)]


# `gc=False`: these are never part of a reference cycle, and the garbage collector need not traverse
# the tens of thousands of events in a session's log.
class Outgoing(Struct, rename="camel", omit_defaults=True, gc=False):
    """What we send: an absent field has its default."""


class Incoming(Struct, rename="camel", forbid_unknown_fields=True):
    """What others send us: an unknown field is a mistake, and is said."""


# ---- outputs: one thing that a statement put out


class Stdout(Outgoing, tag_field="type", tag="stdout"):
    """Text written to standard output; the next one of the same statement continues it."""

    text: str


class Stderr(Outgoing, tag_field="type", tag="stderr"):
    """Text written to standard error."""

    text: str


class Result(Outgoing, tag_field="type", tag="result"):
    """The value of an expression. `text` is its text/plain form and a newline."""

    text: str
    data: MimeBundle
    metadata: dict[str, Any]


class Display(Outgoing, tag_field="type", tag="display"):
    """Display data: a figure, or what `display()` was given."""

    text: str
    data: MimeBundle
    metadata: dict[str, Any]
    display_id: str | None = None


class Frame(Outgoing):
    """One frame of a traceback, outermost first. `line` is 0 where there is none.

    `line` and `source` are of the text that the frame's code was compiled from. `lineNow` is where
    that line stands in the text of this run, where it is another one; 0 if it is no longer there.
    """

    path: str
    line: int
    name: str
    source: str = ""
    line_now: int | None = None


class Error(Outgoing, tag_field="type", tag="error"):
    """An exception. `text` is the traceback as Python prints it, without frames of ours.

    `line` and `column` are the place in this script: of the innermost frame in it, or of a syntax
    error.
    """

    text: str
    name: str
    message: str
    frames: list[Frame]
    line: int | None = None
    column: int | None = None


Output = Stdout | Stderr | Result | Display | Error


# ---- statements and their results


class LineRange(Incoming):
    """The statements that overlap these lines."""

    from_: Line = msgspec.field(name="from")
    to: Line

    def __post_init__(self) -> None:
        if self.from_ > self.to:
            raise ValueError(f"Expected `from` <= `to`, got from {self.from_} to {self.to}")


class Statement(Incoming):
    """One top-level Python statement as a program sends it to `execute`."""

    code: str
    node_index: SentIndex
    line_start: SentLine
    line_end: SentLine
    is_expr: bool

    def __post_init__(self) -> None:
        if self.line_start > self.line_end:
            raise ValueError(
                f"Expected `lineStart` <= `lineEnd`, got {self.line_start} and {self.line_end}"
            )


class StatementResult(Struct, rename="camel"):
    """What became of one statement. `isInvisible`: there is nothing to show."""

    node_index: int
    line_start: int
    line_end: int
    is_expr: bool
    is_invisible: bool
    status: Status
    elapsed: float
    output: list[Output]


class PlannedStatement(Outgoing):
    """A statement that a run will execute. `source` is its exact text in the script.

    `reads` and `binds`, sorted: the globals that its outcome may depend on, and those that it may
    bind, delete or change in place, also by the script's functions that it calls. `"*"`: any.
    """

    node_index: int
    line_start: int
    line_end: int
    is_expr: bool
    source: str
    reads: list[str] = []
    binds: list[str] = []


# ---- events


class RunEvent(Outgoing, tag_field="type"):
    """An event of one run. `seq` grows by one an event and is set by the session."""

    run: str
    seq: int = 0


class Broken(Outgoing):
    """Lines that do not parse, the line of the error and what Python says of it."""

    line_start: int
    line_end: int
    line: int
    message: str


class Plan(RunEvent, tag="plan", kw_only=True):
    """What this run will execute, in order: its first event.

    `reloaded`: modules of the script's folder that were edited since they were loaded, and those
    that import them: the run loads them anew. `outdated`: edited ones that it cannot load anew.
    `broken`: what does not parse elsewhere in the script; it stops only a run that touches it.
    """

    statements: list[PlannedStatement]
    reloaded: list[str] = []
    outdated: list[str] = []
    broken: list[Broken] = []


class StatusEvent(RunEvent, tag="status", kw_only=True):
    """A statement began (`running`) or ended; `elapsed` once it ended.

    `running` is left out for a statement that ended before it could be sent.
    """

    node_index: int
    status: Status
    elapsed: float | None = None


class OutputEvent(RunEvent, tag="output", kw_only=True):
    """Append `output` to the statement; text of the same stream continues the last one."""

    node_index: int
    output: Output


class Update(RunEvent, tag="update", kw_only=True):
    """Replace the display with this `displayId` wherever it stands, in any run."""

    display_id: str
    text: str = ""
    data: MimeBundle = {}
    metadata: dict[str, Any] = {}


class Clear(RunEvent, tag="clear", kw_only=True):
    """Drop the outputs of the statement; with `wait`, when its next output comes."""

    node_index: int
    wait: bool = False


class Input(RunEvent, tag="input", kw_only=True):
    """The statement waits for a line (`waiting`), or does so no longer."""

    node_index: int
    prompt: str = ""
    password: bool = False
    waiting: bool = True


class Truncated(RunEvent, tag="truncated", kw_only=True):
    """So many bytes were left out here: between the output before and the output after it.

    `tail` is the end of what the statement has written so far. It comes while more is written, and
    holds until the next event of the statement's outputs; with 0 bytes nothing else is missing.
    """

    node_index: int
    bytes: int
    tail: str = ""


class HeatLine(Outgoing):
    """The time that was spent at one line of the script."""

    line: Line
    seconds: float


class CountedLoop(Outgoing):
    """How far a loop is: its rounds that are over, and all of them."""

    done: int
    total: int


class Heat(RunEvent, tag="heat", kw_only=True):
    """Where the last `seconds` of a statement went that has lasted for a second, by lines.

    A line is that of the script's innermost function, in whichever statement it is. The event
    replaces the one before, and comes only where the request asks for it. `loop`: the outermost
    loop of the statement, if it is `for` over a `range` or an `enumerate` whose length is known.
    """

    node_index: int
    seconds: float
    lines: list[HeatLine]
    loop: CountedLoop | None = None


class Done(RunEvent, tag="done", kw_only=True):
    """The run ended: its last event. Late output of threads and tasks may still follow it."""

    status: RunStatus
    elapsed: float
    reason: str = ""
    cause: Cause | None = None


class KernelModel(Outgoing):
    """The kernel of a session; `id` is Jupyter's, absent while there is none."""

    name: str
    display_name: str = ""
    id: str | None = None


class SessionEvent(Outgoing, tag_field="type", tag="session", kw_only=True):
    """The session changed. `run` is the run under way, `queue` how many wait behind it.

    `reason` says, for a person, why: what the kernel died of, or why it cannot start.
    """

    session: str
    state: SessionState
    kernel: KernelModel
    backend: Literal["server", "pyodide"] = "server"
    name: str = ""
    path: str | None = None
    run: str | None = None
    queue: int = 0
    reason: str = ""
    cause: Cause | None = None
    seq: int = 0


class Attached(Outgoing, tag_field="type", tag="attached", kw_only=True):
    """The answer to `attach`; what was missed follows it, in order.

    `log` names this life of the session's log: send it back with the next `attach`. With `snapshot`
    the viewer forgets what it had, for the events that follow are all that is kept.
    `capabilities`: the methods of `query` that this session answers. Not numbered.
    """

    log: str
    since: int
    seq: int
    snapshot: bool
    capabilities: list[str] = []


class ErrorEvent(Outgoing, tag_field="type", tag="error", kw_only=True):
    """A request of yours was refused, and why. Sent to the viewer who asked only; not numbered."""

    message: str
    run: str | None = None
    cause: Cause | None = None


class Refusal(Outgoing):
    """Why a query has no result."""

    message: str
    cause: Cause | None = None


class Answer(Outgoing, tag_field="type", tag="answer", kw_only=True):
    """The answer to the `query` of this id: a `result` of the method's type, or an `error`.

    Sent to the viewer who asked only; not numbered.
    """

    id: str
    result: Any = None
    error: Refusal | None = None


Event = (
    Plan
    | StatusEvent
    | OutputEvent
    | Update
    | Clear
    | Input
    | Truncated
    | Heat
    | Done
    | SessionEvent
    | Attached
    | ErrorEvent
    | Answer
)


# ---- requests over the websocket


class RunRequest(Incoming, tag_field="type", tag="run"):
    """Execute the script, or the statements of it that overlap `lineRange`; of these only what
    overlaps one of `lineRanges`, if there are any.

    Answered by events of this `run`: plan, then status, output, update, clear, input, truncated
    and, with `heat`, heat of its statements, then done. `error` if it is refused.
    """

    run: RunId
    script: str
    line_range: LineRange | None = None
    line_ranges: list[LineRange] | None = None
    stop_on_error: bool = True
    max_text: MaxText | None = None
    max_displays: MaxDisplays | None = None
    columns: Columns | None = None
    heat: bool = False

    def __post_init__(self) -> None:
        around = self.line_range
        if self.line_ranges and around is None:
            raise ValueError("Expected a `lineRange` around `lineRanges`, got none")
        for k, each in enumerate(self.line_ranges or ()):
            if around is not None and not around.from_ <= each.from_ <= each.to <= around.to:
                raise ValueError(
                    f"Expected `lineRanges[{k}]` within `lineRange`, {around.from_} to {around.to},"
                    f" got {each.from_} to {each.to}"
                )


class ExecuteRequest(Incoming, tag_field="type", tag="execute"):
    """Execute these statements; answered as `run` is."""

    run: RunId
    statements: list[Statement]
    stop_on_error: bool = True
    columns: Columns | None = None


class InterruptRequest(Incoming, tag_field="type", tag="interrupt"):
    """Interrupt the run under way and cancel those that wait. A second one forces."""


class ResetRequest(Incoming, tag_field="type", tag="reset"):
    """Clear the namespace; with `restart`, by a new kernel process."""

    restart: bool = False


class InputRequest(Incoming, tag_field="type", tag="input"):
    """The line that the running statement waits for, without its newline."""

    text: str


class AttachRequest(Incoming, tag_field="type", tag="attach"):
    """Send what came after `since`, a `seq` of the log `log`; 0 asks for a snapshot."""

    since: Annotated[int, Meta(ge=0)] = 0
    log: str = ""


class QueryRequest(Incoming, tag_field="type", tag="query"):
    """Ask the kernel, also beside a run; `method` and `params` are of the table `QUERIES`."""

    id: Name
    method: Name
    params: msgspec.Raw


Request = (
    RunRequest
    | ExecuteRequest
    | InterruptRequest
    | ResetRequest
    | InputRequest
    | AttachRequest
    | QueryRequest
)


# ---- queries: what a viewer may ask the kernel


# Of a query: statements above its code, and the length of an expression.
MOST_BEFORE = 500
MOST_EXPRESSION = 1000


def _check_cursor(cursor: int, code: str) -> None:
    if cursor > len(code):
        raise ValueError(
            f"Expected a `cursor` of at most {len(code)}, the length of `code`, got {cursor}"
        )


class CompleteParams(Incoming):
    """Completions at `cursor` (a column in `code`, in code points). `before`: statements that the
    code depends on; those whose names the kernel has are left out."""

    code: str
    cursor: Annotated[int, Meta(ge=0)]
    before: Annotated[list[str], Meta(max_length=MOST_BEFORE)] = []

    def __post_init__(self) -> None:
        _check_cursor(self.cursor, self.code)


class CompleteResult(Outgoing):
    """Replace columns start to end of the code by a match."""

    matches: list[str]
    cursor_start: int
    cursor_end: int
    metadata: dict[str, Any] = {}


class InspectParams(Incoming):
    """What is known of the name at `cursor` of `code`; with `detail` 1 its source as well."""

    code: str
    cursor: Annotated[int, Meta(ge=0)]
    detail: Annotated[int, Meta(ge=0, le=1)] = 0

    def __post_init__(self) -> None:
        _check_cursor(self.cursor, self.code)


class InspectResult(Outgoing):
    """A MIME bundle on the name at the cursor."""

    found: bool
    data: MimeBundle = {}
    metadata: dict[str, Any] = {}


class DescribeParams(Incoming):
    """What is known of `expression`, without a call of what the user wrote. It ends at `cursor` of
    `code`, which is read if there is no such value."""

    expression: Annotated[str, Meta(max_length=MOST_EXPRESSION)]
    code: str
    cursor: Annotated[int, Meta(ge=0)]
    before: Annotated[list[str], Meta(max_length=MOST_BEFORE)] = []

    def __post_init__(self) -> None:
        _check_cursor(self.cursor, self.code)


class Parameter(Outgoing):
    """One parameter as it is written. `mark`: `/` or `*`, which only part the others."""

    name: str
    text: str
    kind: Literal["positional", "any", "keyword", "*", "**", "mark"]


class Signature(Outgoing):
    """What a call takes."""

    name: str
    parameters: list[Parameter]
    returns: str = ""
    documentation: str = ""


class DescribeResult(Outgoing):
    """`value` is a short text, where that is cheap and safe; `size` a shape or a length; `file` and
    `line` where it is defined, as the kernel sees it."""

    found: bool
    name: str = ""
    type: str = ""
    value: str = ""
    size: str = ""
    signatures: list[Signature] = []
    documentation: str = ""
    file: str = ""
    line: int = 0


class PathStep(Incoming):
    """One step of the way to a value: a `name` of the namespace, an `attribute`, an `item` or a
    `key` at `index`, or a `column`. `name`: how its row is named, by which the step is checked."""

    kind: Literal["name", "attribute", "item", "key", "column"]
    name: Annotated[str, Meta(max_length=MOST_EXPRESSION)]
    index: Annotated[int, Meta(ge=0)] = 0


ValuePath = Annotated[list[PathStep], Meta(min_length=1, max_length=50)]


class VariablesParams(Incoming):
    """Rows `offset` to `offset` + `limit` of the list of names that runs have defined, below each
    path in `opened` with what its value holds. `words` filter by name and type; modules, functions
    with classes, and `private` names are left out unless asked for."""

    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=0, le=2000)] = 2000
    opened: Annotated[list[ValuePath], Meta(max_length=500)] = []
    words: Annotated[str, Meta(max_length=MOST_EXPRESSION)] = ""
    sort: Literal["defined", "name", "type", "size", "bytes"] = "defined"
    descending: bool = False
    private: bool = False
    modules: bool = False
    functions: bool = False


class Step(Outgoing):
    """A `PathStep`, as the kernel names it."""

    kind: Literal["name", "attribute", "item", "key", "column"]
    name: str
    index: int = 0


class Variable(Outgoing):
    """A row: a name of the namespace, or at `depth` below one what is at `path`. `value` is a short
    text, `size` how large it is (`3, 4`, `12`), `bytes` without what it refers to. `opens`: there
    is something below it, which is listed if it is `opened`."""

    name: str
    type: str
    value: str = ""
    size: str = ""
    bytes: int | None = None
    depth: int = 0
    path: list[Step] = []
    opens: bool = False
    opened: bool = False


class VariablesResult(Outgoing):
    """Some rows of the list. `total`: how many it has; `names`: how many names there are at all."""

    variables: list[Variable]
    total: int = 0
    names: int = 0


# Of `evaluate`: how many expressions. Each may take a second, and all less than an answer may.
MOST_WATCHED = 25


class EvaluateParams(Incoming):
    """What these expressions come to now, by the user's code, between runs; below each path in
    `opened`, whose first step is an expression, what its value holds."""

    expressions: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=MOST_EXPRESSION)]],
        Meta(max_length=MOST_WATCHED),
    ]
    opened: Annotated[list[ValuePath], Meta(max_length=500)] = []


class Watched(Outgoing):
    """What came of an expression: an `error` as the last line of its traceback, or `rows`: the
    value, and below it what is opened, of `total` rows the first 200."""

    expression: str
    error: str = ""
    rows: list[Variable] = []
    total: int = 0


class EvaluateResult(Outgoing):
    """In the order of `expressions`. `busy`: there are none, as a run is on or waits: ask again
    when it is over."""

    values: list[Watched]
    busy: bool = False


# The MIME type of a table's first screen.
TABLE = "application/vnd.rdit.table+json"


class TableSort(Incoming):
    """The order of a table's rows, by one column. Missing values are last."""

    column: Annotated[int, Meta(ge=0)]
    descending: bool = False


class TableFilter(Incoming):
    """Which rows of a table are wanted: those in which the cell of a column, or without one any
    cell, is so. Texts are compared without regard to case by `contains`."""

    operator: Literal["contains", "=", "!=", "<", "<=", ">", ">=", "missing", "present"]
    value: Annotated[str, Meta(max_length=MOST_EXPRESSION)] = ""
    column: Annotated[int, Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        if self.column is None and self.operator != "contains":
            raise ValueError("Expected a `column`: without one only `contains` is known")


TableFilters = Annotated[list[TableFilter], Meta(max_length=50)]


class TableRowsParams(Incoming):
    """Rows `start` to `start` + `count` of the table with this id, as they are sorted and filtered,
    and of these some columns. Fewer may come. `isWhole`: the texts of cells in full, which are cut
    for a view."""

    id: Name
    start: Annotated[int, Meta(ge=0)] = 0
    count: Annotated[int, Meta(ge=0, le=5000)] = 100
    column_start: Annotated[int, Meta(ge=0)] = 0
    column_count: Annotated[int, Meta(ge=0, le=1000)] = 20
    is_whole: bool = False
    sort: TableSort | None = None
    filters: TableFilters = []


class TableColumn(Outgoing):
    """A column: its name, its levels in lines, and what stands in the rows of a page. `missing`:
    which of these are missing values, counted from 0. `key`: its name in code, if that can be
    written. `literal`: what its values are compared with in code; "" if no literal will do."""

    name: str
    type: str
    is_number: bool
    texts: list[str]
    missing: list[int]
    key: str = ""
    literal: Literal["number", "flag", "text", ""] = ""


class TablePage(Outgoing):
    """Some rows of some columns. `labels`: of the rows, level by level."""

    start: int
    column_start: int
    columns: list[TableColumn]
    labels: list[list[str]]


class TableRowsResult(Outgoing):
    """`found`: the kernel still has the table. `error`: why there are no such rows, in a sentence.
    `total`: how many rows there are with these filters; `changed`: the table has been changed since
    it was shown."""

    found: bool
    error: str = ""
    total: int = 0
    changed: bool = False
    page: TablePage | None = None


class TableProfileParams(Incoming):
    """What can be said of a column, in the rows that pass the filters."""

    id: Name
    column: Annotated[int, Meta(ge=0)]
    filters: TableFilters = []


class TableProfileResult(Outgoing):
    """`count`: of rows, of which `missing` have no value; `distinct`: how many values there are. Of
    numbers and times `low`, `high` and the heights of a histogram between them; of others the most
    frequent `values`, each with its count."""

    found: bool
    error: str = ""
    count: int = 0
    missing: int = 0
    distinct: int | None = None
    facts: list[tuple[str, str]] = []
    low: str = ""
    high: str = ""
    bins: list[int] = []
    values: list[tuple[str, int]] = []


class TableTextParams(Incoming):
    """The rows from `start` on for another program: comma separated, or with tabs."""

    id: Name
    start: Annotated[int, Meta(ge=0)] = 0
    tabs: bool = False
    sort: TableSort | None = None
    filters: TableFilters = []


class TableTextResult(Outgoing):
    """Some rows; the others begin at `next`, which is 0 if there are none."""

    found: bool
    error: str = ""
    text: str = ""
    next: int = 0
    total: int = 0


class WidgetsParams(Incoming):
    """What of ipywidgets' widgets there is in the kernel."""


class WidgetBuffer(Outgoing):
    """Bytes within a widget's state: where, by keys and indices, and as base64."""

    path: list[str | int]
    data: str


class WidgetModel(Outgoing):
    """One widget's model as Jupyter's widget protocol names it: `id` is that of its comm, `name`
    and `module` are those of its class in the browser. `texts`: keys that `state` has besides, each
    with the index of its value in the result's `texts`."""

    id: str
    name: str
    module: str
    version: str
    state: dict[str, Any]
    texts: dict[str, int] = {}
    buffers: list[WidgetBuffer] = []


class WidgetsResult(Outgoing):
    """All widgets that are not closed. None where the process has not imported ipywidgets.
    `texts`: long ones, each once, as many widgets of a class have the same code."""

    models: list[WidgetModel]
    texts: list[str] = []


class Query(NamedTuple):
    """One method of `query`."""

    params: type[Incoming]
    result: type[Outgoing]
    # Of one viewer's queries only the newest waits while another is answered: see `queries.py`.
    only_newest: bool = False
    # The result while there is no kernel; None: it is refused then.
    without_kernel: Outgoing | None = None
    # The result while a run is on or queued, for which it makes way; None: it is asked beside one.
    beside_run: Outgoing | None = None


# Each is answered by the function of the same name in the runtime's `queries.py`.
QUERIES = {
    "complete": Query(CompleteParams, CompleteResult, only_newest=True),
    "inspect": Query(InspectParams, InspectResult),
    "describe": Query(DescribeParams, DescribeResult),
    "variables": Query(
        VariablesParams, VariablesResult, without_kernel=VariablesResult(variables=[])
    ),
    "evaluate": Query(
        EvaluateParams,
        EvaluateResult,
        only_newest=True,
        without_kernel=EvaluateResult(values=[]),
        beside_run=EvaluateResult(values=[], busy=True),
    ),
    "table_rows": Query(
        TableRowsParams, TableRowsResult, without_kernel=TableRowsResult(found=False)
    ),
    "table_profile": Query(
        TableProfileParams, TableProfileResult, without_kernel=TableProfileResult(found=False)
    ),
    "table_text": Query(
        TableTextParams, TableTextResult, without_kernel=TableTextResult(found=False)
    ),
    "widgets": Query(WidgetsParams, WidgetsResult, without_kernel=WidgetsResult(models=[])),
}


# ---- bodies and answers over HTTP


class ExecuteScriptBody(Incoming):
    """`POST execute-script`."""

    script: str
    line_range: LineRange | None = None
    session: Name | None = None
    path: ScriptPath | None = None
    stop_on_error: bool = True
    timeout: (
        Annotated[float, Meta(gt=0, description="Seconds until the run is interrupted")] | None
    ) = None


class ExecuteBody(Incoming):
    """`POST execute`."""

    statements: list[Statement]
    session: Name | None = None
    path: ScriptPath | None = None
    stop_on_error: bool = True
    timeout: (
        Annotated[float, Meta(gt=0, description="Seconds until the run is interrupted")] | None
    ) = None


class ResetBody(Incoming):
    """`POST reset`."""

    session: Name | None = None
    path: ScriptPath | None = None
    restart: bool = False


class UpdateSessionBody(Incoming):
    """`PATCH sessions/ID`: the script was renamed, or shall have another kernel."""

    path: ScriptPath | None = None
    kernel_name: Name | None = None


class InterruptBody(Incoming):
    """`POST interrupt`."""

    session: Name | None = None
    path: ScriptPath | None = None


class OpenSessionBody(Incoming):
    """`POST sessions`: the session of a script, made if there is none."""

    path: ScriptPath | None = None
    name: Name | None = None
    kernel_name: Name | None = None


class ExportedResult(Incoming):
    """What stands beside these lines of an exported script, in order. `stale`: why it no longer
    holds, for a person to read; "" if it does."""

    line_start: Line
    line_end: Line
    output: list[Output]
    stale: str = ""


class ExportBody(Incoming):
    """`POST export`: a script with its results as one file. `title` is its name without ending.
    `resultsOnly`: without the code."""

    script: str
    format: ExportFormat
    title: str = ""
    results: list[ExportedResult] = []
    results_only: bool = False


class NotebookScriptBody(Incoming):
    """`POST notebook-script`: write the notebook at `path` as a script beside it."""

    path: ScriptPath


class LintBody(Incoming):
    """`POST lint`: what ruff finds in a script. `path`: whose folder's configuration applies. Of
    one `viewer`'s requests only the newest is answered."""

    script: str
    path: ScriptPath | None = None
    viewer: Name | None = None


class FormatBody(Incoming):
    """`POST format`: the script as ruff formats it; with `line_range` only those lines, and what
    of their statements stands around them."""

    script: str
    path: ScriptPath | None = None
    line_range: LineRange | None = None


class FilePath(Struct, rename="camel"):
    """The answer to `notebook-script`: the Contents path of the script."""

    path: str


class TextEdit(Outgoing):
    """Replace the text between two positions."""

    line_start: Line
    column_start: int
    line_end: Line
    column_end: int
    text: str = ""


class Fix(Outgoing):
    """What would mend a finding. One that is not safe may change what the script does."""

    title: str
    edits: list[TextEdit]
    is_safe: bool = False


class Finding(Outgoing, kw_only=True):
    """What is wrong between two positions of a script. Without a `code` it does not parse."""

    message: str
    line_start: Line
    column_start: int
    line_end: Line
    column_end: int
    code: str = ""
    url: str = ""
    fix: Fix | None = None


class LintAnswer(Outgoing):
    """The answer to `lint`: the first findings, and how many more there are. `tool`: what found
    them, with its version; `is_configured`: by rules of the project's own."""

    findings: list[Finding]
    tool: str
    is_configured: bool = False
    omitted: int = 0


class FormatAnswer(Outgoing):
    """The answer to `format`: the script, or the error for which it cannot be formatted."""

    script: str | None = None
    error: Finding | None = None


class SettingsBody(Incoming):
    """`PATCH settings`: what to change, by name; null goes back to the default."""

    settings: dict[SettingName, SettingValue | None]


class SettingsModel(Struct, rename="camel"):
    """The user's settings that are not as by default. What a name means is the page's affair."""

    settings: dict[str, SettingValue]


class RunAnswer(Struct, rename="camel"):
    """The answer to `execute-script` and `execute`: every planned statement, in order."""

    results: list[StatementResult]
    status: RunStatus
    run: str
    session: str


class SessionModel(Struct, rename="camel"):
    """A session as `sessions` shows it. Times are ISO 8601 in UTC."""

    id: str
    name: str
    path: str | None
    state: SessionState
    kernel: KernelModel
    queue: int
    viewers: int
    created: str
    last_activity: str
