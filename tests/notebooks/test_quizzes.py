"""The question bank holds every question of the book, and what is exported says the same."""

from __future__ import annotations

import io
import json
import re
import zipfile
from itertools import groupby
from xml.etree import ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup

from book.tools.quizzes import bank as quizzes
from book.tools.quizzes import exports as quiz_exports
from book.tools.quizzes.__main__ import main as export
from book.tools.quizzes.bank import Option, Question

AWKWARD = Question(
    "quiz-99-1",
    99,
    "What of A < B & C: 50 %?",
    'Is `a_b` ~ "x" = {1}: \\ or #2, *é* 😀, at $\\frac{1}{2} \\neq x_1$?\n\nAnd then:\n\n- one',
    [
        Option("~50% = {x}: #1 &lt; $x^2$", True, "**Right.** As // is not a comment: $a_{ij}$."),
        Option("1. b) ...", False, "No.\n\nSee *above* \\ below, -> and =."),
    ],
)


@pytest.fixture(scope="module")
def bank():
    return quizzes.read_bank() + quizzes.read_exam()


def test_every_question_of_every_chapter_is_in_the_bank(bank):
    for path in sorted((quizzes.ROOT / "chapters").glob("[0-9][0-9]_*.md")):
        text = path.read_text(encoding="utf-8")
        asked = dict.fromkeys(re.findall(r'class="option" name="([^"]+)"', text))
        mine = [question for question in bank if question.chapter == int(path.name[:2])]
        assert [question.id for question in mine] == list(asked), path.name
        assert sum(len(q.options) for q in mine) == text.count('<details class="option"')
        written = text.split("## Check yourself")[-1]
        assert len(mine) == len(re.findall(r"^\*\*\d\.\*\* ", written, re.M)) * bool(asked)


def test_one_option_is_right_and_every_one_is_explained(bank):
    assert len(bank) > 40
    for question in bank:
        assert sum(option.right for option in question.options) == 1, question.id
        assert len({option.text for option in question.options}) >= 3, question.id
        assert all(len(option.explanation.split()) >= 5 for option in question.options)
        for text in (question.text, *(option.text for option in question.options)):
            assert text
            assert not re.search(r"\{\w+\}`|</|^\(\w\)", text), text


def test_the_file_is_the_bank(bank):
    stored = json.loads(quiz_exports.as_json(bank))["questions"]
    again = [
        Question(**{**one, "options": [Option(**o) for o in one["options"]]}) for one in stored
    ]
    assert again == bank


def test_numbers_equations_and_tags_are_those_of_the_page():
    glue = {"scrapbook": {"name": "rate"}}
    record = {"application/papermill.record/text/plain": "0.256"}
    cells = [
        nbformat.v4.new_markdown_cell("# Is it?\n\n$$\na\n$$ (eq-one)\n\n$$\nb\n$$ (eq-two)"),
        nbformat.v4.new_code_cell(
            outputs=[nbformat.v4.new_output("display_data", record, metadata=glue)]
        ),
        nbformat.v4.new_markdown_cell(
            "## Check yourself\n\n"
            "**1.** By {eq}`eq-two`, is {glue:text}`rate:.0%` of [a](b.md)?\n\n"
            '<details class="option" name="q">\n<summary>(a) <em>Yes</em></summary>\n\n'
            "**Right.** So.\n\n</details>\n\n## Takeaways\n"
        ),
    ]
    (question,) = quizzes.read_chapter(7, nbformat.v4.new_notebook(cells=cells))
    option = Option("*Yes*", True, "**Right.** So.")
    assert question == Question("q", 7, "Is it?", "By (7.2), is 26% of a?", [option])


@pytest.mark.parametrize("text", ["see {cite:t}`linden2003`", "<span class='x'>a</span>"])
def test_what_a_bank_cannot_show_is_an_error(text):
    with pytest.raises(ValueError, match="cannot show"):
        quizzes.plain(text, {}, {})


def read_gift(text: str) -> dict[str, tuple[str, list[tuple[bool, str, str]]]]:
    """Id → (question, [(right, option, feedback)]); escapes first, as Moodle does it."""
    marks = {mark: chr(0xE000 + place) for place, mark in enumerate("\\:#={}~n")}
    found = {}
    for block in re.split(r"\n\s*\n", text):
        if block.startswith(("//", "$CATEGORY: ")):
            continue
        for mark, stand_in in marks.items():
            block = block.replace("\\" + mark, stand_in)
        name, question, answers = re.fullmatch(
            r"::(.+?)::\[html\]([^{}]+?)\s*\{(.*)\}\s*", block, re.S
        ).groups()
        parts = re.findall(r"([=~])([^#~=]*)#([^#~=]*)", answers)
        assert "".join("".join((kind, a, "#", b)) for kind, a, b in parts) == answers.lstrip("\n")

        def real(part: str) -> str:
            for mark, stand_in in marks.items():
                part = part.replace(stand_in, "\n" if mark == "n" else mark)
            return part.strip()

        found[name] = (real(question), [(k == "=", real(a), real(b)) for k, a, b in parts])
    return found


def in_html(question: Question) -> tuple[str, list[tuple[bool, str, str]]]:
    html = quiz_exports.as_html
    return html(question.text), [
        (option.right, html(option.text), html(option.explanation)) for option in question.options
    ]


def test_gift_read_back_is_the_bank(bank):
    whole = [*bank, AWKWARD]
    assert read_gift(quiz_exports.as_gift(whole)) == {one.id: in_html(one) for one in whole}


def test_gift_has_a_category_for_each_chapter(bank):
    lines = quiz_exports.as_gift(bank).splitlines()
    named = [line for line in lines if line.startswith("$CATEGORY")]
    assert len(named) == len({question.chapter for question in bank})
    assert all(lines[lines.index(line) + 1] == "" for line in named)


def test_html_keeps_emphasis_mathematics_and_awkward_characters():
    html = quiz_exports.as_html(AWKWARD.text)
    assert r"\(\frac{1}{2} \neq x_1\)" in html
    assert "<em>é</em> 😀" in html
    seen = BeautifulSoup(html, "html.parser").get_text()
    assert 'a_b ~ "x" = {1}: \\ or #2' in seen
    assert "&lt;" in quiz_exports.as_html(AWKWARD.options[0].text)


QTI = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
CP = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"


def open_quiz(data: bytes) -> ElementTree.Element:
    """The questions in a package whose manifest names exactly the files that it holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        files = {name for name in package.namelist() if not name.endswith("/")}
        manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
        listed = {file.get("href") for file in manifest.iter(f"{CP}file")}
        assert files == listed | {"imsmanifest.xml"}
        (resource,) = manifest.findall(f".//{CP}resource[@type='imsqti_xmlv1p2']")
        return ElementTree.fromstring(package.read(resource.find(f"{CP}file").get("href")))


def seen(html: str) -> str:
    """The words of a text, with quotation marks, dashes and formulas as everybody writes them."""
    soup = BeautifulSoup(html, "html.parser")
    for picture in soup.select("img"):
        picture.replace_with(rf"\({picture['data-equation-content']}\)")
    plain = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "--", "—": "---"})
    return " ".join(soup.get_text().replace("…", "...").translate(plain).split())


def read_item(item: ElementTree.Element) -> tuple[str, list[tuple[bool, str, str]]]:
    """Question, and of each option whether it scores, its text and its feedback."""
    texts = {
        label.get("ident"): label.find(f".//{QTI}mattext").text
        for label in item.iter(f"{QTI}response_label")
    }
    feedback = {
        part.get("ident").removesuffix("_fb"): part.find(f".//{QTI}mattext").text
        for part in item.iter(f"{QTI}itemfeedback")
    }
    scoring = [
        part for part in item.iter(f"{QTI}respcondition") if part.find(f"{QTI}setvar") is not None
    ]
    (right,) = [part.find(f".//{QTI}varequal").text for part in scoring]
    question = item.find(f"{QTI}presentation/{QTI}material/{QTI}mattext").text
    return seen(question), [
        (name == right, seen(text), seen(feedback[name])) for name, text in texts.items()
    ]


def test_qti_packages_are_whole_and_say_what_the_bank_says(bank):
    for _, questions in groupby([*bank, AWKWARD], key=lambda question: question.chapter):
        questions = list(questions)
        items = list(open_quiz(quiz_exports.as_qti(questions)).iter(f"{QTI}item"))
        assert [item.get("title") for item in items] == [question.id for question in questions]
        for question, item in zip(questions, items, strict=True):
            text, options = in_html(question)
            wanted = [(right, seen(option), seen(why)) for right, option, why in options]
            assert read_item(item) == (seen(text), wanted), question.id


def test_everything_is_written(tmp_path, bank):
    export(tmp_path)
    chapters = {f"canvas/{question.chapter:02d}.zip" for question in bank if question.chapter}
    chapters.add("canvas/exam.zip")
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert written == {"bank.json", "moodle.gift.txt"} | chapters


def in_package(data: bytes, ending: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        (name,) = [name for name in package.namelist() if name.endswith(ending)]
        return ElementTree.fromstring(package.read(name))


def test_canvas_gets_a_practice_quiz_under_the_books_licence():
    data = quiz_exports.as_qti([AWKWARD])
    about = in_package(data, "assessment_meta.xml")
    found = {part.tag.split("}")[1]: part.text for part in about}
    assert (found["quiz_type"], found["allowed_attempts"]) == ("practice_quiz", "-1")
    assert "assignment" not in found, "nothing of it goes into the gradebook"
    rights = ElementTree.tostring(in_package(data, "imsmanifest.xml"), "unicode")
    assert "CC BY 4.0" in rights
    assert "Private" not in rights


def test_new_quizzes_find_only_kinds_that_they_import(bank):
    """New Quizzes read choice questions with one right answer; each needs a name of its own."""
    for _, questions in groupby(bank, key=lambda question: question.chapter):
        items = list(open_quiz(quiz_exports.as_qti(list(questions))).iter(f"{QTI}item"))
        for item in items:
            fields = {field.find(f"{QTI}fieldlabel").text: field.find(f"{QTI}fieldentry").text
                      for field in item.iter(f"{QTI}qtimetadatafield")}  # fmt: skip
            assert fields["question_type"] == "multiple_choice_question"
            assert float(fields["points_possible"]) > 0
        assert len({item.get("ident") for item in items}) == len(items)
