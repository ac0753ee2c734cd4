"""ipywidgets' widgets with their state, for a page that has not seen them made.

The widgets' own protocol has a request for it (`request_states`), which comes on the shell channel:
while a statement runs nobody would answer it, and a progress bar would be shown when it is over.
https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any

from .mime_bundle import fit_json

# The parts of a state's entry that a viewer is given, by the names of ipywidgets.
_NAMES = {"model_name": "name", "model_module": "module", "model_module_version": "version"}


# Characters. A longer text is sent once for all widgets: the code of a plotly figure has 5 MB.
_LONG = 10_000

# Widgets of which it was logged that they are left out.
_logged: weakref.WeakSet[Any] = weakref.WeakSet()


def widget_states(params: dict[str, Any], log: Callable[[str], None]) -> dict[str, Any]:
    """The result of the method `widgets`. A widget whose state cannot be read is left out, which is
    logged once: it shows that it is missing."""
    library: Any = sys.modules.get("ipywidgets.widgets.widget")
    models: list[dict[str, Any]] = []
    texts: dict[str, int] = {}
    # A copy: the main thread may make and close widgets meanwhile.
    for widget in list(getattr(library, "_instances", {}).values()):
        try:
            known = library.Widget.get_manager_state(widgets=[widget])["state"]
            models.extend(_model(model_id, entry, texts) for model_id, entry in known.items())
        except Exception as error:  # closed meanwhile, or a trait's own serializer has raised
            if widget not in _logged:
                _logged.add(widget)
                kind = type(widget).__name__
                log(f"no state of a widget {kind}: {type(error).__name__}: {error}")
    return {"models": models, "texts": fit_json(list(texts))[0]}


def _model(model_id: str, entry: dict[str, Any], texts: dict[str, int]) -> dict[str, Any]:
    """`texts`: the long ones that were met, and the place of each; new ones are added."""
    long = {
        key for key, value in entry["state"].items() if type(value) is str and len(value) > _LONG
    }
    state = {key: value for key, value in entry["state"].items() if key not in long}
    return {
        "id": model_id,
        **{ours: str(entry[theirs]) for theirs, ours in _NAMES.items()},
        "state": fit_json(state)[0],
        "texts": {key: texts.setdefault(entry["state"][key], len(texts)) for key in long},
        "buffers": [
            {"path": list(buffer["path"]), "data": buffer["data"]}
            for buffer in entry.get("buffers", ())
        ],
    }
