"""Labels of users and items: what is certainly one thing becomes one, what is lost is refused."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from recsys_lib.datasets.tables.cells import Column
from recsys_lib.datasets.tables.reading import Reading
from recsys_lib.errors import DataError

WHOLE = re.compile(r"(-?[0-9]+)\.0+")  # what a program writes that took labels for numbers
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
ROUNDED = re.compile(r"(-?[0-9](?:\.([0-9]+))?)[eE]\+([0-9]+)")
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))
MISSING = {"nan", "null", "none", "n/a", "na", "\\n", "<na>", "undefined"}


def labels_of(column: Column, role: str, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
    """The sorted labels, and the place of each cell's label among them (-1: an empty cell).

    Blanks around a label and invisible marks are dropped; letters are composed (NFC); 12.0 is 12
    where all labels are numbers, or where 12 occurs too. Labels become integers if all of them look
    like integers (no leading zero).

    Raises:
        DataError: a label holds a NUL, or is a long number that a spreadsheet has rounded.
    """
    texts = np.array([_clean(text) for text in column.texts], dtype=object)
    _refuse_lost(texts, column, role, reading.source)
    texts = _without_point(texts)
    used = texts[texts != ""]
    whole = all(map(INTEGER.fullmatch, used))
    labels = np.unique(used.astype(np.int64) if whole else used)
    place = {str(label): code for code, label in enumerate(labels)}
    codes = np.array([place.get(text, -1) for text in texts], dtype=np.int64)
    _say(column, role, texts, reading)
    return labels, codes[column.codes]


def _clean(text: str) -> str:
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text.translate(INVISIBLE)).strip()


def _refuse_lost(texts: np.ndarray, column: Column, role: str, where: str) -> None:
    if any("\0" in text for text in texts):
        raise DataError(f"column {column.name!r} holds a NUL character", where=where,
                        fix="The file is damaged, or it is UTF-16: name its encoding.")  # fmt: skip
    lost = [text for text in texts if _is_lost(text)]
    if lost:
        raise DataError(
            f"column {column.name!r} holds {len(lost)} numbers like {lost[0]}, rounded by a"
            f" spreadsheet, so that several {role}s may have become one",
            where=where,
            fix="Go back to the original, format this column as text, and export again.",
        )


def _is_lost(text: str) -> bool:
    """Whether digits are gone: 1.23E+11 is, 1E+05 (as R writes 100000) is not."""
    rounded = ROUNDED.fullmatch(text)
    if rounded:
        return int(rounded[3]) > 10 or len(rounded[2] or "") > int(rounded[3])
    return bool(re.fullmatch(r"[0-9]{17,}\.0+", text))


def _without_point(texts: np.ndarray) -> np.ndarray:
    """12.0 as 12 and 1e+05 as 100000, where that is certain."""
    short = [_short(text) for text in texts]
    numeric = all(re.fullmatch(r"-?[0-9]+", text) for text in short if text)
    plain = set(texts)
    return np.array(
        [new if numeric or new in plain else old for new, old in zip(short, texts, strict=True)],
        dtype=object,
    )


def _short(text: str) -> str:
    if found := WHOLE.fullmatch(text):
        return found[1]
    return str(int(float(text))) if ROUNDED.fullmatch(text) else text


def _say(column: Column, role: str, texts: np.ndarray, reading: Reading) -> None:
    merged = len(column.texts) - len({*texts})
    if merged:
        reading.note(f"{merged:,} {role} labels were joined with another spelling of the same"
                     " (blanks, 12.0 for 12, accents).")  # fmt: skip
    counts = column.counts()
    lacking = [i for i, text in enumerate(texts) if text.lower() in MISSING]
    if lacking:
        reading.note(
            f"{counts[lacking].sum():,} rows name the {role} {texts[lacking[0]]!r}: if that means"
            " that it is missing, many become one; take those rows out."
        )
