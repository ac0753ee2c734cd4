"""What functions and methods of libraries do with their arguments, by their names.

A syntax tree does not tell whether `x.f()` changes `x`. These tables do, for the standard library
and the libraries that analyses use. A method that is in none of them counts as one that changes its
object; a function of a module as one that does not change its arguments.
"""

from __future__ import annotations

import ast
import builtins
import re
from enum import Enum

# The same in a kernel, where IPython replaces some and adds two.
_OF_SITE = ("copyright", "credits", "display", "exit", "get_ipython", "help", "license", "quit")
BUILTINS = frozenset((*dir(builtins), *_OF_SITE))


class Role(Enum):
    """What a call of a builtin function means for names."""

    EVERYTHING = 1  # it may read and bind any global
    NAMESPACE = 2  # so without arguments; with one, the value is a part of it
    CHANGES = 3  # it changes its first argument
    INHERITED = 4  # without arguments, it gives the object of the method it stands in


BUILTIN_ROLES = {
    **dict.fromkeys(("exec", "eval", "globals", "breakpoint"), Role.EVERYTHING),
    **dict.fromkeys(("vars", "locals", "dir"), Role.NAMESPACE),
    **dict.fromkeys(("next", "anext", "setattr", "delattr"), Role.CHANGES),
    "super": Role.INHERITED,
}
# Builtins that call no function of the script's but the special methods of their arguments.
PLAIN_BUILTINS = frozenset(
    (
        *("print", "len", "str", "repr", "int", "float", "bool", "isinstance", "type", "range"),
        *("round", "sum", "any", "all", "format", "hasattr", "id", "hash", "chr", "ord", "abs"),
    )
)
# Builtins whose value holds their arguments, or is one of them; those whose value is used up.
HOLDING = frozenset(
    ("iter", "zip", "map", "filter", "enumerate", "reversed", "getattr", "max", "min", "super")
)
ITERATORS = frozenset(("iter", "zip", "map", "filter", "enumerate", "reversed", "open"))
ITERATOR_PATHS = ("itertools.", "csv.reader", "csv.DictReader", "os.scandir", "re.finditer")
ITERATOR_METHODS = frozenset(("open", "finditer", "iterrows", "itertuples", "iterdir", "glob"))

# Methods that do not change their object and give a new value.
_NEW = """
    __init_subclass__
    capitalize casefold center count decode encode endswith expandtabs find format format_map
    index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable
    isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix
    replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase
    title translate upper zfill hex fromhex as_integer_ratio bit_length bit_count to_bytes copy
    deepcopy difference intersection isdisjoint issubset issuperset symmetric_difference union
    most_common elements total fromkeys tolist tobytes to_list to_dict to_numpy to_frame to_string
    to_html to_markdown to_latex to_json to_csv to_excel to_parquet to_sql to_pickle to_records
    to_series to_datetime to_timestamp to_period to_pandas to_arrow to_polars info describe
    memory_usage head tail sample nlargest nsmallest value_counts unique nunique is_unique
    duplicated drop_duplicates drop dropna fillna ffill bfill isna isnull notna notnull
    interpolate isin between where mask clip abs round sum mean median mode std var sem skew kurt
    kurtosis min max prod product cumsum cumprod cummin cummax quantile rank diff pct_change corr
    cov corrwith autocorr argmin argmax argsort idxmin idxmax any all nonzero dot matmul trace add
    sub mul div truediv floordiv mod pow radd rsub rmul rdiv eq ne lt le gt ge equals compare
    astype convert_dtypes infer_objects assign rename rename_axis reindex set_index reset_index
    set_axis sort_values sort_index merge concat combine combine_first align melt pivot
    pivot_table stack unstack explode transpose crosstab cut qcut get_dummies agg aggregate apply
    applymap map transform pipe query filter select_dtypes isetitem droplevel swaplevel add_prefix
    add_suffix truncate shift tz_localize tz_convert asfreq at_time between_time resample rolling
    expanding ewm groupby nth ngroups cumcount size swapaxes squeeze flatten repeat ptp conj
    conjugate searchsorted byteswap newbyteorder item tofile choose compress diagonal take group
    groups groupdict start end span match fullmatch search findall subn isoformat strftime
    strptime timestamp date time timetuple weekday isoweekday isocalendar total_seconds astimezone
    toordinal utcoffset dst tzname ctime exists is_file is_dir is_absolute is_relative_to
    read_text read_bytes with_suffix with_name with_stem relative_to resolve absolute expanduser
    joinpath as_posix as_uri stat samefile predict predict_proba predict_log_proba
    decision_function score inverse_transform get_params get_feature_names_out summary conf_int
    pvalues pdf cdf ppf sf isf logpdf logcdf interval from_bytes is_integer is_finite quantize
    normalize sqrt exp ln log10 limit_denominator with_columns select sort lazy collect cast alias
    over is_null is_not_null group_by unnest hstack vstack vertical strip_chars len n_unique
    null_count schema rows row get_column to_struct gather __len__ __repr__ __str__ __contains__
    __eq__ __hash__ __bool__ __format__ __sizeof__ __dir__ __class__
"""
# Methods that do not change their object, and give it or a part of it.
_PARTS = """
    get items keys values view reshape ravel iterrows itertuples iteritems get_group xs get_figure
    get_axes get_legend get_lines get_xaxis get_yaxis get_children get_title get_label get_xlabel
    get_ylabel get_xlim get_ylim get_xticks get_yticks get_legend_handles_labels get_xticklabels
    get_yticklabels get_size_inches get_level_values get_loc get_array get_data get_tk_widget
    __getitem__ __getattribute__ __iter__
"""
NEW_METHODS = frozenset(_NEW.split())
PART_METHODS = frozenset(_PARTS.split())
# Those of them that change their object, unless a library has made it and something is done with
# the value: `seen.add(x)`, but `total = df.add(1)`.
CHANGING_MOSTLY = frozenset(("add", "reverse", "sort"))
# Those of them that change their object where nothing is done with the value.
CHANGING_UNUSED = frozenset(("join", "start"))
# Those of pandas that change their object if they are told to.
_INPLACE = """
    clip drop drop_duplicates dropna eval ffill bfill fillna interpolate mask query rename
    rename_axis replace reset_index set_axis set_index sort_index sort_values where
"""
INPLACE = frozenset(_INPLACE.split())
# Methods named like some that change nothing, which do at an object of this module.
DRAWING = frozenset(
    (
        "plot",
        "hist",
        "boxplot",
        "scatter",
        "bar",
        "barh",
        "line",
        "area",
        "pie",
        "kde",
        "density",
        "hexbin",
        "box",
    )
)
# Methods that put their arguments into their object.
FILLING = frozenset(
    (
        "add",
        "append",
        "appendleft",
        "extend",
        "insert",
        "push",
        "put",
        "register",
        "setdefault",
        "update",
    )
)
# Keywords by which a function is told what to change.
CHANGED_KEYWORDS = frozenset(("out", "ax", "axes", "axs", "fig", "figure", "cax", "file"))

# Methods that change their object, whatever it is: also where they are handed on, and not called.
_CHANGING = """
    clear difference_update discard intersection_update pop popitem popleft remove reverse rotate
    sort symmetric_difference_update write writelines
"""
CHANGING = FILLING | frozenset(_CHANGING.split())
# Classes whose methods are called with an object, too: `list.append(xs, 1)`.
CONTAINERS = frozenset(("bytearray", "deque", "dict", "list", "set"))
# Methods that change an argument, by its position.
CHANGED_BY_METHODS = {"shuffle": 0, "readinto": 0, "readinto1": 0, "recv_into": 0, "pack_into": 0}
# Functions that change arguments, by their positions.
CHANGED_ARGUMENTS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(
        (
            *(f"heapq.heap{name}" for name in ("push", "pop", "ify", "pushpop", "replace")),
            *(f"heapq.heap{name}_max" for name in ("push", "pop", "ify", "pushpop", "replace")),
            *(f"bisect.insort{side}" for side in ("", "_left", "_right")),
            *("random.shuffle", "numpy.random.shuffle", "numpy.put_along_axis"),
            *(f"numpy.{name}" for name in ("fill_diagonal", "copyto", "put", "place", "putmask")),
            *(f"operator.{name}item" for name in ("set", "del")),
            *(f"operator.i{name}" for name in ("add", "concat", "or", "and", "xor", "sub", "mul")),
            *("csv.writer", "csv.DictWriter", "csv.reader", "json.load", "pickle.load"),
            "matplotlib.pyplot.sca",
        ),
        (0,),
    ),
    **dict.fromkeys(("json.dump", "pickle.dump", "marshal.dump", "yaml.dump"), (1,)),
    "shutil.copyfileobj": (0, 1),
    "struct.pack_into": (1,),
}
# Context managers that may end an exception of their body, by the last of their names.
SUPPRESSING = frozenset(
    ("suppress", "raises", "assertRaises", "assertRaisesRegex", "ExitStack", "AsyncExitStack")
)
# Functions of a module whose value is an argument, or holds it.
HOLDING_PATHS = (
    *(
        "itertools.",
        "numpy.asarray",
        "numpy.ravel",
        "numpy.reshape",
        "numpy.atleast_",
        "numpy.squeeze",
    ),
    *(
        "numpy.transpose",
        "numpy.broadcast",
        "numpy.nditer",
        "functools.partial",
        "types.MappingProxyType",
    ),
    *(
        "csv.",
        "io.TextIOWrapper",
        "contextlib.",
        "weakref.",
        "collections.ChainMap",
        "operator.itemgetter",
    ),
    *(
        "threading.Thread",
        "functools.",
        "dataclasses.replace",
        "unittest.mock.",
        "collections.UserDict",
    ),
)
# Functions that look at the names of `__main__`.
READING_EVERYTHING = (
    "doctest.testmod",
    "unittest.main",
    "pickle.load",
    "IPython.get_ipython",
    "code.interact",
)
# Settings that change what every statement after it prints.
GLOBAL_SETTINGS = re.compile(
    r"(pandas|numpy|polars|torch)\.(set_option|reset_option|set_printoptions|seterr|Config|options)\b"
    r"|warnings\.(filterwarnings|simplefilter|resetwarnings)$|decimal\.(setcontext|getcontext)$"
    r"|locale\.setlocale$|sys\.set_int_max_str_digits$"
)
# What every statement uses: to replace it changes what all of them print.
REPLACED_BY_ALL = frozenset(
    ("sys", name) for name in ("stdout", "stderr", "stdin", "displayhook", "excepthook")
)
# Those that have a name of their own among the names that are bound; only `print` reads them.
STREAMS = frozenset(("sys", name) for name in ("stdout", "stderr", "stdin"))
# Functions of a module that change the module's own state, as far as their names tell.
_SETTERS = re.compile(
    r"^(set|reset|register|unregister|add|append|insert|remove|extend|clear|update|seed|push|pop|use|enable|disable"
    r"|basicConfig|configure|install|field_size_limit|signal|setdefault|connect)(?![a-z]{3})"
    r"|^(set|add|remove)[a-z]*$"
)
# Of modules whose functions compute, or are about files, whatever their names: those that do.
_STATE_SETTERS = {
    "numpy": frozenset(("setbufsize", "seterrcall", "set_string_function")),
    "operator": frozenset[str](),
    "os": frozenset(("chdir", "fchdir", "putenv", "unsetenv", "umask")),
    "shutil": frozenset(("register_archive_format", "register_unpack_format")),
    "math": frozenset[str](),
    "pandas": frozenset[str](),
    "scipy": frozenset[str](),
    "bisect": frozenset[str](),
    "functools": frozenset[str](),
    "itertools": frozenset[str](),
}


def sets_state(path: str) -> bool:
    """Whether a function, by its full name, changes the state of the module that it is in."""
    top, _, inside = path.partition(".")
    setters = _STATE_SETTERS.get(top)
    # Of what stands in a module, as `os.environ`, any method may.
    if setters is not None and inside.partition(".")[0] not in _STATES_IN.get(top, ()):
        return inside in setters
    return _SETTERS.match(path.rpartition(".")[2]) is not None


_STATES_IN = {"os": ("environ", "environb")}
# The state of these modules is changed by each function of theirs, apart from those after it.
STATES = {
    "matplotlib.pyplot": frozenset[str](),
    "pylab": frozenset[str](),
    "random": frozenset(("Random", "SystemRandom", "shuffle_copy")),
    "numpy.random": frozenset(
        ("default_rng", "Generator", "RandomState", "PCG64", "SeedSequence", "MT19937")
    ),
    "turtle": frozenset[str](),
}
# Modules whose functions draw into the figure of pyplot.
DRAWING_MODULES = ("seaborn.", "pandas.plotting.", "scipy.cluster.hierarchy.dendrogram")

# Methods that find names of the script in a string, as `df.query("a > @limit")` does.
_NAMING = frozenset(
    ("query", "eval", "evaluate", "sql", "execute", "timeit", "repeat", "run", "Timer")
)
_WORD = re.compile(r"[^\W\d]\w*")


def identifiers_in(call: ast.Call, method: str | None) -> list[str]:
    """The words in constant strings of a call of a method that may look them up as names."""
    name = method or (call.func.id if isinstance(call.func, ast.Name) else None)
    if name not in _NAMING:
        return []
    return [
        word
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        for word in _WORD.findall(argument.value)
    ]
