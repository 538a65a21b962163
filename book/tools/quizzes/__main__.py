"""The question bank for a teacher's own system: ``python -m book.tools.quizzes``.

Writes _build/quizzes: JSON, GIFT for Moodle, QTI for Canvas.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from book.tools.quizzes.bank import ROOT, read_bank, read_exam
from book.tools.quizzes.exports import as_gift, as_json, as_qti

TARGET = ROOT / "_build" / "quizzes"


def main(target: Path = TARGET) -> None:
    bank = read_bank() + read_exam()
    (target / "canvas").mkdir(parents=True, exist_ok=True)
    (target / "bank.json").write_text(as_json(bank), encoding="utf-8", newline="\n")
    (target / "moodle.gift.txt").write_text(as_gift(bank), encoding="utf-8", newline="\n")
    for place, questions in groupby(bank, key=lambda question: question.place):
        name = place.removeprefix("Chapter ").lower()
        (target / "canvas" / f"{name}.zip").write_bytes(as_qti(list(questions)))
    print(f"{target}: {len(bank)} questions, for Moodle moodle.gift.txt, for Canvas canvas/*.zip")


if __name__ == "__main__":
    main()
