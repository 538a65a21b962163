"""nbval with the comparison of `compare`, and records as `records` keeps them.

``pytest --nbval`` runs each cell again; here is what it then asks.
"""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell

from book.tools.notebooks.compare import difference
from book.tools.notebooks.records import as_shown, places_shown


def pytest_itemcollected(item: pytest.Item) -> None:
    if isinstance(item, IPyNbCell):
        item.compare_outputs = Comparison(item)


class Comparison:
    """Stands in for a cell's own ``compare_outputs``."""

    def __init__(self, cell: IPyNbCell) -> None:
        self.cell = cell

    def __call__(self, fresh: list[NotebookNode], stored: list[NotebookNode]) -> bool:
        """Whether the outputs agree; if not, the cell is told where they do not."""
        shown = places_shown(self.cell.parent.nb)
        found = difference(stored, as_shown(fresh, shown))
        self.cell.comparison_traceback = [found] if found else []
        return found is None
