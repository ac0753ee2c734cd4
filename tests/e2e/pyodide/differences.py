"""Every golden run that is not the same in the browser as in a kernel, and why. All others are."""

# The statement (its nodeIndex) that ends the run there, with which error, and what a browser lacks.
RAISES = {
    "excepthook_threads": (2, "RuntimeError", "threads"),
    "figure_error": (0, "ModuleNotFoundError", "matplotlib: its wheel is not among the test's"),
    "figure_function": (1, "ModuleNotFoundError", "matplotlib"),
    "figure_pause": (0, "ModuleNotFoundError", "matplotlib"),
    "figure_pile": (0, "ModuleNotFoundError", "matplotlib"),
    "figure_noise": (0, "ModuleNotFoundError", "matplotlib"),
    "figure_left": (0, "ModuleNotFoundError", "matplotlib"),
    "figure_loop": (0, "ModuleNotFoundError", "matplotlib"),
    "figure_shown": (0, "ModuleNotFoundError", "matplotlib"),
    "figure_value": (0, "ModuleNotFoundError", "matplotlib"),
    "fork": (3, "OSError", "processes"),
    "multiprocess": (3, "ModuleNotFoundError", "processes"),
    "pandas_table": (0, "ModuleNotFoundError", "pandas: its wheel is not among the test's"),
    "threads": (4, "RuntimeError", "threads"),
}

# Statements whose outputs differ, while all else is the same.
OUTPUTS = {
    "error_base": ({5}, "error numbers are WebAssembly's: 2 is EACCES, not ENOENT"),
    "foreign": ({1, 6, 8, 10}, "there is neither pip nor a shell, and it says so"),
    "foreign_lines": ({2}, "Python 3.12 and later say otherwise what does not parse"),
    "error_multiline": ({1}, "Python 3.13 and later quote all lines of a call"),
}

# Not run: what they are about is otherwise here, and has a test of its own.
OTHERWISE = {
    "columns_of_terminal": "there are no child processes, which it asks too",
    "input_refused": "input() is answered",
    "stdin_at_its_end": "what reads sys.stdin is answered",
    "stdin_replaced": "input() asks where the results stand, whatever sys.stdin is",
    "streams_on_descriptors": "file descriptors are not the script's own",
    "subprocesses": "there are none",
    "syntax_marks": "Python 3.13 and later mark syntax errors otherwise",
}
