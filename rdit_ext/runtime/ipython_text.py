"""The text of values at the width of the column, with the printers that IPython has for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from IPython.lib import pretty

from .columns import Columns
from .plain_repr import WIDTH
from .value_layout import CONTAINERS, SCALARS, write_container

# Of these our layout writes the text, as long as IPython's printers for them are its own.
_OURS: frozenset[Any] = SCALARS | CONTAINERS
_Printer: Any = pretty.RepresentationPrinter


class IPythonText:
    """Writes values as this `formatter`, IPython's for text/plain, is set up."""

    def __init__(self, formatter: Any):
        self._formatter = formatter
        self.columns: Columns | None = None
        self._printers: dict[Any, Any] = formatter.type_printers
        self._usual = {kind: self._printer_of(kind) for kind in _OURS}
        # Those of scalars, which no printer registered by name may move there later.
        self._usual_scalars = [(kind, self._printers.get(kind)) for kind in SCALARS]

    @property
    def width(self) -> int | None:
        """The width of the column, or that which the user has set; None if the run has none."""
        if self.columns is None or self.columns.now is None:
            return None
        width: int = self._formatter.max_width
        return self.columns.now if width == WIDTH else width

    @contextmanager
    def at_width(self, value: Any) -> Iterator[None]:
        """Have this value formatted at that width."""
        width, columns, formatter = self.width, self.columns, self._formatter
        if width is None or columns is None:
            yield
            return
        usual, formatter.max_width = formatter.max_width, width
        try:
            with columns.in_values(value):
                yield
        finally:
            formatter.max_width = usual

    def is_usual(self, kind: type) -> bool:
        """Whether IPython writes values of this builtin type, and what of scalars is in them, by
        printers of its own, and not by one that the user has registered."""
        printers = self._printers
        if kind in printers and printers[kind] is not self._usual[kind]:
            return False
        if kind not in SCALARS:
            for scalar, usual in self._usual_scalars:
                if printers.get(scalar) is not usual:
                    return False
        return True

    def write(self, value: Any) -> str | None:
        """The text of a container at that width; None if IPython is to write it."""
        width, formatter = self.width, self._formatter
        if width is None or formatter.float_precision or formatter.verbose or not formatter.pprint:
            return None
        if not all(map(self.is_usual, CONTAINERS)):
            return None
        most, printers = formatter.max_seq_length, self._printers
        try:
            return write_container(value, width, self._write_leaf, most, printers)
        except Exception:
            return None  # a `__repr__` fails: IPython shows the error

    def _write_leaf(self, value: Any) -> str:
        formatter, stream = self._formatter, StringIO()
        printer = _Printer(
            stream,
            max_width=formatter.max_width,
            max_seq_length=formatter.max_seq_length,
            singleton_pprinters=formatter.singleton_printers,
            type_pprinters=formatter.type_printers,
            deferred_pprinters=formatter.deferred_printers,
        )
        printer.pretty(value)
        printer.flush()
        return stream.getvalue()

    def _printer_of(self, kind: Any) -> Any:
        found = self._printers.get(kind)
        if found is None:
            # Registered by name, and moved to the others with the first value.
            found = self._formatter.deferred_printers.get((kind.__module__, kind.__name__))
        return found
