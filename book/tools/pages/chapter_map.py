"""The map of the chapters on the landing page, taken from the chapters themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

PLAN = (
    """
what should I watch next · what exactly are we predicting · who you are or what you watch
people who watched this · taste in forty numbers · what is it about · better together
deep models · right now · thumbs and time · the home page · the picture on the tile
does it work · is it fair · am I in a bubble · why this title · on real viewers
a hundred million viewers · build your own
""".strip()
    .replace("\n", " · ")
    .split(" · ")
)
"""What the chapters are to be about, from 1 on, whether they exist yet or not."""


@dataclass(frozen=True)
class Chapter:
    """A chapter as its own source describes it."""

    number: int
    title: str
    link: str
    reading: str
    running: str


def read_chapter(source: Path) -> Chapter:
    """Title and minutes from a chapter's Markdown.

    Raises:
        ValueError: the heading, or one of the two lines of minutes, is missing.
    """
    text = source.read_text(encoding="utf-8")
    found = [
        re.search(pattern, text, re.MULTILINE)
        for pattern in (
            r"^# (.+)$",
            r"\*\*Reading:\*\* (\d+ \w+)",
            r"\*\*Running:\*\* ([^.*\n]+)",
        )
    ]
    if not all(found):
        raise ValueError(f"{source.name} needs a title, **Reading:** and **Running:**")
    title, reading, running = (match.group(1).strip() for match in found)
    link = f"../chapters/{source.stem}.ipynb"
    return Chapter(int(source.name[:2]), title, link, reading, running)


def read_parts(root: Path) -> dict[str, list[Chapter]]:
    """Part → those of its chapters that exist, in the order of the table of contents."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = {}
    for part in contents["parts"]:
        files = [root / entry["file"] for entry in part["chapters"] if "file" in entry]
        there = [file for file in files if file.parent.name == "chapters" and file.exists()]
        if there:
            parts[part["caption"]] = [read_chapter(file.with_suffix(".md")) for file in there]
    return parts


def as_markdown(root: Path) -> str:
    """A list a part of the chapters that exist."""
    lines = []
    for caption, chapters in read_parts(root).items():
        lines += [f"**{caption}**", ""]
        for chapter in chapters:
            name = f"{chapter.number:02d} [{chapter.title}]({chapter.link})"
            lines.append(f"- {name}: {chapter.reading} to read, {chapter.running} to run")
        lines.append("")
    return "\n".join(lines)


def planned(root: Path) -> str:
    """One line on the chapters to come, for the changelog; empty once all are there."""
    there = {chapter.number for chapters in read_parts(root).values() for chapter in chapters}
    coming = [f"{n:02d} {title}" for n, title in enumerate(PLAN, start=1) if n not in there]
    return f"Planned and not yet written: {'; '.join(coming)}.\n" if coming else "\n"
