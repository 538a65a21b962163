"""The map of the chapters on the landing page, taken from the chapters themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

PLAN = {
    4: "people who watched this", 5: "taste in forty numbers", 6: "what is it about",
    7: "better together", 8: "deep models", 9: "right now", 10: "thumbs and time",
    11: "the home page", 12: "the picture on the tile", 13: "does it work", 14: "is it fair",
    15: "am I in a bubble", 16: "why this title", 18: "a hundred million viewers",
    19: "build your own",
}  # fmt: skip
"""What each chapter that may not exist yet is to be about."""


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
    """Part → its chapters, in the order of the table of contents; parts without any left out."""
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = {}
    for part in contents["parts"]:
        files = [Path(entry["file"]) for entry in part["chapters"] if "file" in entry]
        sources = [root / path.with_suffix(".md") for path in files if path.parent.name == "chapters"]
        if sources:
            parts[part["caption"]] = [read_chapter(source) for source in sources]
    return parts


def as_markdown(root: Path) -> str:
    """One table of the chapters that exist, and one line on those to come."""
    parts = read_parts(root)
    lines = ["| | chapter | to read | to run |", "|---|---|---|---|"]
    for caption, chapters in parts.items():
        lines.append(f"| | **{caption}** | | |")
        for chapter in chapters:
            cells = (
                f"{chapter.number:02d}", f"[{chapter.title}]({chapter.link})",
                chapter.reading, chapter.running,
            )  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
    there = {chapter.number for chapters in parts.values() for chapter in chapters}
    coming = [f"{number:02d} {title}" for number, title in PLAN.items() if number not in there]
    if coming:
        lines += ["", f"Planned and not yet written: {'; '.join(coming)}."]
    return "\n".join([*lines, ""])
