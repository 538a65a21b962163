"""The question bank in the forms that other systems read: JSON, Moodle's GIFT, Canvas's QTI."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from book.tools.quizzes.bank import Question

LICENCE = "CC BY 4.0, the Watch Next contributors"
LICENCE_PAGE = "https://creativecommons.org/licenses/by/4.0/"
PRIVATE = "Private (Copyrighted) - http://en.wikipedia.org/wiki/Copyright"  # text2qti's own line

MARKDOWN = MarkdownIt("commonmark", {"html": False}).use(
    dollarmath_plugin,
    allow_digits=False,
    renderer=lambda tex, options: rf"\[{tex}\]" if options["display_mode"] else rf"\({tex}\)",
)


def as_html(text: str) -> str:
    r"""HTML with mathematics between \( and \), which Moodle and Canvas both set."""
    return MARKDOWN.render(text).strip()


def as_json(bank: Sequence[Question]) -> str:
    """The whole bank; options keep the order of the page."""
    whole = {"title": "Watch Next", "licence": LICENCE, "texts": "Markdown with TeX between $"}
    questions = [asdict(question) for question in bank]
    return json.dumps(whole | {"questions": questions}, ensure_ascii=False, indent=1) + "\n"


def as_gift(bank: Sequence[Question]) -> str:
    """The bank in Moodle's GIFT format, a category for each chapter and one for the exam."""
    blocks = [f"// Watch Next, the quiz questions. {LICENCE}."]
    for place, questions in groupby(bank, key=lambda question: question.place):
        blocks.append(f"$CATEGORY: Watch Next/{place}")
        for question in questions:
            answers = [
                f"{'=' if option.right else '~'}{for_gift(option.text)}#"
                f"{for_gift(option.explanation)}"
                for option in question.options
            ]
            opening = f"::{question.id}::[html]{for_gift(question.text)} {{"
            blocks.append("\n".join([opening, *answers, "}"]))
    return "\n\n".join(blocks) + "\n"


def for_gift(text: str) -> str:
    """HTML in which a backslash stands before every character that GIFT gives a meaning."""
    return re.sub(r"[\\~=#{}:]", r"\\\g<0>", as_html(text)).replace("\n", r"\n")


def as_text2qti(questions: Sequence[Question]) -> str:
    """The questions of one chapter in the Markdown that text2qti turns into QTI."""
    first = questions[0]
    lines = [f"Quiz title: {first.place}. {first.title}", f"Quiz description: {LICENCE}"]
    for question in questions:
        lines += ["", f"Title: {question.id}", _indented("1.", question.text)]
        for option in question.options:
            lines.append(_indented("*a)" if option.right else "a)", option.text))
            lines.append(_indented("...", option.explanation))
    return "\n".join(lines) + "\n"


def _indented(mark: str, text: str) -> str:
    return f"{mark} " + re.sub(r"\n(?=.)", "\n    ", text)


def as_qti(questions: Sequence[Question]) -> bytes:
    """The questions of one chapter as a zip that Canvas imports as a practice quiz (QTI 1.2).

    The answers are on the site: what counts for a grade would be no test. So no assignment comes
    with the quiz, and it can be taken as often as one likes. Canvas's New Quizzes know no practice
    quizzes and take only the questions.
    """
    from text2qti.config import Config
    from text2qti.qti import QTI
    from text2qti.quiz import Quiz

    made = QTI(Quiz(as_text2qti(questions), config=Config(), source_name=questions[0].id))
    about = re.sub(r"  <assignment .*</assignment_group_identifierref>\n", "",
                   made.assessment_meta, flags=re.S)  # fmt: skip
    about = about.replace("<quiz_type>assignment<", "<quiz_type>practice_quiz<")
    made.assessment_meta = about.replace("<allowed_attempts>1<", "<allowed_attempts>-1<")
    made.imsmanifest_xml = made.imsmanifest_xml.replace(PRIVATE, f"{LICENCE} - {LICENCE_PAGE}")
    return made.zip_bytes()
