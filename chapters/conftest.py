"""Which notebooks nbval recomputes: all, save the one on real viewers where there are none."""

from __future__ import annotations

import os

import pytest

ON_REAL_DATA = "17_"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("RECSYS_DATA"):
        return
    reason = "chapter 17 needs MovieLens: set RECSYS_DATA to the folder that holds it"
    for item in items:
        if item.path.name.startswith(ON_REAL_DATA):
            item.add_marker(pytest.mark.skip(reason=reason))
