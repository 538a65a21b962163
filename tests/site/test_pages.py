"""The pages around the chapters say what is so: made anew, they come out as they stand."""

import re
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup

from book.tools.pages import home_page, tiles
from book.tools.pages.chapter_map import read_parts
from recsys_lib import models, plotting
from recsys_lib.datasets import load_matinee
from recsys_lib.datasets.matinee import COLUMNS
from recsys_lib.pages import editor as editing
from recsys_lib.simulation.world.config import EPISODES_PER_SEASON, POSITIONS, ROWS, WorldConfig

ROOT = Path(__file__).resolve().parents[2]


RAW = re.compile(r"\{(?:numref|glue|ref|cite|eq)[^}]*\}|\*[A-Z][\w ]+\*")
"""Marks of the source, such as {numref} or *Alien*, which a page should show as what they mean."""


def test_no_mark_of_the_source_is_left_on_a_page(site, pages):
    left = {}
    for name in pages:
        soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser")
        for part in soup.select("pre, code, script, style"):
            part.decompose()
        if found := RAW.findall(soup.get_text(" ")):
            left[name] = found
    assert not left


@pytest.fixture(scope="module")
def matinee():
    return load_matinee()


@pytest.fixture(scope="module")
def made():
    return home_page.make()


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_what_is_generated_is_as_fresh(made):
    stale = [str(path) for path, text in made.items() if page(path) != text]
    assert not stale, "run python -m book.tools.pages.home_page"


@pytest.fixture(scope="module")
def editor(matinee):
    return editing.Editor(matinee)


@pytest.mark.parametrize("show", home_page.SHOWS)
def test_a_home_page_shows_each_title_once_and_none_that_was_seen(matinee, editor, show):
    viewer = editing.choose_viewer(matinee, show)
    rows = home_page.drawn(editor, viewer)
    shown = [title for row in rows for title in row.titles.index]
    plays = matinee.plays
    seen = set(plays.loc[plays["viewer_id"] == viewer.viewer_id, "title_id"])
    assert [len(row.titles) for row in rows] == [editing.POSITIONS] * 4
    assert len(set(shown)) == len(shown)
    assert not seen & set(shown)
    assert editing.show_id(matinee, show) in seen
    assert len(seen) == viewer.titles


def test_something_different_has_none_of_the_usual_genres(matinee):
    items = matinee.items.head(60)
    history = items["item_id"].head(12)
    rare = editing.rarely_tried(items, history, items["item_id"].iloc[::-1])
    genres = items.set_index("item_id")["genres"].str.split("|")
    usual = set(genres.loc[history].explode().value_counts().index[:5])
    assert rare
    assert all(usual.isdisjoint(genres[title]) for title in rare)
    main = [genres[title][0] for title in rare]
    assert len(set(main)) == len(main)


def test_every_genre_has_a_colour_of_the_palette(matinee):
    genres = set(matinee.titles["genres"].str.split("|").explode())
    assert genres == set(tiles.HUES)
    assert set(tiles.HUES.values()) <= set(plotting.PALETTE)


def test_titles_are_escaped(matinee, editor):
    viewer = editing.choose_viewer(matinee, "Friends")
    rows = home_page.drawn(editor, viewer)
    rows[0].titles.iloc[0, rows[0].titles.columns.get_loc("title")] = "<b> & Sons"
    for drawn in (tiles.as_html([(viewer, rows)]), tiles.as_svg(viewer, rows)):
        assert "&lt;b&gt; &amp; Sons" in drawn
        assert "<b>" not in drawn


def test_the_data_page_explains_every_column_and_counts_every_row(matinee):
    text = page("data/README.md").split("## Composition")[1].split("**Is anything missing?**")[0]
    for table, columns in COLUMNS.items():
        section = text.split(f"\n**{table}**")[1].split("\n**")[0]
        explained = {word for cell in re.findall(r"`([^`|]+)`", section) for word in cell.split()}
        assert set(columns.split()) <= explained, table
        assert f"| `{table}` | {len(getattr(matinee, table)):,} |" in text


def test_the_data_page_tells_the_simulator_s_numbers(matinee):
    config, text = WorldConfig(), page("book/data.md") + page("data/README.md")
    days = matinee.sessions["started_at"].dt.normalize()
    stated = {
        f"if these are at most {config.axes};": True,
        f"{config.group_share:.0%}".replace("%", " %") + " of its variance": True,
        f"{config.explore:.0%}".replace("%", " %") + " of slots": True,
        "Seven evenings in ten": config.search == 0.7,
        "a season has eight on Matinee": EPISODES_PER_SEASON == 8,
        f"row 1–{ROWS} from the top, position 1–{POSITIONS} from the left": True,
        f"from Monday {days.min():%Y-%m-%d} to Sunday {days.max():%Y-%m-%d}": True,
        "an evening has none, one or two plays": (
            matinee.plays.groupby("session_id").size().max() == 2
        ),
        f"years, {matinee.viewers['age'].min()}–{matinee.viewers['age'].max()}": True,
    }
    assert not [words for words, holds in stated.items() if not holds or words not in text]


def test_the_map_gives_each_chapter_s_own_title_and_minutes(made):
    text = made[Path("book/_generated/chapter_map.md")]
    chapters = [chapter for part in read_parts(ROOT).values() for chapter in part]
    assert chapters
    for chapter in chapters:
        assert (ROOT / "book" / chapter.link).is_file(), chapter.link
        assert f"[{chapter.title}]({chapter.link}): {chapter.reading} to read" in text
        assert f"{chapter.number:02d} " not in made[Path("book/_generated/planned.md")]


def test_every_page_of_the_book_is_in_its_contents():
    contents = yaml.safe_load(page("_toc.yml"))
    parts = [entry for part in contents["parts"] for entry in part["chapters"]]
    listed = {contents["root"]} | {entry["file"] for entry in parts}
    pages = {f"book/{path.stem}" for path in (ROOT / "book").glob("*.md")}
    assert pages <= {str(Path(name).with_suffix("")) for name in listed}


def test_the_glossary_defines_each_term_once_and_shortly():
    entries = re.findall(r"^(\S.*)\n  (.+)$", page("book/glossary.md"), re.MULTILINE)
    terms = [term for term, _ in entries]
    assert len(terms) > 80
    assert len({term.lower() for term in terms}) == len(terms)
    long = [term for term, meaning in entries if len(meaning.split()) > 60]
    assert not long


def test_names_of_the_notation_page_are_names_in_the_library():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "recsys_lib").rglob("*.py")]
    words = set(re.findall(r"\w+", "\n".join(sources)))
    code = " ".join(re.findall(r"`([^`]+)`", page("book/notation.md")))
    assert set(re.findall(r"[A-Za-z_]{3,}", code)) <= words


def test_the_api_page_has_every_public_model_and_metric():
    pages = (path.read_text(encoding="utf-8") for path in (ROOT / "book").glob("api_*.md"))
    listed = set(re.findall(r"automodule:: (\S+)", "\n".join(pages)))
    modules = {getattr(models, name).__module__ for name in models.__all__}
    assert modules <= listed, modules - listed


def test_the_readme_names_files_and_commands_that_exist():
    text, makefile = page("README.md"), page("Makefile")
    for target in set(re.findall(r"`?make ([\w-]+)", text)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE) or target == "the", target
    paths = re.findall(r"\]\(([^):]+)\)", text) + re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)
    assert len(paths) > 10
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing


def test_docstrings_keep_their_formulas_bars_and_sources(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    from docstrings import mend

    lines = ["Sum of a[i] | b.", "", "score[u, i] = sum over j", "    of s[i, j]", "",
             "Attributes:", "    low, high: see `a|b`, `steck2018`."]  # fmt: skip
    mend(None, "class", "name", None, None, lines)
    assert lines == [r"Sum of a[i] \| b.", "", ".. code-block:: text", "",
                     "    score[u, i] = sum over j", "        of s[i, j]", "", "Attributes:",
                     "    low/high: see `a|b`, :cite:t:`steck2018`."]  # fmt: skip


@pytest.mark.parametrize(("lines", "formula"), [
    (["softmax(z)[i] = exp(z[i]) / sum", "loss = mean over rows"], True),
    (["ratio = a / b", "error**2 = var(a) / n"], True),
    (["difference = share of treated - share of control", "low, high = difference -/+ z"], True),
    (["chance of a click = 1 / (1 + exp(-x))", "belief[a] = normal(mean[a])"], True),
    (["bu[u] += rate * (error - l2 * bu[u])    and bi[i] likewise"], True),
    (["low, high = difference -/+ z * error"], True),
    (["value[u, j] ~ Normal(scores[u, j], sd[u, j])"], True),
    (["features[i] · features[j] = sum over blocks", "    of cosines"], True),
    (["chance of a click = 1 / 2"], False),
    (["With co = shrinkage it counts half; with", "shrinkage = 0 it stays as it is."], False),
])  # fmt: skip
def test_docstrings_formulas_are_told_from_prose(monkeypatch, lines, formula):
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    from docstrings import is_formula

    assert is_formula(lines) is formula


def test_docstrings_give_each_argument_its_line(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    from docstrings import mend

    def play(rounds, batch, seed): ...

    lines = ["Play.", "", "Args:", "    rounds: how many; batch: viewers in each; none: stays,",
             "        as said. seed: of all."]  # fmt: skip
    mend(None, "function", "play", play, None, lines)
    assert lines[3:] == ["    rounds: how many.", "    batch: viewers in each; none: stays,",
                         "        as said.", "    seed: of all."]  # fmt: skip
    lines = ["Two arrays:", "", "    hits: bool; true", "        or not.", "", "    → int", "",
             "    mmr(items)  unlike", "", "It moves:", "    taste = taste + drift"]  # fmt: skip
    mend(None, "module", "ranking", None, None, lines)
    assert lines == ["Two arrays:", "", "- `hits`: bool; true", "  or not.", "", "- → int", "",
                     ".. code-block:: text", "", "    mmr(items)  unlike", "",
                     "It moves:", "", ".. code-block:: text", "", "    taste = taste + drift",
                     ""]  # fmt: skip


def test_no_entry_of_the_reference_is_misread(site, pages):
    """A list or a formula that the site took for something else, and values nobody can read."""
    wrong = []
    for name in (page for page in pages if page.startswith("book/api_")):
        soup = BeautifulSoup((site / name).read_text(encoding="utf-8"), "html.parser").article
        odd = soup.select("blockquote, dl.py dd > dl:not(.py, .field-list)")
        odd += [sig for sig in soup.select("dt.sig") if "<function" in sig.get_text()]
        texts = [part for part in soup.select("dl.py dd > p") if part.get_text().count(" = ") > 2]
        formula = re.compile(r"[\w.*]+(\[.*?\]|\(.*?\))* +=")
        odd += [part for part in texts if formula.match(part.get_text())]
        wrong += [(name, part.get_text(" ", strip=True)[:80]) for part in odd]
    assert not wrong
