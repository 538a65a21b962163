"""One page a student: the points, what failed and why, and the notebook as it ran."""

from __future__ import annotations

from assignments.tools.pages import page, text
from assignments.tools.results import ALL, Result, Standing

NOT_RUN = "<p>The file could not be run.</p>"


def feedback_page(result: Result, standing: Standing, body: str = NOT_RUN) -> str:
    """The page as HTML, whole: it asks no other host for anything.

    Args:
        result: what the machine found.
        standing: the points as they are now.
        body: the notebook that was run, from `pages.notebook_body`.
    """
    rows = "\n".join(row(result, standing, name) for name in standing.points)
    out_of = f"{sum(standing.out_of.values()):g}"
    if standing.decided:
        summary = f"{standing.total:g} of {out_of} points."
    else:
        summary = f"Out of {out_of} points. Your teacher has yet to look at a part of this."
    comment = standing.comments.get(ALL, "")
    head = '<tr><th scope="col">Question</th><th scope="col">Points</th>'
    head += '<th scope="col">What was found</th></tr>'
    inside = f"<p>{summary}</p><p>{text(comment)}</p><table><thead>{head}</thead><tbody>\n{rows}\n"
    inside += f"</tbody></table>\n<h2>Your notebook, as it ran</h2>\n{body}"
    return page(f"{result.assignment}: {result.student}", inside)


def row(result: Result, standing: Standing, name: str) -> str:
    points = standing.points[name]
    given = "to come," if points is None else f"{points:g}"
    found = standing.comments.get(name) or result.told.get(name)
    if not found:
        found = "" if points is None else "All checks passed." if points else "Marked by hand."
    given = f"{given} of {standing.out_of[name]:g}"
    cells = (name.removeprefix("tests-"), given, found)
    return "<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in cells) + "</tr>"
