"""Lecture slides of every chapter, from the built site: one idea a slide, no other host.

``python -m book.tools.slides`` writes _build/slides, a folder that works from a memory stick. Its
findings, figures, questions and takeaways are the chapters' own; the lecturer's notes (key S) hold
the paragraphs around a figure and the answers to what the class is asked.
"""

from __future__ import annotations

import shutil
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template

from bs4 import BeautifulSoup

from book.tools.pages import one_page
from book.tools.slides.content import Slide, discussion, read_slides

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "slides"
TEMPLATE = Template(Path(__file__).with_name("slides.html").read_text(encoding="utf-8"))
REVEAL = ("LICENSE", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")


def as_html(slide: Slide, target: Path, site: Path) -> str:
    """A slide for reveal.js; its pictures are copied beside the decks."""
    body = BeautifulSoup(slide.body, "html.parser")
    for picture in body.select("img"):
        name = Path(picture["src"]).name
        shutil.copy(site / "_images" / name, target / "images" / name)
        picture["src"] = f"images/{name}"
        for size in ("width", "height", "style"):  # a slide has its own measure
            del picture[size]
    for tag in body.select("[id]"):
        del tag["id"]
    level = "h1" if slide.kind == "title" else "h2"
    idea = f"<{level}>{slide.idea}</{level}>" if slide.idea else ""
    above = (
        f'<p class="above">{slide.above}</p>' if idea else f'<h2 class="above">{slide.above}</h2>'
    )
    notes = f'<aside class="notes">{slide.notes}</aside>' if slide.notes else ""
    body = f'<div class="body">{body}</div>'
    return f'<section><div class="slide {slide.kind}">{above}{idea}{body}</div>{notes}</section>'


def make(site: Path = SITE, target: Path = TARGET) -> list[Path]:
    """Write a deck for each chapter of the built site, and an index; the decks' files."""
    if not (site / "index.html").exists():
        raise RuntimeError("the site is not built: run make book")
    shutil.rmtree(target, ignore_errors=True)
    (target / "images").mkdir(parents=True)
    _copy_support(site, target)
    questions, decks, lines = discussion(site), [], []
    pages = [page for part in one_page.read_contents(ROOT) for page in part.pages]
    for page in (page for page in pages if page.startswith("chapters/")):
        article, number = one_page.read_article(site, page, set()), Path(page).name[:2]
        if not article.select_one('[id$="--takeaways"]'):
            continue  # the capstone is a brief, not a lecture
        slides = list(read_slides(article))
        if number.lstrip("0") in questions:
            slides.append(questions[number.lstrip("0")])
        title = BeautifulSoup(slides[0].idea, "html.parser").get_text()
        decks.append(target / f"{number}.html")
        text = "\n".join(as_html(slide, target, site) for slide in slides)
        _write(decks[-1], f"{number} {title}", text)
        lines.append(f'<li><a href="{number}.html">{number} {escape(title)}</a></li>')
    contents = Slide("index", "Watch Next", "Slides", f"<ul>{''.join(lines)}</ul>")
    _write(target / "index.html", "Watch Next: slides", as_html(contents, target, site))
    return decks


def _write(path: Path, title: str, slides: str) -> None:
    text = TEMPLATE.substitute(title=escape(title), slides=slides)
    path.write_text(text, encoding="utf-8", newline="\n")


def _copy_support(site: Path, target: Path) -> None:
    """reveal.js, and the book's colours and fonts."""
    package = find_spec("sphinx_revealjs")
    if package is None:
        raise RuntimeError("reveal.js is not installed: run make slides")
    reveal = Path(package.origin).parent / "_static" / "revealjs"
    for name in REVEAL:
        (target / "reveal" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(reveal / name, target / "reveal" / name)
    for fonts in ("math", "type"):
        shutil.copytree(site / "_static" / fonts, target / fonts)
    shutil.copy(site / "_static" / "watch-next.css", target)
    shutil.copy(Path(__file__).with_name("slides.css"), target)


def main() -> None:
    decks = make()
    print(f"{len(decks)} decks in {TARGET}: open index.html; S shows the notes")
