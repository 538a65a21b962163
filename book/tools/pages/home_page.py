"""Make what the pages show of the library: home pages of five viewers, cards, chapters.

``python -m book.tools.pages.home_page`` writes book/_generated/ and book/_static/home_page.svg
anew. Run it when the data, the models or a chapter's title or minutes change; a test says when.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from book.tools.pages import cards, chapter_map, ideas, tiles, which_data
from recsys_lib.datasets import load_matinee
from recsys_lib.pages.editor import Editor, Viewer, choose_viewer

ROOT = Path(__file__).resolve().parents[3]
SHOWS = ("Friends", "Breaking Bad", "Fleabag", "The 100", "Baby Reindeer")


@dataclass(frozen=True)
class Row:
    """A heading, the reason in one sentence, and the titles (rows of the `titles` table)."""

    heading: str
    why: str
    titles: pd.DataFrame


def drawn(editor: Editor, viewer: Viewer) -> list[Row]:
    """The rows of a viewer's page, as they are drawn."""
    page = editor.page(viewer)
    lines = zip(page.rows, page.titles, strict=True)
    return [Row(row.name, row.why, editor.items.iloc[titles]) for row, titles in lines]


def make() -> dict[Path, str]:
    """Path from the repository's root → the text that belongs there."""
    matinee = load_matinee()
    editor = Editor(matinee)
    viewers = [choose_viewer(matinee, show) for show in SHOWS]
    pages = [(viewer, drawn(editor, viewer)) for viewer in viewers]
    generated = Path("book/_generated")
    return {
        generated / "home_page.html": tiles.as_html(pages),
        generated / "chapter_map.md": chapter_map.as_markdown(ROOT),
        generated / "planned.md": chapter_map.planned(ROOT),
        generated / "ideas.md": ideas.as_markdown(ROOT),
        generated / "which_data.md": which_data.as_markdown(),
        generated / "cards.html": cards.as_html(ROOT / "book" / "explore"),
        Path("book/_static/home_page.svg"): tiles.as_svg(*pages[0]),
    }


def main() -> None:
    for path, text in make().items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8", newline="\n")
        print(path)


if __name__ == "__main__":
    main()
