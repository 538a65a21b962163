"""Whether a chapter fits into one sitting: ``python -m book.tools.notebooks.sitting``.

Measured is its core, all that stands before *Exercises*; what is folded for a guess belongs to it.

words        of its Markdown, not of code, captions and tables; a formula is one word
experiments  figures with a caption, and sections that show measured numbers (with a decimal
             point) in tables alone; *By hand* and a first look at a table (``head``) are none
numbers      in the prose, from a cell or in digits; an estimate with its interval is one, digits
             said twice in a paragraph too; none are 0, 1, years, "chapter 3", and those of *By
             hand*, *In this chapter*, titles, code, formulas
crowded      the most numbers in one paragraph or one item of a list
lines, wide  of the longest and of the widest cell that the site shows unfolded
screens      of 900 pixels, 1280 wide, with ``--screens`` and the built site
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode

from book.tools.notebooks.reading import END, core, experiments, is_seen, results, told, words
from book.tools.notebooks.runner import CHAPTERS, ROOT, read_source

LIMITS = {"words": 2300, "experiments": 5, "numbers": 25, "crowded": 4, "lines": 12, "wide": 78}


@dataclass(frozen=True)
class Sitting:
    """What the core of one chapter asks of its reader."""

    words: int
    experiments: int
    numbers: int
    crowded: int
    lines: int
    wide: int

    def beyond(self) -> list[str]:
        """What is more than one sitting bears."""
        return [
            f"{value} {name}, at most {LIMITS[name]}"
            for name, value in asdict(self).items()
            if value > LIMITS[name]
        ]


def measure(source: Path) -> Sitting:
    """The measures of a chapter's source; its cells show what they show in its stored notebook."""
    cells = core(with_outputs(source))
    prose = "\n\n".join(cell.source for _, cell in cells if cell.cell_type == "markdown")
    counts = [len(results(paragraph)) for paragraph in told(cells)]
    code = [cell.source.splitlines() for _, cell in cells if is_seen(cell)]
    return Sitting(
        words=len(words(prose).split()),
        experiments=experiments(cells).total(),
        numbers=sum(counts),
        crowded=max(counts, default=0),
        lines=max(map(len, code), default=0),
        wide=max((len(line) for lines in code for line in lines), default=0),
    )


def with_outputs(source: Path) -> list[NotebookNode]:
    """The cells of a source, with what was stored of those that have not changed since."""
    cells, target = read_source(source).cells, source.with_suffix(".ipynb")
    stored = nbformat.read(target, as_version=4).cells if target.exists() else []
    outputs = {cell.source: cell.outputs for cell in stored if cell.cell_type == "code"}
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = outputs.get(cell.source, [])
    return cells


def screens(source: Path) -> float:
    """Screens from the top of the built page to its exercises."""
    from book.tools.browser import Browser

    browser = Browser()
    try:
        browser.look(width=1280, theme="light")
        browser.open((ROOT / f"_build/html/chapters/{source.stem}.html").as_uri())
        end = "document.getElementById('exercises').getBoundingClientRect().top + scrollY"
        return round(browser.run(end) / 900, 1)
    finally:
        browser.close()


def sittings(folder: Path) -> list[Path]:
    """The chapters that are read in a sitting: all with exercises, which a brief has not."""
    sources = sorted(folder.glob("[0-9][0-9]_*.md"))
    return [path for path in sources if f"\n## {END}\n" in path.read_text(encoding="utf-8")]


def explain(source: Path) -> None:
    """Print every paragraph with numbers, and where the experiments are."""
    cells = core(with_outputs(source))
    for paragraph in told(cells):
        found = results(paragraph)
        if found:
            print(f"{len(found)}  {' '.join(paragraph.split())[:90]}")
    for section, places in experiments(cells).items():
        print(f"experiments: {places} in {section}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=[""], help="chapters, by how they begin")
    parser.add_argument("--folder", type=Path, default=CHAPTERS, help="where the chapters are")
    parser.add_argument("--screens", action="store_true", help="open the built site as well")
    parser.add_argument("--why", action="store_true", help="say where numbers and experiments are")
    options = parser.parse_args()
    rows = {}
    for source in sittings(options.folder):
        if not source.name.startswith(tuple(options.names)):
            continue
        if options.why:
            explain(source)
        rows[source.stem[:24]] = asdict(measure(source))
        if options.screens:
            rows[source.stem[:24]]["screens"] = screens(source)
    rows["at most"] = LIMITS
    print(pd.DataFrame(rows).T.astype(object).fillna("").to_string())


if __name__ == "__main__":
    main()
