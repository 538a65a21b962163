"""One page a student: the points, what failed and why, and the notebook as it ran."""

from __future__ import annotations

import html
import re
from functools import cache

import nbformat
from bleach.sanitizer import Cleaner
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from assignments.tools.results import Result, Standing

TAGS = (
    "a b blockquote br caption code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre s small"
    " span strong sub sup table tbody td tfoot th thead tr tt u ul"
)
ATTRIBUTES = {"*": ["class", "scope", "colspan", "rowspan"], "a": ["href"]}
CLEANER = Cleaner(tags=set(TAGS.split()), attributes=ATTRIBUTES, strip=True)
NOT_RUN = "<p>The file could not be run.</p>"
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0 }}
th, td {{ text-align: left; padding: .3rem .8rem; border-bottom: 1px solid #bbb }}
pre {{ background: #f3f3f3; padding: .6rem; overflow-x: auto; white-space: pre-wrap }}
img {{ max-width: 100% }}
.jp-InputPrompt, .jp-OutputPrompt, .prompt, .anchor-link {{ display: none }}
.jp-RenderedText[data-mime-type*="error"] pre {{ background: #fbe9e7 }}
</style></head><body>
<h1>{title}</h1>
<p>{summary}</p>
<table><thead><tr><th scope="col">Question</th><th scope="col">Points</th><th scope="col">What was
found</th></tr></thead><tbody>
{rows}
</tbody></table>
<h2>Your notebook, as it ran</h2>
{body}
</body></html>
"""


def feedback_page(result: Result, standing: Standing, body: str = NOT_RUN) -> str:
    """The page as HTML, whole: it asks no other host for anything.

    Args:
        result: what the machine found.
        standing: the points as they are now.
        body: the notebook that was run, from `as_html`.
    """
    rows = "\n".join(row(result, standing, name) for name in standing.points)
    out_of = f"{sum(standing.out_of.values()):g}"
    if standing.decided:
        summary = f"{standing.total:g} of {out_of} points."
    else:
        summary = f"Out of {out_of} points. Your teacher has yet to look at a part of this."
    title = f"{result.assignment}: {result.student}"
    return PAGE.format(title=html.escape(title), summary=summary, rows=rows, body=body)


def row(result: Result, standing: Standing, name: str) -> str:
    points = standing.points[name]
    given = "to come," if points is None else f"{points:g}"
    found = standing.comments.get(name) or result.told.get(name)
    if not found:
        found = "" if points is None else "All checks passed." if points else "Marked by hand."
    given = f"{given} of {standing.out_of[name]:g}"
    cells = (name.removeprefix("tests-"), given, found)
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


def clean(markup: str) -> str:
    """The markup without scripts, styles, links to pictures elsewhere and anything unknown."""
    return CLEANER.clean(re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", "", str(markup)))


@cache
def exporter() -> HTMLExporter:
    """Made once: reading its templates takes longer than a page."""
    made = HTMLExporter(template_name="basic", sanitize_html=True)
    made.register_filter("clean_html", clean)
    return made


def as_html(notebook: NotebookNode) -> str:
    """A notebook that was run, without whatever in it could act as a script.

    It holds what the student wrote and the visible checks, and no hidden ones.
    """
    body, _ = exporter().from_notebook_node(nbformat.from_dict(notebook))
    return body
