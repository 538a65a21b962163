"""The authored catalogue: its form, its vocabulary, its breadth, its spelling."""

import re
import unicodedata

import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

from recsys_lib.errors import DataError
from recsys_lib.simulation.world.catalogue import (
    AUTHORED,
    CATALOGUE,
    read_catalogue,
    read_vocabulary,
)

STORY = (
    "Friends", "Cheers", "Seinfeld", "The Office", "Breaking Bad", "Dexter", "The Wire", "Dark",
    "The 100", "Sweet Home", "Bad Sisters", "Fleabag", "Baby Reindeer", "Mr. Robot",
    "The Queen's Gambit", "Better Call Saul", "Ozark", "Black Panther",
)  # fmt: skip


@pytest.fixture(scope="module")
def titles():
    return read_catalogue()


@pytest.fixture(scope="module")
def vocabulary():
    return read_vocabulary()


def names(titles):
    """Each title once, to say which cells are wrong."""
    return titles["title"] + " (" + titles["year"].astype(str) + ")"


def test_it_is_as_broad_as_promised(titles):
    assert len(titles) >= 600
    assert (titles["kind"] == "series").sum() >= 200
    assert titles["country"].nunique() >= 15
    assert titles["language"].nunique() >= 12
    assert titles["woman_led"].sum() >= 120
    assert set(range(1920, 2030, 10)) <= set(titles["year"] // 10 * 10)


@pytest.mark.parametrize("title", STORY)
def test_the_shows_of_the_story_are_in_it(titles, title):
    assert title in set(titles["title"])


def test_ids_follow_year_and_title(titles):
    assert titles["title_id"].tolist() == list(range(1, len(titles) + 1))
    order = titles[["year", "title"]].apply(tuple, axis=1)
    assert order.is_monotonic_increasing
    assert order.is_unique


@pytest.mark.parametrize(
    ("column", "kind", "least", "most"),
    [("genres", "genre", 1, 3), ("themes", "theme", 2, 4), ("tone", "tone", 1, 2),
     ("kind", "kind", 1, 1), ("maturity", "maturity", 1, 1), ("cycles", "cycle", 0, 3)],
)  # fmt: skip
def test_controlled_columns_use_the_vocabulary(titles, vocabulary, column, kind, least, most):
    lists = titles[column].map(lambda cell: cell.split("|") if cell else [])
    unknown = lists.map(lambda values: not set(values) <= set(vocabulary[kind]))
    assert names(titles)[unknown].tolist() == []
    assert lists.map(len).between(least, most).all()
    assert (lists.map(len) == lists.map(set).map(len)).all()


def test_every_word_of_the_vocabulary_is_used(titles, vocabulary):
    columns = {"genre": "genres", "theme": "themes", "tone": "tone", "kind": "kind",
               "maturity": "maturity", "cycle": "cycles"}  # fmt: skip
    for kind, column in columns.items():
        used = set(titles[column].str.split("|").explode()) - {""}
        assert used == set(vocabulary[kind])


def test_facts_have_the_right_form(titles):
    assert titles["year"].between(1920, 2024).all()
    assert titles["runtime_min"].between(5, 330).all()
    assert ((titles["seasons"] == 0) == (titles["kind"] == "film")).all()
    for column in ("title", "directors_or_creators", "country", "language"):
        assert (titles[column] != "").all()
    text = titles[[column for column in AUTHORED if titles[column].dtype.kind not in "ib"]]
    assert (text == text.apply(lambda cells: cells.str.strip())).all().all()
    assert not titles["cast"].str.contains(r"\|\||^\||\|$").any()
    assert (titles["cast"].str.split("|").map(len) <= 4).all()
    uncast = titles[titles["cast"] == ""]
    assert uncast["genres"].str.contains("documentary|animation").all()


def test_a_synopsis_is_two_sentences(titles):
    right = titles["synopsis"].map(lambda s: bool(re.search(r"[.?!] .+[.?!]$", s)))
    assert names(titles)[~right].tolist() == []
    assert titles["synopsis"].str.len().between(60, 330).all()
    assert titles["synopsis"].is_unique


def test_nobody_is_spelt_two_ways(titles):
    people = titles["directors_or_creators"] + "|" + titles["cast"]
    spelt = pd.Series(sorted({name for cell in people for name in cell.split("|") if name}))
    plain = spelt.map(lambda name: unicodedata.normalize("NFKD", name).encode("ascii", "ignore"))
    plain = plain.map(lambda name: re.sub(r"[^a-z]", "", name.decode().lower()))
    assert spelt[plain.duplicated(keep=False) & (plain != "")].tolist() == []


def test_two_judges_agree_about_fame_as_the_sheet_says(titles):
    one, two = titles["fame_first"], titles["fame_second"]
    text = (CATALOGUE.parent / "README.md").read_text(encoding="utf-8")
    kappa = cohen_kappa_score(one, two, weights="quadratic")
    for said in (
        f"the same for {(one == two).mean():.0%} of the titles".replace("%", " %"),
        f"quadratically weighted kappa {kappa:.2f}",
        f"rank correlation {spearmanr(one, two)[0]:.2f}",
    ):
        assert said in text, said
    assert (one - two).abs().max() == 1 and "never more than one step apart" in text


def test_the_sheet_counts_the_cycles(titles, vocabulary):
    text = (CATALOGUE.parent / "README.md").read_text(encoding="utf-8")
    assert f"of the {len(vocabulary['cycle'])} in `catalogue/vocabulary.csv`" in text
    assert (titles["cycles"] == "").sum() == 57 and "Fifty-seven titles are in none" in text
    assert (titles["cycles"].str.count(r"\|") <= 2).all()


def test_no_more_than_a_few_titles_are_known_to_everybody(titles):
    both = (titles["fame_first"] + titles["fame_second"]) / 2
    assert 30 <= (both >= 4.5).sum() <= 60
    assert (both <= 1.5).sum() >= 150


HEADER = ",".join(AUTHORED)
FACTS = "Up,2009,film,comedy,love|journey,wry,A B,C D,United States,English,96,0,7+,false"
ROW = f"{FACTS},5,4,true crime,One. Two."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title,year\nUp,2009\n", "the columns must be title, year, kind"),
        (f"{HEADER}\n{ROW.replace('2009', 'soon')}\n", r"year must be a whole number.*row 2"),
        (f"{HEADER}\n{ROW.replace('96', '-1')}\n", r"runtime_min must be a whole number"),
        (f"{HEADER}\n{ROW.replace('false', 'no')}\n", r"woman_led must be true or false"),
        (
            f"{HEADER}\n{ROW.replace(',5,4,', ',6,4,')}\n",
            r"fame_first must be .* 1 to 5.*row 2",
        ),
        (
            f"{HEADER}\n{ROW.replace(',5,4,', ',5,,')}\n",
            r"fame_second must be .* 1 to 5.*row 2",
        ),
        (f"{HEADER}\n{ROW}\n{ROW}\n", r"Up \(2009\) is in the catalogue twice"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, text, message):
    (tmp_path / "films.csv").write_text(text)
    with pytest.raises(DataError, match=message):
        read_catalogue(tmp_path)


def test_a_right_file_is_read_and_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="there is no catalogue file"):
        read_catalogue(tmp_path)
    (tmp_path / "films.csv").write_text(f"{HEADER}\n{ROW}\n")
    assert read_catalogue(tmp_path)["woman_led"].tolist() == [False]


def test_the_vocabulary_explains_every_value():
    table = pd.read_csv(CATALOGUE / "vocabulary.csv", dtype=str)
    assert list(table.columns) == ["column", "value", "meaning"]
    assert not table.isna().any().any()
    assert not table.duplicated(["column", "value"]).any()
