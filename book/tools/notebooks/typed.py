"""Results that somebody typed: a share or a decimal beside a measure's name, which no cell made.

``python -m book.tools.notebooks.typed`` prints them. It looks at a chapter's prose, captions, texts
for those who cannot see a figure, solutions and explanations, and at the other pages of the book.

Allowed are what the sentence cites (in a list of definitions: the term); numbers that code holds,
as a setting or in a check that would fail (a chapter's own code, a page's own test); examples by
hand and made-up claims (that section, sums in digits, exercises, questions and options, quotations,
formulas); the level of an interval.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

from book.tools.notebooks.reading import BY_HAND, words
from book.tools.notebooks.runner import ROOT, read_source

MEASURE = re.compile(
    r"ndcg|\b(recall|precision|hit rate|rmse|mae|lift|auc|coverage|correlation|likeness|regret"
    r"|slope|star)s?\b|\bin ten\b|(%|per cent) of\b",
    re.I,
)
RESULT = re.compile(r"(?<![\w.,@])(\d+(?:\.\d+)?)(?=\s?(?:%|per cent))|(?<![\w.,@])(\d*\.\d+)")
SENTENCE_END = re.compile(r"(?<=[.?!:;])[)*\"”]*\s+")
NOT_LOOKED_AT = re.compile(
    r"\{exercise-start\}.*?\{exercise-end\}"
    r"|<summary>.*?</summary>"
    r"|^\*\*\d+\.\*\* .*?(?=<details)"  # a question of the quiz
    r"|^(`{3,})(?!\{).*?^\1$"  # code
    r"|(?P<role>\{[\w:]+\}`[^`]*`)|`[^`\n]+`|\"[^\"\n]*\"|“[^”]*”"  # roles stay
    r"|\d+ % (?=(bootstrap |confidence )?intervals?)|(?<=middle )\d+ %",
    re.M | re.S,
)
SUM = re.compile(r"\d [+×/=] \d")
CITED = re.compile(r"\{cite|\]\(https:")
LITERAL = re.compile(r"(?<![\w.])\d*\.?\d+")


def typed_results(source: Path) -> list[str]:
    """The sentences of a chapter or a page that state a result nobody computed."""
    if re.match(r"\d\d_", source.name):
        texts, code = chapter(source)
    else:
        texts = [source.read_text(encoding="utf-8")]
        code = "".join(path.read_text(encoding="utf-8") for path in tests_of(source))
    known = {float(number) for number in LITERAL.findall(code)}
    return [
        " ".join(sentence.split())
        for text in texts
        for sentence in sentences(text)
        if MEASURE.search(sentence) and not CITED.search(sentence)
        and any(not is_known(number, known) for number in stated(sentence))
    ]  # fmt: skip


def tests_of(page: Path) -> list[Path]:
    """The tests of what a page says: of an explorable's those of all explorables."""
    about = page.stem.partition("_")[0]
    return sorted(page.parents[1].glob(f"tests/book/test_{about}*.py"))


def chapter(source: Path) -> tuple[list[str], str]:
    """All texts of a chapter that may state a result, and its code but for that of figures."""
    prose, described, code, section = [], [], [], ""
    for cell in read_source(source).cells:
        if cell.cell_type == "code":
            shown = cell.metadata.get("mystnb", {})
            described.append(shown.get("figure", {}).get("caption", ""))
            described.append(shown.get("image", {}).get("alt", ""))
            code += [] if shown else [cell.source]
            continue
        for part in re.split(r"^(?=## )", cell.source, flags=re.M):
            section = part[3:].partition("\n")[0] if part.startswith("## ") else section
            prose += [part] if section != BY_HAND else []
    return ["\n\n".join(prose), *described], "\n".join(code)


def sentences(markdown: str) -> Iterator[str]:
    """Sentence by sentence, without sums worked by hand; a term and what is said of it are one."""
    looked_at = NOT_LOOKED_AT.sub(lambda found: found["role"] or " ", markdown)
    for block in re.split(r"\n\s*\n", looked_at):
        if re.search(r"^: ", block, re.M):
            yield block
        elif not SUM.search(block):
            yield from SENTENCE_END.split(block)


def stated(sentence: str) -> list[str]:
    """The shares and decimals of a sentence that are digits, and not of a formula or a cell."""
    return [share or decimal for share, decimal in RESULT.findall(words(sentence))]


def is_known(number: str, known: set[float]) -> bool:
    """Whether code holds a number, or the share that it is in per cent."""
    return bool({float(number), round(float(number) / 100, 6)} & known)


def pages(root: Path) -> list[Path]:
    """Every chapter and every page of the book."""
    return sorted([*root.glob("chapters/[0-9][0-9]_*.md"), *root.glob("book/*.md")])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="where chapters and book are")
    for source in pages(parser.parse_args().root):
        for sentence in typed_results(source):
            print(f"{source.name}: {sentence}")


if __name__ == "__main__":
    main()
