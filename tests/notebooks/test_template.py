"""Every chapter keeps the promised order, and every exercise, question and figure is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from nbformat import NotebookNode

from book.tools.notebooks.runner import read_source

ROOT = Path(__file__).resolve().parents[2]
CAPSTONE = "19"  # a brief for the reader's own project, without an experiment of the book's
CHAPTERS = sorted((ROOT / "chapters").glob("[0-9][0-9]_*.md"))
SOURCES = [path for path in CHAPTERS if not path.name.startswith(CAPSTONE)]
FIXED = (
    "By hand",
    "What can go wrong",
    "On real viewers",
    "Exercises",
    "Check yourself",
    "Takeaways",
    "Going deeper",
    "Further reading",
)
OPTIONAL = "Going deeper"  # the site folds it, slides leave it out
REAL_VIEWERS = "17"  # the chapter that the section "On real viewers" of all others points to

pytestmark = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def prose(source: Path) -> str:
    """All that is not code, so that a ``#`` in a cell is not taken for a heading."""
    return "\n\n".join(c.source for c in read_source(source).cells if c.cell_type == "markdown")


def code_cells(source: Path) -> list[tuple[NotebookNode, bool]]:
    """Each code cell, and whether it stands in a solution."""
    inside, found = False, []
    for cell in read_source(source).cells:
        if cell.cell_type == "code":
            found.append((cell, inside))
        else:
            marks = re.findall(r"\{solution-(start|end)\}", cell.source)
            inside = marks[-1] == "start" if marks else inside
    return found


def section(source: Path, heading: str) -> str:
    """What stands between one second-level heading and the next."""
    return prose(source).split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_title_is_a_question_followed_by_what_the_chapter_holds(source):
    title = re.search(r"^# (.+)$", prose(source), re.MULTILINE)[1]
    assert title.rstrip("*_").endswith("?")
    opening = prose(source).split("\n## ", 1)[0]
    assert "{admonition} In this chapter" in opening
    objectives = re.findall(r"^- ", opening.split("In this chapter", 1)[1], re.MULTILINE)
    assert 3 <= len(objectives) <= 5
    for word in ("**Before:**", "**Reading:**", "**Running:**"):
        assert word in opening


def test_sections_stand_in_the_promised_order(source):
    headings = re.findall(r"^## (.+)$", prose(source), re.MULTILINE)
    wanted = [name for name in FIXED if name in headings or not is_excused(source, name)]
    assert [name for name in headings if name in wanted] == wanted
    assert headings[0] not in FIXED, "the story comes first"


def is_excused(source: Path, heading: str) -> bool:
    there = heading == "On real viewers" and source.name.startswith(REAL_VIEWERS)
    return there or heading == OPTIONAL


def test_what_is_optional_says_so_and_asks_questions(source):
    if f"\n## {OPTIONAL}\n" not in prose(source):
        return
    text = section(source, OPTIONAL)
    assert "optional" in text.strip().split("\n\n")[0], "its first paragraph says that it is"
    titles = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert titles
    assert all(title.rstrip("*_").endswith("?") for title in titles)


def test_the_reader_guesses_first_twice(source):
    assert prose(source).count('<details class="predict">') >= 2


def test_exercises_say_how_long_what_to_hand_in_and_have_solutions(source):
    text = section(source, "Exercises")
    exercises = re.findall(
        r"\{exercise-start\}.*?\n:label: (\S+)(.*?)\{exercise-end\}", text, re.DOTALL
    )
    assert 5 <= len(exercises) <= 8
    solved = re.findall(r"\{solution-start\} (\S+)\n:class: dropdown\n", text)
    assert [label for label, _ in exercises] == solved
    levels = [
        re.search(r"\*\*(Easy|Medium|Open), \d+ minutes\.?\*\*", body) for _, body in exercises
    ]
    assert all(levels), "each opens with **Easy, 10 minutes.**"
    assert {level[1] for level in levels} == {"Easy", "Medium", "Open"}
    assert all("*Deliverable:" in body for _, body in exercises)


def test_quiz_explains_every_option(source):
    options = re.findall(
        r'<details class="option" name="([^"]+)">\s*<summary>.+?</summary>(.*?)</details>',
        section(source, "Check yourself"),
        re.DOTALL,
    )
    questions = {name: [text for other, text in options if other == name] for name, _ in options}
    assert 4 <= len(questions) <= 6
    for name, answers in questions.items():
        assert len(answers) >= 3, name
        assert all(re.match(r"\s*(\*\*)?(Right|No|Not)\b", text) for text in answers), name
        assert all(len(text.split()) >= 5 for text in answers), name
        assert sum("**Right.**" in text for text in answers) == 1, name


def test_code_cells_fit_on_a_screen(source):
    long = [
        cell.source
        for cell, in_solution in code_cells(source)
        if len(cell.source.splitlines()) > (25 if in_solution else 14)
    ]
    assert long == []


def test_every_figure_has_a_caption_and_words_for_those_who_cannot_see_it(source):
    for cell, _ in code_cells(source):
        if "plt.show()" in cell.source:
            described = cell.metadata.get("mystnb", {})
            assert len(described.get("figure", {}).get("caption", "").split()) >= 8, cell.source
            assert len(described.get("image", {}).get("alt", "").split()) >= 12, cell.source


def test_citations_exist(source):
    known = set(re.findall(r"^@\w+\{(\S+),", (ROOT / "book/references.bib").read_text(), re.M))
    groups = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", prose(source))
    cited = {key.strip() for group in groups for key in group.split(",")}
    assert cited, "a chapter names what it stands on"
    assert cited <= known


def test_at_most_one_output_is_left_unchecked(source):
    free = {"nbval-ignore-output", "nbval-skip"}
    tags = [set(cell.metadata.get("tags", [])) & free for cell, _ in code_cells(source)]
    assert sum(map(bool, tags)) <= 1


def test_numbers_go_to_the_prose_through_the_one_helper(source):
    code = "\n".join(cell.source for cell, _ in code_cells(source))
    assert "glue(" not in code and "def quote(" not in code
