"""The page that a student gets: readable, harmless, and alone."""

import nbformat
import pytest

from assignments.tools.feedback import NOT_RUN, as_html, clean, feedback_page
from assignments.tools.results import Result, Standing

NAME = "01_from_log_to_problem"
STANDING = Standing(
    {"tests-q": 0.0, "tests-r": 2.0, "w": None}, {}, {"tests-q": 1, "tests-r": 2, "w": 3}, {}
)


def page(student: str = "ada", body: str = NOT_RUN, **told) -> str:
    return feedback_page(Result(student, NAME, "f", "d", told=told["told"]), STANDING, body)


def test_every_question_has_its_points_and_its_reason():
    text = page(told={"tests-q": "Divide by <n>, not by k."})
    assert "<td>q</td><td>0 of 1</td><td>Divide by &lt;n&gt;, not by k.</td>" in text
    assert "<td>r</td><td>2 of 2</td><td>All checks passed.</td>" in text
    assert "<td>w</td><td>to come, of 3</td>" in text
    assert "Your teacher has yet to look" in text


def test_a_name_cannot_act():
    assert "<script>" not in page("<script>alert(1)</script>", told={})


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<script>alert(1)</script>a", "a"),
        ("<style>p {}</style><p>b</p>", "<p>b</p>"),
        ('<img src="http://elsewhere/x.png">c', "c"),
        ('<p onclick="x()">d</p>', "<p>d</p>"),
        ('<a href="javascript:x()">e</a>', "<a>e</a>"),
        ("<h2>f</h2><table><thead><tr><th>g</th></tr></thead></table>", None),
    ],
)
def test_what_could_act_goes_and_what_is_text_stays(markup, left):
    assert clean(markup) == (markup if left is None else left)


def test_the_page_asks_no_other_host():
    cells = [
        nbformat.v4.new_markdown_cell("# A\n\n![x](http://elsewhere/x.png)\n\n| a |\n|---|\n| 1 |"),
        nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="one")]),
    ]
    text = page(body=as_html(nbformat.v4.new_notebook(cells=cells)), told={})
    assert "<h1" in text
    assert "<td>1</td>" in text
    assert "one" in text
    for word in ("src=", "<link", "@import", "elsewhere"):
        assert word not in text
