"""Rows that know nothing of each other."""

from __future__ import annotations

import pytest

from recsys_lib.errors import ArgumentError
from recsys_lib.pages import Row, apart

ROWS = [Row("a", [3, 1, 2, 0]), Row("b", [1, 3, 4]), Row("c", [1, 3])]


def test_each_row_shows_its_own_first_titles_by_hand():
    assert apart(ROWS, 2, repeats=True).titles.tolist() == [[3, 1], [1, 3], [1, 3]]


def test_without_repeats_a_row_goes_on_down_its_list_and_may_run_out():
    page = apart(ROWS, 2)
    assert page.titles.tolist() == [[3, 1], [4, -1], [-1, -1]]
    assert [row.name for row in page.rows] == ["a", "b", "c"]


def test_a_page_without_positions_is_refused():
    with pytest.raises(ArgumentError, match="positions"):
        apart(ROWS, 0)
