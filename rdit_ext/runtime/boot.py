"""The first text that a kernel executes: installs the runtime as the package `_rdit`, boots it.

The server reads this file as text and sends it as the code of one silent `execute_request`, whose
content carries `rdit: {"modules": {name: source}, "marker"?: path, "unset"?: [name]}`: every
module of this folder, the file in which to note which statement runs, and the variables of the
environment that were only for the kernel's own start. A Pyodide worker executes it with such a dict
as the global `_rdit`, and boots its host itself. It leaves no name behind in the user's namespace.
Booting twice with the same sources takes only the new marker; with others it takes the old runtime
down first.
"""


def _rdit_boot() -> None:
    import importlib
    import importlib.abc
    import importlib.machinery
    import os
    import sys
    from typing import Any

    del globals()["_rdit_boot"]
    sent: Any = globals().get("_rdit")
    is_kernel = sent is None
    if is_kernel:
        sent = get_ipython().kernel.get_parent("shell")["content"]["rdit"]  # type: ignore[name-defined] # noqa: F821
    modules, marker = sent["modules"], sent.get("marker")
    for name in sent.get("unset", ()):
        os.environ.pop(name, None)

    class Sources(importlib.abc.Loader, importlib.abc.MetaPathFinder):
        """Finds and loads `_rdit` and its modules from their sources."""

        def __init__(self, modules: dict[str, str]):
            self.modules = modules

        def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
            package, _, module = name.partition(".")
            if package != "_rdit" or (module or "__init__") not in self.modules:
                return None
            origin = f"<rdit>/{module or '__init__'}.py"
            spec = importlib.machinery.ModuleSpec(name, self, origin=origin, is_package=not module)
            spec.has_location = True  # gives the module its `__file__`
            return spec

        def exec_module(self, module: Any) -> None:
            source = self.get_source(module.__name__)
            exec(compile(source, module.__file__, "exec", dont_inherit=True), module.__dict__)
            # The standard library's `trace` opens the file of each module whose functions it
            # traces, and skips modules without `__file__`. This one has no file.
            del module.__file__

        def get_source(self, name: str) -> str:
            return self.modules[name.partition(".")[2] or "__init__"]

    old: Any = sys.modules.get("_rdit")
    if old is not None:
        if old.__spec__.loader.modules == modules:
            old.keep_marker(marker)
            return
        old.remove()
        sys.meta_path.remove(old.__spec__.loader)
        for name in [name for name in sys.modules if name.partition(".")[0] == "_rdit"]:
            del sys.modules[name]
    sys.meta_path.append(Sources(modules))
    if is_kernel:
        importlib.import_module("_rdit.host_ipython").boot()
        importlib.import_module("_rdit").keep_marker(marker)


_rdit_boot()
