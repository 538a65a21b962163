"""Likeness: renaming hides nothing, and what everybody has makes nobody alike."""

import csv

import nbformat

from assignments.tools import likeness
from assignments.tools.inbox import best_of, find_submissions
from assignments.tools.likeness import LENGTH, shingles, write_likeness
from tests.assignments.harness import hand_in, key_of, with_cell
from tests.assignments.honest import HONEST

NAME = "01_from_log_to_problem"


def pairs(tmp_path, **answers):
    for student, notebook in answers.items():
        (tmp_path / "in" / student).mkdir(parents=True)
        nbformat.write(notebook, tmp_path / "in" / student / f"{NAME}.ipynb")
    chosen, _ = best_of(find_submissions(tmp_path / "in", [NAME]))
    write_likeness(chosen, {NAME: key_of(NAME)}, tmp_path)
    with (tmp_path / "likeness.csv").open(encoding="utf-8", newline="") as file:
        return {
            (row["student"], row["other"]): float(row["likeness"]) for row in csv.DictReader(file)
        }


def renamed(answers):
    words = ("best", "first", "pair", "possible", "early", "cut", "seen", "counts", "ranked")
    for word in words:
        answers = {name: code.replace(word, f"my_{word}") for name, code in answers.items()}
    return answers


def test_renaming_and_comments_hide_nothing():
    assert shingles("total = price * count + tax") == shingles("a = b * c + d  # mine")
    assert shingles("a.sum(axis=0) + b.sum()") != shingles("a.mean(axis=0) + b.mean()")
    assert shingles("((") == set()
    assert len(shingles("a = b * c + d")) == 7 - LENGTH + 1


def test_a_copied_notebook_is_listed_and_one_of_ones_own_is_not(tmp_path):
    found = pairs(
        tmp_path,
        ada=hand_in(NAME, HONEST[NAME]),
        ben=hand_in(NAME, renamed(HONEST[NAME])),
        cleo=hand_in(NAME),
    )
    assert set(found) == {("ada", "ben")}
    assert found["ada", "ben"] > 0.95


def test_what_the_book_and_the_key_hold_makes_nobody_alike(tmp_path):
    assert pairs(tmp_path, ada=hand_in(NAME), ben=hand_in(NAME)) == {}


def test_a_file_that_the_tokenizer_cannot_end_stops_nobody(tmp_path, monkeypatch):
    real = likeness.code_of

    def endless(notebook):
        while any("never ends" in cell.source for cell in notebook.cells):
            pass
        return real(notebook)

    monkeypatch.setattr(likeness, "code_of", endless)
    monkeypatch.setattr(likeness, "READ_SECONDS", 2)
    bad = with_cell(hand_in(NAME, HONEST[NAME]), "# never ends")
    ada, ben = hand_in(NAME, HONEST[NAME]), hand_in(NAME, renamed(HONEST[NAME]))
    assert set(pairs(tmp_path, ada=ada, bad=bad, ben=ben)) == {("ada", "ben")}


def test_of_a_very_long_file_a_fair_sample_is_compared(tmp_path, monkeypatch):
    answers = HONEST[NAME]
    monkeypatch.setattr(likeness, "MOST", 100)
    found = pairs(tmp_path, ada=hand_in(NAME, answers), ben=hand_in(NAME, renamed(answers)))
    assert found["ada", "ben"] == 1
