"""The page that a student gets: readable, harmless, and alone."""

import nbformat

from assignments.tools.feedback import NOT_RUN, feedback_page
from assignments.tools.pages import notebook_body
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


def test_the_page_asks_no_other_host_and_shows_text_as_text():
    picture = (
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVO"
        "RK5CYII="
    )
    data = {"text/plain": "<i>two</i>", "text/html": "<b>no</b>", "image/png": picture}
    cells = [
        nbformat.v4.new_markdown_cell("# A\n\n![x](http://elsewhere/x.png)\n\n<u>b</u>"),
        nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="one")]),
        nbformat.v4.new_code_cell("2", outputs=[nbformat.v4.new_output("display_data", data=data)]),
    ]
    text = page(body=notebook_body(nbformat.v4.new_notebook(cells=cells)), told={})
    assert "&lt;u&gt;b&lt;/u&gt;" in text
    assert "one" in text
    assert f'src="data:image/png;base64,{picture}"' in text
    assert "<b>no" not in text
    for word in ("<link", "@import", "<script", 'src="http', "href="):
        assert word not in text
    assert "default-src &#x27;none&#x27;" in text or "default-src 'none'" in text
