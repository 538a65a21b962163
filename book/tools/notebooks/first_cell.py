"""The first cell of every chapter, for Colab: ``python -m book.tools.notebooks.first_cell``.

Colab opens a notebook alone, without the library and the tables beside it. The cell fetches them,
and adds only packages that Colab lacks, without what these would like to have: its own pandas and
numpy stay, since a package that is replaced under a running kernel breaks it. Where the library is
installed the cell does nothing. The command puts it into every chapter that lacks it, before the
first code; the site leaves it out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from book.tools.notebooks.runner import CHAPTERS, read_source

TEXT = """\
# For Colab. Where the course's library is installed, this does nothing.
from importlib.util import find_spec

if find_spec("recsys_lib") is None:
    import sys

    shell = get_ipython()
    shell.system("git clone --quiet --depth 1 https://github.com/watch-next/watch-next")
    shell.run_line_magic("pip", "install --quiet --no-deps pooch scikit-surprise")
    shell.run_line_magic("cd", "-q watch-next/chapters")
    sys.path.append("..")"""
CELL = "```{code-cell} ipython3\n:tags: [remove-cell]\n\n" + TEXT + "\n```\n\n"
FIRST = "```{code-cell} ipython3\n"


def has_it(source: Path) -> bool:
    """Whether the first code of a chapter is the cell, hidden."""
    first = next((c for c in read_source(source).cells if c.cell_type == "code"), None)
    tags = first.metadata.get("tags") if first else None
    return first is not None and first.source == TEXT and tags == ["remove-cell"]


def insert(source: Path) -> bool:
    """Put the cell before the first code of a chapter, unless it is there; whether it was not."""
    if has_it(source):
        return False
    before, code, after = source.read_text(encoding="utf-8").partition(FIRST)
    text = before + CELL + code + after if code else before + "\n" + CELL
    source.write_text(text, encoding="utf-8", newline="\n")
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=CHAPTERS, help="where the chapters are")
    for source in sorted(parser.parse_args().folder.glob("[0-9][0-9]_*.md")):
        print(f"{source.name}: {'put in' if insert(source) else 'there'}")


if __name__ == "__main__":
    main()
