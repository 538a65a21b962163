"""The whole built site as one page, in the order of the contents, ready to be printed."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag

import yaml
from bs4 import BeautifulSoup, Tag

NOT_PRINTED = (
    ".headerlink, .prev-next-area, .copybtn, script, .doors, .viewers, .cite, .definitions"
)
REFERENCE = re.compile(r"book/api")


@dataclass(frozen=True)
class Part:
    """A part of the book and the paths of its pages, such as book/data.html."""

    caption: str
    pages: list[str]


def read_contents(root: Path) -> list[Part]:
    """The parts of _toc.yml to read on paper; the landing page is a part of its own, the first.

    The library's reference is left out: it is for looking things up, and would double the book.
    """
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [Part("", [_built(contents["root"])])]
    for part in contents["parts"]:
        read = [entry["file"] for entry in part["chapters"] if not REFERENCE.match(entry["file"])]
        if read:
            parts.append(Part(part["caption"], [_built(file) for file in read]))
    return parts


def _built(source: str) -> str:
    return (
        posixpath.splitext(source)[0] + ".html" if source.endswith(".ipynb") else source + ".html"
    )


def anchor(page: str, fragment: str = "") -> str:
    """The name, in the one page, of a place on one of the site's pages."""
    return f"{posixpath.splitext(page)[0].replace('/', '-')}--{fragment or 'top'}"


def read_article(site: Path, page: str, printed: set[str], drawn: str = "") -> Tag:
    """The article of a page, unfolded; its names, links and pictures hold in the one page.

    Links to pages that are not `printed` lose their target and keep their words. An explorable
    becomes what its scripts have `drawn`.
    """
    soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if drawn:
        article.select_one(".explorable").replace_with(BeautifulSoup(drawn, "html.parser"))
    for part in article.select(NOT_PRINTED):
        part.decompose()
    for details in article.select("details"):
        details["open"] = ""
        del details["name"]
    for tag in article.select("[id]"):
        tag["id"] = anchor(page, tag["id"])
    for tag in article.select("[aria-labelledby]"):
        tag["aria-labelledby"] = anchor(page, tag["aria-labelledby"])
    for link in article.select("a[href]"):
        _mend_link(link, page, printed)
    for picture in article.select("img[src]"):
        del picture["loading"]
        picture["src"] = "/" + posixpath.normpath(f"{posixpath.dirname(page)}/{picture['src']}")
    article["id"] = anchor(page)
    return article


def _mend_link(link: Tag, page: str, printed: set[str]) -> None:
    address, fragment = urldefrag(link["href"])
    if "://" in address or address.startswith("mailto:"):
        return
    target = posixpath.normpath(f"{posixpath.dirname(page)}/{address}") if address else page
    if target in printed:
        link["href"] = "#" + anchor(target, fragment)
    else:
        del link["href"]


def make(root: Path, site: Path, drawn: Mapping[str, str], numbers: Mapping[str, int]) -> str:
    """The one page.

    Args:
        root: the repository.
        site: the built site.
        drawn: page with an explorable → the HTML of that explorable, drawn.
        numbers: page of the site → the printed page that it starts on, for the contents.
    """
    parts = read_contents(root)
    printed = {page for part in parts for page in part.pages}
    soup = BeautifulSoup((site / parts[0].pages[0]).read_text(encoding="utf-8"), "html.parser")
    for script in soup.select("script"):
        script.decompose()
    for link in soup.select("head link[href]"):
        if "://" not in link["href"]:
            link["href"] = "/" + posixpath.normpath(f"book/{link['href']}")
    soup.html["data-theme"] = soup.html["data-mode"] = "light"
    soup.body.clear()
    soup.body["class"] = "printed"
    contents = soup.new_tag("nav", attrs={"class": "contents"})
    name = soup.new_tag("h1")
    name.string = "Watch Next"
    contents.append(name)
    soup.body.append(contents)
    for part in parts:
        for page in part.pages:
            article = read_article(site, page, printed, drawn.get(page, ""))
            soup.body.append(article)
            _enter(soup, contents, part, page, article.h1.get_text(strip=True), numbers or {})
    return str(soup)


def _enter(soup: BeautifulSoup, contents: Tag, part: Part, page: str, title: str, numbers) -> None:
    """Add a line to the contents, under its part's caption."""
    if page == part.pages[0]:
        heading = soup.new_tag("h2")
        heading.string = part.caption or "A course on recommender systems"
        contents.append(heading)
    line = soup.new_tag("a", href="#" + anchor(page))
    for name, text in (("what", title), ("page", str(numbers.get(page, "")))):
        span = soup.new_tag("span", attrs={"class": name})
        span.string = text
        line.append(span)
    contents.append(line)
