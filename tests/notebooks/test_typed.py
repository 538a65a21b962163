"""No result is typed: beside a measure's name stands a number that a cell made, or a source."""

from __future__ import annotations

import pytest

from book.tools.notebooks.typed import ROOT, main, pages, typed_results

HEAD = (
    "---\njupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n"
    "kernelspec:\n  name: python3\n  display_name: Python 3\n---\n\n# Is it so?\n\n"
)
FIGURE = """
```{code-cell} ipython3
---
mystnb:
  image:
    alt: IMAGE
  figure:
    caption: CAPTION
---
ax.axhline(0.25)
```
"""


@pytest.fixture
def found(tmp_path):
    def look(text: str, name: str = "01_is_it_so.md") -> int:
        source = tmp_path / name
        source.write_text(HEAD + text, encoding="utf-8")
        return len(typed_results(source))

    return look


@pytest.mark.parametrize("page", pages(ROOT), ids=lambda path: path.stem)
def test_no_page_states_a_typed_result(page):
    assert typed_results(page) == []


@pytest.mark.parametrize(
    "planted",
    [
        "EASE reaches an nDCG of 0.25.",
        "Its RMSE is 0.9, and that is that.",
        "The lists hold 40 % of the shelf.",
        "They hold 40 per cent of it.",
        "A lift of 3.2: few have more.",
        "It gains .04 stars.",
        "Of ten lists {glue:text}`n` are hit, a hit rate of 0.7 {glue:text}`low`.",
        '<summary>(a) Yes.</summary>\n\n**Right.** It gave a recall of 0.31.\n\n</details>',
        "{solution-start} ex-1\n```\n\nAn AUC of 0.61.\n\n```{solution-end}",
        FIGURE.replace("CAPTION", "The nDCG is 0.25."),
        FIGURE.replace("IMAGE", "A line at an nDCG of 0.25."),
        "It is 0.26. {cite}`linden2003` says so. The recall is 0.31.",
    ],
)  # fmt: skip
def test_a_planted_result_is_found(found, planted):
    assert found(planted) == 1


@pytest.mark.parametrize(
    "fine",
    [
        "EASE reaches an nDCG@10 of {glue:text}`ndcg:.2f`.",
        "Lift is 1 when nothing is learned, and nDCG at most 1.",
        "Netflix reported an RMSE of 0.9525 {cite}`bennett2007`.",
        "Jester ([its page](https://example.org))\n: 41.2 % of all, an RMSE of 0.9.",
        "The middle 95 % of the lifts, a 95 % interval of the recall.",
        "In chapter 3 a list of 10 had the better recall in 2018.",
        "## By hand\n\nThe lift is 1.67.\n\n## After\n\nThat was lift.",
        "1/2 + 1/2 = 1, so the recall is 0.5 for each.",
        '**1.** "RMSE fell from 0.95 to 0.91." So?\n\n<details><summary>An RMSE of 0.9.</summary>',
        "```{exercise-start}\n:label: a\n```\n\nA recall of 0.4?\n\n```{exercise-end}\n```",
        "With $\\alpha = 0.4$ the recall `0.4` rises.",
        "```python\nrecall = 0.4\n```",
        "Exploration draws 5 % of the slots.\n\n```{code-cell} ipython3\nexplore = 0.05\n```",
        "An nDCG of 0.5.\n\n```{code-cell} ipython3\n:tags: [remove-cell]\n\nassert n == 0.5\n```",
        "There are 0.5 of them, and version 1.2 of it.",
    ],
)
def test_what_is_defined_cited_worked_or_set_is_no_result(found, fine):
    assert found(fine) == 0


def test_the_code_of_a_figure_holds_nothing(found):
    assert found("An nDCG of 0.25." + FIGURE) == 1


def test_a_page_without_chapter_number_is_read_whole(found):
    assert found("A recall of 0.31.\n\n## By hand\n\nA recall of 0.32.", "page.md") == 2


def test_the_command_names_the_page(tmp_path, capsys, monkeypatch):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/page.md").write_text("A recall of 0.31.")
    monkeypatch.setattr("sys.argv", ["typed", "--root", str(tmp_path)])
    main()
    assert capsys.readouterr().out == "page.md: A recall of 0.31.\n"
