"""A recomputed notebook may differ by one unit of a last place, and in nothing else."""

from __future__ import annotations

import nbformat.v4 as v4
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from book.tools.notebooks.compare import difference, same_figure, same_text

TABLE = "          mean    low  users\nEASE     0.412  0.398    943\npopular  0.209  0.197    943\n"
FIGURE = (
    '<svg width="440.4pt" viewBox="0 0 440.4 260"><path id="m1" d="M 0.5 10 \nL 12 7.25" '
    'style="stroke-width: 0.8"/><text x="68.77" transform="rotate(0 68.77 9)">0.25</text></svg>'
)


def text(what: str) -> NotebookNode:
    return v4.new_output("execute_result", {"text/plain": what})


def figure(what: str) -> NotebookNode:
    return v4.new_output("display_data", {"image/svg+xml": what, "text/plain": "<Figure>"})


def record(name: str, what: str) -> NotebookNode:
    data = {"application/papermill.record/text/plain": what}
    return v4.new_output("display_data", data, metadata={"scrapbook": {"name": name}})


def printed(what: str, name: str = "stdout") -> NotebookNode:
    return v4.new_output("stream", name=name, text=what)


def error(value: str) -> NotebookNode:
    return v4.new_output("error", ename="ValueError", evalue=value, traceback=["here"])


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("0.412", "0.413"),
        ("0.412", "0.411"),
        ("9.99 of 10", "10.00 of 10"),
        ("-0.000", "0.001"),
        ("93%", "94%"),
        ("12.4%", "12.5%"),
        ("<td>0.412</td>", "<td>0.413</td>"),
        (TABLE, TABLE.replace("0.398", "0.397").replace("0.209", "0.210")),
    ],
)
def test_one_unit_of_the_last_place_is_allowed(stored, fresh):
    assert same_text(stored, fresh) and same_text(fresh, stored)


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ("0.412", "0.414"),  # the third digit
        ("0.4123", "0.4133"),  # the third digit of four
        ("12.3", "13.3"),
        ("0.412", "0.41"),  # the number of digits
        ("0.410", "0.41"),
        ("0.41", "0.4123"),
        ("123", "124"),  # a count is exact
        ("viewer 7", "viewer 8"),
        ("0.412", "-0.412"),
        ("0.412", "0.412%"),
        ("93%", "95%"),
        ("93%", "94"),
        ("3.11.2", "3.11.3"),  # not a number
        ("v0.412", "v0.413"),
        ("1e-05", "2e-05"),
        ("nan", "0.412"),
        ("0.412\n", "0.412"),
        ("EASE 0.412", "EASY 0.412"),
        (TABLE, TABLE.replace("popular", "Popular")),
        (TABLE, TABLE.replace("943", "944", 1)),
        (TABLE, "\n".join([TABLE.split("\n")[n] for n in (0, 2, 1, 3)])),  # the rows' order
        (TABLE, TABLE.replace("0.412  0.398", "0.398  0.412")),
    ],
)
def test_all_else_is_a_difference(stored, fresh):
    assert not same_text(stored, fresh) and not same_text(fresh, stored)


@given(st.decimals(-1000, 1000, places=3), st.integers(-3, 3))
def test_as_many_units_as_said(number, units):
    other = number + units * type(number)("0.001")
    assert same_text(f"a {number:.3f} b", f"a {other:.3f} b") == (abs(units) <= 1)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("0.5 10", "0.51 10", True),
        ("L 12 7.25", "L 11.99 7.26", True),
        ("440.4pt", "440.41pt", True),
        ("0.5 10", "0.52 10", False),
        ("L 12 7.25", "L 12 8.25", False),
        ("L 12 7.25", "L 12 7.25 \nL 12 7.25", False),
        ("stroke-width: 0.8", "stroke-width: 0.9", False),
        (">0.25<", ">0.26<", False),
        ('id="m1"', 'id="m2"', False),
        ("440.4pt", "440.4px", False),
    ],
)
def test_a_figure_may_move_by_one_unit_and_say_nothing_else(old, new, same):
    assert old in FIGURE
    assert same_figure(FIGURE, FIGURE.replace(old, new)) == same
    assert same_figure(FIGURE.replace(old, new), FIGURE) == same


@pytest.mark.parametrize(
    ("stored", "fresh"),
    [
        ([text("a")], []),
        ([], [text("a")]),
        ([text("a"), text("b")], [text("b"), text("a")]),
        ([text("a")], [printed("a")]),
        ([printed("a")], [printed("a", "stderr")]),
        ([record("gain", "0.41")], [record("loss", "0.41")]),
        ([record("gain", "0.41")], [record("gain", "0.43")]),
        ([error("lesson")], [error("accident")]),
        ([figure(FIGURE)], [text("<Figure>")]),
        ([figure(FIGURE)], [figure(FIGURE.replace("7.25", "9.25"))]),
    ],
)
def test_missing_moved_or_renamed_outputs_are_a_difference(stored, fresh):
    assert difference(stored, fresh)
    assert difference(stored, stored) is None


def test_what_differs_is_shown():
    found = difference([text("a 0.41\nb 0.52\nc")], [text("a 0.42\nb 0.62\nc")])
    assert found == "text/plain differs\n  stored:   b 0.52\n  computed: b 0.62"


def test_a_unit_in_records_and_figures_is_no_difference_and_nor_is_a_traceback():
    moved = error("lesson") | {"traceback": ["there"]}
    old = [record("gain", "0.41"), figure(FIGURE), error("lesson")]
    new = [record("gain", "0.42"), figure(FIGURE.replace("12 ", "12.01 ")), NotebookNode(moved)]
    assert difference(old, new) is None
