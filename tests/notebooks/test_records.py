"""What goes to the prose is kept as the prose shows it."""

from __future__ import annotations

import sys

import nbformat.v4 as v4
import pytest
from nbformat import NotebookNode

from book.tools.notebooks.checks import unrounded
from book.tools.notebooks.records import RECORD, as_shown, places, places_shown, rounded, value_of
from recsys_lib.prose import quote

PROSE = "It is {glue:text}`gain:.2f`, a share of {glue:text}`share:.1%` in {glue:text}`n:,d`."
AGAIN = "So {glue:text}`share:.0%`, said {glue:text}`who`; {glue:text}`gain:+.3f` in all."


def record(name: str, what: str) -> NotebookNode:
    return v4.new_output("display_data", {RECORD: what}, metadata={"scrapbook": {"name": name}})


def notebook(*prose: str) -> NotebookNode:
    return v4.new_notebook(cells=[v4.new_markdown_cell(text) for text in prose])


@pytest.mark.parametrize(
    ("spec", "decimals"), [(".2f", 2), ("+.3f", 3), (".0f", 0), ("d", 0), (",d", 0), (",.1f", 1),
                           (".0%", 2), (".1%", 3), ("+.1%", 3), ("", None)],
)  # fmt: skip
def test_decimals_of_a_format(spec, decimals):
    assert places(spec) == decimals


@pytest.mark.parametrize("spec", [".3g", "e", ">9", "s"])
def test_other_formats_are_refused(spec):
    with pytest.raises(ValueError, match="formats numbers as"):
        places(spec)


def test_the_finest_format_of_a_name_counts():
    assert places_shown(notebook(PROSE, AGAIN)) == {"gain": 3, "share": 3, "n": 0, "who": None}


@pytest.mark.parametrize(
    ("value", "decimals", "kept"),
    [
        ("0.8437264123", 2, "0.84"),
        ("0.8", 2, "0.80"),
        ("-0.0000001", 3, "0.000"),
        ("12.49999", 0, "12"),
        ("1e-07", 2, "0.00"),
        ("31415", 0, "31415"),
        ("'Cheers'", None, "'Cheers'"),
        ("3.2", None, "3.2"),
    ],
)
def test_a_number_keeps_the_digits_shown(value, decimals, kept):
    assert rounded(value, decimals) == kept


def test_a_kept_number_reads_the_same_as_the_whole_one():
    for value in (0.8437264123, -0.91214, 12.5009, 0.0):
        for spec in (".2f", "+.3f", ".1%", ".0f"):
            kept = float(rounded(repr(value), places(spec)))
            assert format(kept, spec) == format(value, spec)


def test_only_what_the_prose_shows_is_kept_and_other_outputs_stay():
    table = v4.new_output("execute_result", {"text/plain": "0.8437264123"})
    outputs = [record("gain", "0.8437264"), table, record("idle", "0.1234567"), record("n", "7")]
    kept = as_shown(outputs, places_shown(notebook(PROSE)))
    assert kept[1] is table
    assert [value_of(output) for output in (kept[0], kept[2])] == [0.84, 7]
    assert len(kept) == 3


def test_a_number_of_which_the_prose_shows_every_digit_is_found():
    outputs = [record("gain", "0.8437264123"), record("n", "7"), record("fine", "0.84")]
    assert unrounded(v4.new_code_cell("", outputs=outputs)) == ["gain"]


def test_quote_without_a_book_to_make_hands_on_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "myst_nb", None)
    assert quote(share=0.5) is None


def test_quote_hands_over_plain_numbers_and_texts(monkeypatch):
    import myst_nb
    import numpy as np

    handed = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: handed.update({name: value}))
    quote(share=np.float32(0.5), n=np.int64(3), who="Ada", of=7)
    assert handed == {"share": 0.5, "n": 3, "who": "Ada", "of": 7}
    assert [type(value) for value in handed.values()] == [float, int, str, int]
