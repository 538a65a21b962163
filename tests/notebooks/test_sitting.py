"""A chapter's core fits into one sitting, and what is counted is what a reader would count."""

from __future__ import annotations

import nbformat
import pytest

from book.tools.notebooks import sitting
from book.tools.notebooks.reading import core, experiments, is_seen, paragraphs, results, words
from book.tools.notebooks.runner import CHAPTERS
from book.tools.notebooks.sitting import Sitting, measure

HEAD = (
    "---\njupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n"
    "kernelspec:\n  name: python3\n  display_name: Python 3\n---\n"
)
CHAPTER = (
    HEAD
    + """
# Is it so?

Two words of {glue:text}`many` and 12 more.

```{admonition} In this chapter
:class: objectives

- find 99 things

**Reading:** 30 minutes.
```

```{code-cell} ipython3
:tags: [remove-cell]

hidden = "a line that no reader sees, and that may be as wide as it wants to be, as nobody reads it"
```

```{code-cell} ipython3
one = 1
two = one + 1
```

## By hand

Of 5 viewers 3 did, of 7 viewers 2, and of 9 viewers 8.

## Exercises

Many, many more words, and 1,000 numbers.
"""
)


def test_a_chapter_measured_by_hand(tmp_path):
    source = tmp_path / "01_is_it_so.md"
    source.write_text(CHAPTER)
    # Is it so / Two words of ‡ and 12 more / find 99 things / Reading 30 minutes /
    # By hand / Of 5 viewers 3 did, of 7 viewers 2, and of 9 viewers 8
    expected = 3 + 7 + 3 + 3 + 2 + 14
    assert measure(source) == Sitting(expected, 0, 2, 2, 2, len("two = one + 1"))


@pytest.mark.parametrize(
    ("markdown", "count"),
    [
        ("Plain *words*, **bold** ones and `code`.", 6),
        ("A sum, $a + b$, and {eq}`eq-one`, see {doc}`the end </chapters/17>`.", 7),
        ("$$\na + b + c\n$$ (eq-sum)", 1),
        ("| a | b |\n|---|---|\n| 1 | 2 |", 0),
        ("```{note}\n:class: tip\n\nTwo words.\n```", 2),
        ('<details class="predict">\n<summary>What first?</summary>\n\nThis.\n\n</details>', 3),
        ("[a link](https://example.org/a) to {cite}`linden2003`", 4),
        ("{glue:text}`share:.0%` of all", 3),
        ("- one\n- two", 2),
    ],
)
def test_words_are_what_is_read(markdown, count):
    assert len(words(markdown).split()) == count


@pytest.mark.parametrize(
    ("paragraph", "count"),
    [
        ("{glue:text}`a` of {glue:text}`b` viewers, {glue:text}`c:.1f`.", 3),
        ("Ten of 1,994 viewers, 18–24 years old, and 12.5 % more.", 3),
        ("With 50 neighbours a list keeps 50, and the 50 are few.", 1),
        ("Between 0 and 1.", 0),
        ("In 2018, or in the 1990s, says chapter 3, and chapters 4 and 5.", 0),
        ("*12 Angry Men* with nDCG@10 and `k=20`, for $x = 3$.", 0),
        ("<em>24</em> has 24 hours.", 1),
        ("See {numref}`fig-04-lift` and {cite}`linden2003`.", 0),
    ],
)
def test_numbers_are_those_that_a_reader_has_to_take_in(paragraph, count):
    assert len(results(paragraph)) == count


def test_a_list_is_not_one_paragraph():
    assert max(len(results(part)) for part in paragraphs("Two:\n- 10 and 20\n- 30 and 40")) == 2


@pytest.mark.parametrize("source", sitting.sittings(CHAPTERS), ids=lambda path: path.stem)
def test_every_chapter_s_core_fits_into_one_sitting(source):
    beyond = measure(source).beyond()
    assert beyond == [], f"python -m book.tools.notebooks.sitting --why {source.name[:2]}"


def shown(text: str, source: str = "frame", **metadata: object) -> nbformat.NotebookNode:
    output = nbformat.v4.new_output("execute_result", {"text/plain": text}, execution_count=1)
    return nbformat.v4.new_code_cell(source, outputs=[output], metadata=metadata)


def test_experiments_are_figures_and_sections_of_measured_tables():
    heading = nbformat.v4.new_markdown_cell
    figure = {"mystnb": {"figure": {"caption": "It rises."}}}
    cells = [
        heading("## Two figures and their table"),
        *[shown("<Figure>", **figure), shown("<Figure>", **figure), shown("a 0.25")],
        heading("## A table alone"),
        *[shown("ndcg 0.25"), shown("ndcg 0.26")],
        heading("## A look"),
        *[shown("minutes 12.5", "plays.head()"), shown("Friends 120")],
        heading("## By hand"),
        shown("lift 1.67"),
        heading("## Exercises\n\n## After"),
        shown("ndcg 0.25"),
    ]
    assert experiments(core(cells)) == {"Two figures and their table": 2, "A table alone": 1}


def test_tables_are_those_stored_of_cells_that_have_not_changed(tmp_path):
    source = tmp_path / "01_is_it_so.md"
    source.write_text(CHAPTER.replace("Two words", "## A table\n\nTwo words"))
    stored = [shown("ndcg 0.25", "one = 1\ntwo = one + 1"), shown("ndcg 0.26", "an older cell")]
    nbformat.write(nbformat.v4.new_notebook(cells=stored), source.with_suffix(".ipynb"))
    assert measure(source).experiments == 1
    source.write_text(source.read_text().replace("two = one + 1", "two = 2"))
    assert measure(source).experiments == 0


@pytest.mark.parametrize("tag", ["remove-cell", "remove-input", "hide-input", "hide-cell"])
def test_folded_code_is_not_seen(tag):
    assert is_seen(nbformat.v4.new_code_cell("1"))
    assert not is_seen(nbformat.v4.new_code_cell("1", metadata={"tags": [tag]}))


def test_too_much_is_named_with_its_limit():
    assert Sitting(2300, 5, 25, 4, 12, 78).beyond() == []
    assert Sitting(2301, 5, 25, 4, 12, 79).beyond() == [
        "2301 words, at most 2300",
        "79 wide, at most 78",
    ]


def test_the_command_prints_a_line_for_each_chapter_with_exercises(tmp_path, capsys, monkeypatch):
    (tmp_path / "01_is_it_so.md").write_text(CHAPTER)
    (tmp_path / "02_a_brief.md").write_text(HEAD + "\n# A brief\n")
    monkeypatch.setattr("sys.argv", ["sitting", "--folder", str(tmp_path)])
    sitting.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["words", "01_is_it_so", "at"]
