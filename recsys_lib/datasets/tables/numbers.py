"""Ratings and weights: decimal commas, thousands, and values that mean "no rating"."""

from __future__ import annotations

import re

import numpy as np

from recsys_lib.datasets.tables.cells import Column
from recsys_lib.datasets.tables.reading import Reading

PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}([,.' \u00a0\u202f][0-9]{3})+([,.][0-9]+)?")
LARGEST = 1e30  # sums of so many ratings as fit in memory stay finite in float32
DIGITS = dict.fromkeys(map(ord, "0123456789."))
MARKS = (0, -1, -99, -999, 99, 255, 999)  # what has been written for "no rating"


def numbers_of(column: Column, decimal: str | None, reading: Reading) -> np.ndarray:
    """The number of each distinct text, nan where it is none, shape (n_texts,).

    A comma is the decimal mark if `decimal` says so or, without being told, if every comma stands
    once in its number and some not before three digits.
    """
    if (quick := only_digits(column.texts)) is not None:
        return quick
    texts = [text.strip() for text in column.texts]
    comma = decimal == "," if decimal else _has_decimal_comma(texts)
    if comma:
        reading.note(f"The commas in {column.name!r} are decimal commas.") if not decimal else None
    return np.array([_number(text, comma) for text in texts], dtype=float)


def only_digits(texts: list[str]) -> np.ndarray | None:
    """The numbers, if all texts are nothing but digits and points; None if they are not."""
    if "".join(texts).translate(DIGITS):
        return None
    try:
        numbers = np.array(texts, dtype=object).astype(float)
    except ValueError:  # an empty text, or two points
        return None
    return numbers if (numbers < LARGEST).all() else None


def _has_decimal_comma(texts: list[str]) -> bool:
    commas = [text for text in texts if "," in text]
    if not commas or any(text.count(",") > 1 for text in commas):
        return False
    if any("." in text and text.rindex(".") > text.rindex(",") for text in commas):
        return False
    return not all(re.fullmatch(r"[+-]?[0-9]{1,3},[0-9]{3}", text) for text in commas)


def _number(text: str, comma: bool) -> float:
    if THOUSANDS.fullmatch(text) and not PLAIN.fullmatch(text):
        text = re.sub(r"['. \u00a0\u202f]" if comma else r"[', \u00a0\u202f]", "", text)
    text = text.replace(",", ".") if comma else text
    if not PLAIN.fullmatch(text):
        return np.nan
    number = float(text)
    return number if abs(number) < LARGEST else np.nan


def looks_like_rating(cells: list[str]) -> bool:
    """Whether all cells are numbers of a small scale, in few steps."""
    texts = {cell.strip() for cell in cells}
    if len(texts) > 50 or not texts or not all(PLAIN.fullmatch(text) for text in texts):
        return False
    return all(-100 <= float(text) <= 100 for text in texts)


def note_marks(values: np.ndarray, counts: np.ndarray, reading: Reading) -> None:
    """Say which value looks like a mark for "no rating" rather than a rating.

    Args:
        values: the distinct ratings, shape (n,).
        counts: how often each occurs, shape (n,).
    """
    order = np.argsort(values, kind="stable")
    values, counts = values[order], counts[order]
    for mark in MARKS:
        here = values == mark
        others = values[~here]
        if not here.any() or len(others) < 3 or not _stands_out(mark, others, here, counts):
            continue
        near = others[np.abs(others - mark).argmin()]
        far = "below" if mark < near else "above"
        reading.note(
            f"{counts[here].sum():,} of {counts.sum():,} ratings are {mark}, {far} the next value,"
            f" {near:g}: is that *no rating*? If so, leave them out with no_rating={mark}."
        )


def _stands_out(mark: float, others: np.ndarray, here: np.ndarray, counts: np.ndarray) -> bool:
    """Whether a value lies at the edge, and far off, or is commoner than any other."""
    if others.min() < mark < others.max():
        return False
    gap = np.abs(others - mark).min()
    far = gap > 1.5 * np.diff(others).max()
    common = counts[here].sum() >= counts[~here].max() and mark in (0, -1)
    return bool(far or common)
