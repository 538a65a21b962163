"""What a chapter has to say on slides, read from its built page: one idea each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import Tag

from book.tools.pages import one_page

NOT_SHOWN = ("Exercises", "Going deeper", "Further reading")
SHOWN = "details.predict, figure, div.math[id], table"
SENTENCE_END = re.compile(
    r"(?<!\bMr)(?<!\bDr)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)[.?!](</\w+>)*\s+(?=\S)"
)


@dataclass(frozen=True)
class Slide:
    """One idea, in HTML: what stands small above it, the idea, its support, the lecturer's notes.

    kind: "title", "text", "list", "figure", "table", "formula" or "formula long"; the
        style sheet knows them.
    """

    kind: str
    above: str
    idea: str
    body: str = ""
    notes: str = ""


def read_slides(article: Tag) -> Iterator[Slide]:
    """The slides of a chapter, in its own order."""
    chapter = article.section
    yield from _opening(chapter)
    for section in chapter.find_all("section", recursive=False):
        heading = inner(section.h2)
        if heading == "Takeaways":
            yield from _takeaways(section)
        elif heading == "Check yourself":
            yield from _quiz(section)
        elif heading not in NOT_SHOWN:
            yield from _findings(section, heading)


def inner(tag: Tag) -> str:
    """What stands inside a tag, links reduced to their words."""
    for link in tag.select("a"):
        link.unwrap()
    return tag.decode_contents().strip()


def first_sentence(html: str) -> tuple[str, str]:
    """The first sentence, and the rest; no tag is torn apart."""
    for end in SENTENCE_END.finditer(html):
        head = html[: end.end()]
        if head.count("<") == 2 * head.count("</"):
            return head.strip(), html[end.end() :].strip()
    return html, ""


def _opening(chapter: Tag) -> Iterator[Slide]:
    number = inner(chapter.select_one(".chapter-number"))
    case = [str(part) for part in chapter.find_all("p", recursive=False)[1:4]]
    real = "<p>Watch Next. The titles are real, the viewers are simulated.</p>"
    yield Slide("title", number, inner(chapter.h1), real, "".join(case))
    goals = chapter.select_one(".objectives ul")
    yield Slide("list", "In this chapter", "You will be able to", str(goals))


def _findings(section: Tag, heading: str) -> Iterator[Slide]:
    """Questions to guess at, figures and formulas; of *By hand*, also the first table."""
    table = section.find("table") if heading == "By hand" else None
    for part in section.select(SHOWN):
        notes = _around(part, section)
        if part.name == "figure":
            caption = inner(part.select_one(".caption-text"))
            finding, small = first_sentence(caption)
            yield Slide(
                "figure", heading, finding, f"{part.img}<p class='small'>{small}</p>", notes
            )
        elif part.name == "details":
            question = inner(part.summary).removeprefix("Predict first: ")
            part.summary.extract()
            yield Slide(
                "text", "Predict first", question[0].upper() + question[1:], "", inner(part)
            )
        elif part.name == "div":
            signs = len(part.find_all(["mi", "mn", "mo", "mtext"]))
            kind = "formula long" if signs > 30 else "formula"
            yield Slide(kind, heading, "", str(part), notes)
        elif part is table:
            frame = part.find_parent(class_="table-scroll")  # on a phone it scrolls in this
            yield Slide("table", heading, "", str(frame or part), notes)


def _around(part: Tag, section: Tag) -> str:
    """The paragraphs of the section before and after a part of it."""
    sides = (part.find_all_previous("p"), part.find_all_next("p"))
    near = [next((p for p in side if p.parent is section), None) for side in sides]
    return "".join(f"<p>{inner(p)}</p>" for p in near if p)


def _quiz(section: Tag) -> Iterator[Slide]:
    for option in section.select("p + details.option"):
        question = option.find_previous_sibling("p")
        question.strong.extract()
        options, notes = [], []
        while option and option.name == "details":
            options.append(inner(option.summary).split(") ", 1)[1])
            option.summary.extract()
            notes.append(f"<li>{inner(option)}</li>")
            option = option.find_next_sibling()
        choices = "".join(f"<li>{text}</li>" for text in options)
        yield Slide("list", "Check yourself", inner(question), _lettered(choices), _lettered(notes))


def _lettered(items: str | list[str]) -> str:
    return f'<ol type="a">{"".join(items)}</ol>'


def _takeaways(section: Tag) -> Iterator[Slide]:
    items = section.ul.find_all("li", recursive=False)
    notes = "".join(str(p) for p in section.find_all("p", recursive=False))
    for place, item in enumerate(items, start=1):
        idea, body = first_sentence(inner(item.p or item))
        above = f"Takeaway {place} of {len(items)}"
        yield Slide("text", above, idea, f"<p>{body}</p>", notes if place == len(items) else "")


def discussion(site: Path) -> dict[str, Slide]:
    """Chapter's number → the question for discussion in the teacher's guide."""
    guide = one_page.read_article(site, "book/teachers_guide.html", set())
    section = guide.select_one('[id$="questions-for-discussion"]')
    return {
        item.strong.extract().get_text(): Slide("text", "To discuss", inner(item.p or item))
        for item in section.select("li")
    }
