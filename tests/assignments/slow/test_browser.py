"""A teacher opens what students handed in, with JupyterLab open beside it: nothing acts.

Each text is opened by itself, so that none can hide the next. The last tests take the walls away
and see the same texts act: without that, silence would prove nothing.
"""

import json
import shutil
import threading

import nbformat
import pytest

from assignments.tools import feedback, grade, marking, pages
from assignments.tools.execution import kept_outputs
from assignments.tools.feedback import feedback_page
from assignments.tools.marking import Handler, serve
from assignments.tools.pages import notebook_body
from assignments.tools.results import Result, save, standing, write_whole
from book.tools.browser import executable
from tests.assignments.harness import hand_in, key_of, with_cell
from tests.assignments.nasty import nasty_texts
from tests.assignments.teacher import Jupyter, Listener, Teacher

pytestmark = pytest.mark.xdist_group("browser")  # one server for all

NAME = "01_from_log_to_problem"
AS_TEACHER = """
fetch('/api/contents/PWNED.txt', {method: 'PUT',
  headers: {'X-XSRFToken': (document.cookie.match(/_xsrf=([^;]*)/) || [])[1]},
  body: JSON.stringify({type: 'file', format: 'text', content: 'x'})}).then(reply => reply.status)
"""
THROUGH_THE_API = """<img src=x onerror="document.title='PWNED';
  const x=(document.cookie.match(/_xsrf=([^;]*)/)||[])[1];
  for (const how of ['PUT', 'POST']) fetch('{at}api/contents/PWNED.txt?_xsrf=' + x, {{method: how,
  mode: 'no-cors', credentials: 'include', body: '{{}}'}})">
<form action="{at}api/contents" method=post><input name=type value=file autofocus></form>
<iframe src="{at}lab"></iframe><img src="{at}api/contents/x?download=1">
<script>new WebSocket('ws' + '{at}api/kernels'.slice(4)); open('{at}lab'); alert(1)</script>"""


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    assert executable(), "these tests need Chromium: apt-get install chromium"
    server = Jupyter(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.close()


@pytest.fixture(scope="module")
def teacher(jupyter):
    one = Teacher(jupyter)
    yield one
    one.close()


@pytest.fixture(scope="module")
def listener():
    one = Listener()
    yield one
    one.close()


@pytest.fixture(scope="module")
def texts(listener, jupyter):
    everywhere = [THROUGH_THE_API.format(at=jupyter.address)]
    return nasty_texts(listener.address) + everywhere + nasty_texts(jupyter.address)[:20]


@pytest.fixture
def served(tmp_path):
    running = []

    def start(folder):
        server, address = serve(folder, {NAME: key_of(NAME)})
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return address

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def notebook_of(text):
    """A notebook that holds the text wherever a student's text can stand, run by our runner."""
    sent = [
        {"output_type": "stream", "text": text},
        {"data": {kind: text for kind in ("text/plain", "text/html", "image/svg+xml", "image/png",
                                          "text/latex", "application/javascript")}},
    ]  # fmt: skip
    error = nbformat.v4.new_output("error", ename=text, evalue=text, traceback=[text])
    cells = [
        nbformat.v4.new_markdown_cell(text, metadata={"note": text}),
        nbformat.v4.new_raw_cell(text),
        nbformat.v4.new_code_cell(text, outputs=[*kept_outputs(sent)[0], error]),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"title": text})


def graded(folder, text):
    """The text in every part of a result; gives the page for the student's own eyes."""
    one = Result(
        text[:200], NAME, text[:200], "d", key="s", number=text[:50],
        points={"tests-density": 0, "report": None}, out_of={"tests-density": 2, "report": 3},
        told={"tests-density": text}, words={"report": [text, text]}, alarms=[text],
        remarks=[text],
    )  # fmt: skip
    save(one, folder / "results" / NAME / "s.json")
    body = notebook_body(notebook_of(text))
    write_whole(folder / "results" / NAME / "s.html", body)
    write_whole(folder / "feedback.html", feedback_page(one, standing(one, {}), body))
    return folder / "feedback.html"


def what_happens(folder, text, served, teacher):
    page = graded(folder, text)
    address, found = served(folder), []
    for place in (f"{address}{NAME}", f"{address}{NAME}/s", page.as_uri()):
        found += teacher.visit(place)
        found += teacher.elements()
    return found


def test_the_browser_may_do_what_the_teacher_may(teacher, jupyter):
    """The danger is real: one request from a page of Jupyter's own origin writes a file."""
    teacher.browser.open(f"{jupyter.address}nothing")
    assert teacher.browser.run(AS_TEACHER) == 201
    assert jupyter.files() == ["PWNED.txt"]
    (jupyter.root / "PWNED.txt").unlink()


def test_no_text_acts_where_it_is_marked_or_read(
    tmp_path, teacher, served, jupyter, listener, texts
):
    assert len(texts) >= 120
    asked, happened = len(jupyter.asked()), {}
    for number, text in enumerate(texts):
        found = what_happens(tmp_path / str(number), text, served, teacher)
        happened |= {text[:80]: found} if found else {}
        shutil.rmtree(tmp_path / str(number))
    assert happened == {}
    assert listener.asked == []
    assert jupyter.asked()[asked:] == []
    assert jupyter.files() == []


SHOW = """
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
for text in texts:
    print(text)
    display(HTML(text), Markdown(text), Latex(text), Javascript(text))
    display({"image/svg+xml": text, "text/plain": text, "image/png": text,
             "application/vnd.jupyter.widget-view+json": {"model_id": text}}, raw=True)
raise ValueError(texts[0])
"""


def test_a_class_graded_as_ever_shows_nothing_that_acts(
    tmp_path, teacher, served, jupyter, listener, texts
):
    """From the file to the page, through every tool between."""
    (tmp_path / "answers").mkdir()
    nbformat.write(key_of(NAME), tmp_path / "answers" / f"{NAME}.ipynb")
    short = [text for text in texts if len(text) < 3000]
    for number in range(3):
        mine = short[number::3]
        notebook = hand_in(NAME, {"report": mine[0]})
        with_cell(notebook, f"texts = {mine!a}\n{SHOW}")
        notebook.cells += [nbformat.v4.new_markdown_cell(text) for text in mine]
        notebook.metadata["title"] = mine[1]
        home = tmp_path / "in" / f'{number}"><img src=x onerror=alert(1)>'
        home.mkdir(parents=True)
        (home / f"<b onclick=alert(1)>{NAME}.ipynb").write_text(json.dumps(notebook))
    where = ["--answers", str(tmp_path / "answers"), "--grades", str(tmp_path / "grades")]
    grade.main([str(tmp_path / "in"), *where, "--jobs", "2"])
    address, asked = served(tmp_path / "grades"), len(jupyter.asked())
    kept = sorted((tmp_path / "grades" / "results" / NAME).glob("*.json"))
    assert len(kept) == 3
    places = [address, f"{address}{NAME}", f"{address}{NAME}?everybody=1"]
    places += [f"{address}{NAME}/{path.stem}" for path in kept]
    places += [path.as_uri() for path in (tmp_path / "grades" / "feedback").rglob("*.html")]
    assert len(places) == 9
    happened = {place: teacher.visit(place) + teacher.elements() for place in places}
    assert [found for found in happened.values() if found] == []
    assert listener.asked == []
    assert jupyter.asked()[asked:] == []
    assert jupyter.files() == []


def as_it_is(words):
    return str(words).encode("utf-8", "replace").decode()


def without_escaping(monkeypatch):
    for module in (pages, marking, feedback):
        monkeypatch.setattr(module, "text", as_it_is)


def without_policy(monkeypatch):
    monkeypatch.setattr(pages, "PAGE", pages.PAGE.replace("Content-Security-Policy", "x"))
    real = Handler.send_header

    def send_header(self, name, value):
        if name != "Content-Security-Policy":
            real(self, name, value)

    monkeypatch.setattr(Handler, "send_header", send_header)


def test_the_policy_alone_holds_where_a_page_is_marked(
    tmp_path, teacher, served, jupyter, listener, texts, monkeypatch
):
    """Should the escaping ever fail, no script runs, nothing is fetched and nobody is led away.

    What the policy refuses, the browser still lists as asked for; the servers know what arrived.
    """
    without_escaping(monkeypatch)
    happened, asked, heard = {}, len(jupyter.asked()), len(listener.asked)
    for number, text in enumerate(texts):
        graded(tmp_path / str(number), text)
        found = teacher.visit(f"{served(tmp_path / str(number))}{NAME}")
        found = [one for one in found if not one.startswith(("asked ", "Page.frameAttached"))]
        happened |= {text[:80]: found} if found else {}
    assert happened == {}
    assert listener.asked[heard:] == []
    assert jupyter.asked()[asked:] == []


def test_without_both_walls_this_file_sees_them_act(
    tmp_path, teacher, served, jupyter, listener, texts, monkeypatch
):
    without_escaping(monkeypatch)
    without_policy(monkeypatch)
    asked, acting = len(jupyter.asked()), 0
    some = [*texts[:40], *(text for text in texts if jupyter.address in text)]
    for number, text in enumerate(some):
        graded(tmp_path / str(number), text)
        acting += bool(teacher.visit(f"{served(tmp_path / str(number))}{NAME}"))
    assert acting >= len(some) // 2
    assert len(listener.asked) > 20
    assert len(jupyter.asked()) > asked + 10
