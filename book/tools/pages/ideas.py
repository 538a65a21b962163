"""The map of ideas: which chapter needs which, and the one sentence that each leaves.

The sentences stand in ``ideas.csv``, the titles in the chapters. Drawn for a phone's width. A line
runs down from a chapter to each that builds on it, unless one between them does so already; the
words name all.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from html import escape
from pathlib import Path
from textwrap import wrap

from book.tools.pages.chapter_map import Chapter, read_parts

TABLE = Path(__file__).with_name("ideas.csv")
WIDTH, DOT, TEXT = 360, 78, 94  # of the drawing, and where dots and words begin, in pixels
STEP, LINE = 28, 15  # from chapter to chapter, from line to line
BOLD, LETTERS = 32, 40  # that fit into a line of a title, and of other words


@dataclass(frozen=True)
class Idea:
    """What a chapter leaves, and the chapters that it builds on."""

    chapter: int
    needs: tuple[int, ...]
    text: str


def read_ideas(table: Path = TABLE) -> list[Idea]:
    with table.open(encoding="utf-8", newline="") as file:
        return [
            Idea(int(row["chapter"]), tuple(map(int, row["needs"].split())), row["idea"])
            for row in csv.DictReader(file)
        ]


def way_to(chapter: int, ideas: list[Idea]) -> list[int]:
    """The chapters to read before one, in the order of the book."""
    needs = {idea.chapter: idea.needs for idea in ideas}
    way, waiting = set(), list(needs[chapter])
    while waiting:
        number = waiting.pop()
        way.add(number)
        waiting += needs[number]
    return sorted(way)


def straight(ideas: list[Idea]) -> list[tuple[int, int]]:
    """Each chapter's needs, as pairs, but for those that it meets on the way to another need."""
    return [
        (need, idea.chapter)
        for idea in ideas
        for need in idea.needs
        if not any(need in way_to(other, ideas) for other in idea.needs)
    ]


def in_words(numbers: tuple[int, ...] | list[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}" if most else last


def as_svg(root: Path) -> str:
    """The drawing, in which titles are links."""
    ideas = {idea.chapter: idea for idea in read_ideas()}
    rows, places, y = [], {}, 4
    for part, chapters in read_parts(root).items():
        y += STEP
        rows.append(f'<text class="part" x="{TEXT}" y="{y}">{escape(part)}</text>')
        for chapter in chapters:
            y += STEP
            places[chapter.number] = y - 5
            name = wrap(f"{chapter.number} {chapter.title.replace('*', '')}", BOLD)
            title = text(name, y, ' class="title"')
            y += LINE * len(name)
            lines = said(ideas[chapter.number])
            rows.append(f'<a href="{page_of(chapter)}">{title}</a>{text(lines, y)}')
            y += LINE * (len(lines) - 1)
    arcs = [arc(places[a], places[b]) for a, b in straight(list(ideas.values()))]
    dots = [f'<circle cx="{DOT}" cy="{place}" r="4.5"/>' for place in places.values()]
    label = "Which chapter needs which, and what each leaves"
    return (
        f'<svg class="ideas" viewBox="0 0 {WIDTH} {y + LINE}" role="group" aria-label="{label}">\n'
        + "\n".join([*arcs, *dots, *rows])
        + "\n</svg>\n"
    )


def said(idea: Idea) -> list[str]:
    """The sentence in lines, and what it builds on."""
    needs = [f"Builds on {in_words(idea.needs)}."] if idea.needs else []
    return wrap(idea.text, LETTERS) + needs


def page_of(chapter: Chapter) -> str:
    return chapter.link.replace(".ipynb", ".html")


def text(lines: list[str], y: int, attributes: str = "") -> str:
    """Lines of words below each other, the first at a height."""
    spans = (
        f'<tspan x="{TEXT}" y="{y + LINE * n}">{escape(line)}</tspan>'
        for n, line in enumerate(lines)
    )
    return f"<text{attributes}>{''.join(spans)}</text>"


def arc(start: float, end: float) -> str:
    """A line to the left of the dots, the wider the farther it reaches."""
    reach = min(10 + (end - start) / 11, DOT - 4) * 4 / 3
    x = DOT - reach
    return f'<path d="M{DOT} {start}C{x:.0f} {start} {x:.0f} {end} {DOT} {end}"/>'


def as_markdown(root: Path) -> str:
    """The drawing, and the shortest ways to the chapters that many come for."""
    titles = {chapter.number: chapter for part in read_parts(root).values() for chapter in part}
    ways = [
        f"- [{titles[n].title}]({titles[n].link}) After {in_words(way_to(n, read_ideas()))}."
        for n in (7, 14, 15, 16, 17)
    ]
    return f"```{{raw}} html\n{as_svg(root)}```\n\n## Shortest ways\n\n" + "\n".join(ways) + "\n"
