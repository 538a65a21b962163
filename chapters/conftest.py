"""Which notebooks nbval recomputes, and how strictly it compares them.

All are, save the one on real viewers where there are none; to the letter, see the gate.
"""

from __future__ import annotations

import os

import pytest

from book.tools.notebooks.gate import pytest_itemcollected

__all__ = ["pytest_collection_modifyitems", "pytest_itemcollected"]

ON_REAL_DATA = "17_"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("RECSYS_DATA"):
        return
    reason = "chapter 17 needs MovieLens: set RECSYS_DATA to the folder that holds it"
    for item in items:
        if item.path.name.startswith(ON_REAL_DATA):
            item.add_marker(pytest.mark.skip(reason=reason))
