"""Draw rows of titles: as a fragment of HTML for the site, as an SVG for the README."""

from __future__ import annotations

from html import escape
from textwrap import wrap

from recsys_lib.plotting import PALETTE

HUES = {
    "comedy": "orange",
    "crime": "blue", "thriller": "blue", "mystery": "blue",
    "drama": "purple", "romance": "purple",
    "science fiction": "green", "fantasy": "green",
    "action": "red", "adventure": "red", "horror": "red", "war": "red", "western": "red",
    "documentary": "sky", "history": "sky", "music": "sky",
    "animation": "grey", "family": "grey",
}  # fmt: skip
"""The palette's colour for a title's first genre; the genre is always written out as well."""

TILE, GAP, MARGIN = (158, 88), 10, 20  # pixels of the picture
ROW = 148  # from one row's top to the next


def as_html(pages) -> str:
    """A section that shows one viewer's page at a time, chosen by radio buttons (no script).

    pages: (viewer, rows) for each; a row is a heading, a sentence and a list that scrolls.
    """
    choices = [_choice(number, viewer) for number, (viewer, _) in enumerate(pages, start=1)]
    shown = [_page(number, *page) for number, page in enumerate(pages, start=1)]
    return "\n".join(
        [
            '<section class="home-page" aria-labelledby="home-page">',
            '<h2 id="home-page">Tonight on Matinee</h2>',
            '<fieldset class="viewers"><legend>for a viewer of</legend>',
            *choices,
            "</fieldset>",
            *shown,
            "</section>",
            "",
        ]
    )


def _choice(number: int, viewer) -> str:
    checked = " checked" if number == 1 else ""
    return (
        f'<label><input type="radio" name="viewer" id="viewer-{number}"{checked}>'
        f"{escape(viewer.show)}</label>"
    )


def _page(number: int, viewer, rows) -> str:
    parts = [
        f'<div class="viewer-page" id="viewer-page-{number}">',
        f'<p class="viewer">{describe(viewer)} The titles are real, the viewer is simulated.</p>',
    ]
    for place, row in enumerate(rows, start=1):
        label = f"viewer-{number}-row-{place}"
        parts += [
            f'<div class="row-head"><h3 id="{label}">{escape(row.heading)}</h3>',
            f'<p class="why">{escape(row.why)}</p></div>',
            f'<div class="tiles" role="group" tabindex="0" aria-labelledby="{label}"><ul>',
            *(_tile(title) for _, title in row.titles.iterrows()),
            "</ul></div>",
        ]
    return "\n".join([*parts, "</div>"])


def _tile(title) -> str:
    genre = first_genre(title)
    return (
        f'<li class="tile {HUES[genre]}"><span class="title">{escape(title["title"])}</span>'
        f' <span class="facts">{title["year"]}, {title["kind"]}</span>'
        f' <span class="genre">{genre}</span></li>'
    )


def describe(viewer) -> str:
    """The viewer in one sentence."""
    who = {"woman": "a woman", "man": "a man"}.get(viewer.gender, "a nonbinary person")
    return (
        f"Viewer {viewer.viewer_id}: {who} aged {viewer.age_band}, {viewer.country},"
        f" {viewer.titles} titles watched in 26 weeks."
    )


def first_genre(title) -> str:
    return title["genres"].split("|")[0]


def as_svg(viewer, rows) -> str:
    """The same rows as one picture with a light ground, readable on any page."""
    width = 2 * MARGIN + len(rows[0].titles) * (TILE[0] + GAP) - GAP
    height = 62 + ROW * len(rows)
    words = "; ".join(f"{row.heading}: {', '.join(row.titles['title'])}" for row in rows)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">A home page for viewer {viewer.viewer_id} of Matinee</title>',
        f'<desc id="desc">{escape(words)}.</desc>',
        "<style>text { font: 13px system-ui, 'Segoe UI', Roboto, Arial, sans-serif;"
        f" fill: {PALETTE['ink']} }} .big {{ font-size: 17px; font-weight: 700 }}"
        f" .bold {{ font-weight: 650 }} .quiet {{ fill: {PALETTE['muted']} }}</style>",
        f'<rect width="{width}" height="{height}" rx="10" fill="#f6f7f9"/>',
        _text(MARGIN, 34, "Tonight on Matinee", "big"),
        _text(MARGIN, 54, describe(viewer), "quiet"),
    ]
    for number, row in enumerate(rows):
        top = 62 + ROW * number
        parts.append(_text(MARGIN, top + 20, row.heading, "bold"))
        parts.append(_text(MARGIN, top + 37, row.why, "quiet"))
        for slot, (_, title) in enumerate(row.titles.iterrows()):
            parts += _drawn(MARGIN + slot * (TILE[0] + GAP), top + 46, title)
    return "\n".join([*parts, "</svg>", ""])


def _drawn(x: int, y: int, title) -> list[str]:
    genre = first_genre(title)
    lines = wrap(title["title"], 17)
    lines = lines if len(lines) < 3 else [lines[0], f"{lines[1][:16]}…"]
    return [
        f'<rect x="{x}" y="{y}" width="{TILE[0]}" height="{TILE[1]}" fill="#fff"/>',
        f'<rect x="{x}" y="{y}" width="{TILE[0]}" height="4" fill="{PALETTE[HUES[genre]]}"/>',
        *(_text(x + 12, y + 24 + 17 * n, line, "bold") for n, line in enumerate(lines)),
        _text(x + 12, y + 61, f"{title['year']}, {title['kind']}", "quiet"),
        _text(x + 12, y + 78, genre, "quiet"),
    ]


def _text(x: int, y: int, words: str, kind: str) -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(words)}</text>'
