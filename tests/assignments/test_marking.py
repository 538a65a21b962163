"""The page for marking by hand: it saves what a person decides, and nothing else can act in it."""

import base64
import csv
import http.client
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import nbformat
import pytest

from assignments.tools.feedback import feedback_page
from assignments.tools.marking import serve
from assignments.tools.pages import notebook_body, picture
from assignments.tools.results import ALL, Result, load_marks, save, standing, write_whole
from book.tools.browser import Browser, executable
from tests.assignments.harness import key_of
from tests.assignments.nasty import nasty_texts

NAME = "01_from_log_to_problem"


def result_of(student="ada", **changed):
    about = {
        "key": f"{student}-1", "points": {"tests-density": 2, "report": None},
        "out_of": {"tests-density": 2, "report": 3}, "words": {"report": ["by time, of course"]},
        "seconds": 1.0,
    }  # fmt: skip
    return Result(student, NAME, f"{student}/x.ipynb", "d", **(about | changed))


@pytest.fixture
def desk(tmp_path):
    """A server in a thread; gives its folder and its address."""
    running = []

    def start(*results):
        for one in results:
            save(one, tmp_path / "results" / NAME / f"{one.key}.json")
        server, address = serve(tmp_path, {NAME: key_of(NAME)})
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return tmp_path, address

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def fetch(address, **fields):
    data = urllib.parse.urlencode(fields).encode() if fields else None
    with urllib.request.urlopen(address, data) as reply:
        return reply.read().decode(), reply.headers


def test_the_answer_stands_beside_its_rubric(desk):
    _, address = desk(result_of())
    page, headers = fetch(address + NAME)
    assert "by time, of course" in page
    assert "1 point: reports the number by time" in page
    assert "sandbox allow-forms" in headers["Content-Security-Policy"]
    assert "script" not in headers["Content-Security-Policy"].replace("default-src", "")


def test_a_mark_is_kept_in_the_table_and_completes_the_grade(desk):
    folder, address = desk(result_of())
    fetch(address + NAME, **{"student": "ada-1", "points:report": "2,5", "comment:report": "good"})
    with (folder / "marks.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["student"], row["question"], row["points"], row["comment"]) == (
        "ada-1", "report", "2.5", "good",
    )  # fmt: skip
    now = standing(result_of(), load_marks(folder))
    assert (now.decided, now.total) == (True, 4.5)
    page, _ = fetch(address + NAME)
    assert "Nothing waits here" in page


def test_points_outside_the_question_are_refused(desk):
    folder, address = desk(result_of())
    for points in ("3.5", "-1", "nan", "inf", "many"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            fetch(address + NAME, **{"student": "ada-1", "points:report": points})
        assert refused.value.code == 400
        refused.value.close()
    assert not (folder / "marks.csv").exists()


def test_a_flagged_notebook_can_be_accepted_whole(desk):
    flagged = result_of(alarms=["cell own-1 was stopped"], words={}, points={"tests-density": 2},
                        out_of={"tests-density": 2})  # fmt: skip
    folder, address = desk(flagged)
    assert standing(flagged, {}).total is None
    fetch(address + NAME, student="ada-1", accept="1")
    assert standing(flagged, load_marks(folder)).total == 2
    assert list(load_marks(folder)) == [("ada-1", NAME, ALL)]
    flagged.digest = "of another file"
    assert standing(flagged, load_marks(folder)).total is None


def test_a_mark_for_another_answer_is_shown_again(desk):
    folder, address = desk(result_of())
    fetch(address + NAME, **{"student": "ada-1", "points:report": "3"})
    changed = result_of(words={"report": ["no, at random"]})
    now = standing(changed, load_marks(folder))
    assert now.points["report"] is None
    assert now.provisional["report"] == 3


def test_only_this_machine_with_the_word_gets_an_answer(desk):
    _, address = desk(result_of())
    place = urllib.parse.urlsplit(address)
    for path, host in (
        ("/", place.netloc),
        (f"/wrong/{NAME}", place.netloc),
        (place.path + NAME, "evil.example"),
        (place.path + NAME, f"localhost:{place.port}"),
    ):
        for method, body in (("GET", None), ("POST", "student=ada-1&points:report=3")):
            with closing(http.client.HTTPConnection(place.hostname, place.port)) as connection:
                connection.request(method, path, body, headers={"Host": host})
                with connection.getresponse() as reply:
                    assert reply.status == 404, (path, host)


class Listener(BaseHTTPRequestHandler):
    """Stands where the teacher's other servers stand, and notes who asks."""

    asked: ClassVar[list[str]] = []

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    do_POST = do_PUT = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def listener():
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Listener.asked.clear()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def nasty_notebook(texts):
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    for text in texts:
        data = {"text/plain": text, "text/html": text, "image/svg+xml": text, "image/png": text}
        outputs = [
            nbformat.v4.new_output("display_data", data=data),
            nbformat.v4.new_output("stream", text=text),
            nbformat.v4.new_output("error", ename=text, evalue=text, traceback=[text]),
        ]
        cells.append(nbformat.v4.new_code_cell(text, outputs=outputs))
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.skipif(not executable(), reason="there is no Chromium on this machine")
def test_nothing_of_a_students_acts_in_the_teachers_browser(desk, listener):
    texts = nasty_texts(listener)
    assert len(texts) >= 50
    short = [text[:3000] for text in texts]
    nasty = [
        result_of(f"s{n}{text[:200]}", key=f"s{n}", words={"report": [text]}, alarms=[text[:500]],
                  told={"tests-density": text})
        for n, text in enumerate(short)
    ]  # fmt: skip
    folder, address = desk(*nasty)
    body = notebook_body(nasty_notebook(texts))
    for one in nasty:
        write_whole(folder / "results" / NAME / f"{one.key}.html", body[:400_000])
    feedback = folder / "feedback.html"
    write_whole(feedback, feedback_page(nasty[0], standing(nasty[0], {}), body))
    browser = Browser()
    try:
        for page in (address, address + NAME, f"{address}{NAME}/s0", feedback.as_uri()):
            browser.send("Page.navigate", url=page)
            browser.send("Runtime.evaluate", expression="1")
            time.sleep(1.5)
            title = browser.send("Page.getNavigationHistory")["entries"][-1]
            assert title["url"] == page
            assert title["title"] != "PWNED"
            assert title["title"]
        asked = [one for one in browser.requests if not one.startswith((address, "file:", "data:"))]
    finally:
        browser.close()
    assert Listener.asked == []
    assert [one for one in asked if not one.endswith("favicon.ico")] == []


@pytest.mark.parametrize(
    "data",
    ["", "no base64 !", "aGVsbG8=", None, "iVBORw0KGgoAAAANSUhEUgAAAAEA", '"><script>'],
)
def test_what_is_no_png_is_no_picture(data):
    assert picture(data) == ""


def test_a_png_of_a_million_pixels_a_side_is_no_picture():
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    for side, shown in ((100, True), (1_000_000, False)):
        whole = content + struct.pack(">II", side, side) + b"\x08\x06\x00\x00\x00" + b"0" * 8
        assert bool(picture(base64.b64encode(whole).decode())) == shown
