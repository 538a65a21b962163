"""Build the site in the current folder, on every core: any warning fails it.

Jupyter Book's schema checker first compiles the grammars of international web addresses, which
takes longer than a changed chapter. No setting of a book is such an address: it does without.
"""

from __future__ import annotations

import os
import sys
from functools import partial

from sphinx.application import Sphinx

STRICT = ["build", "--warningiserror", "--nitpick", "--keep-going", "--quiet", "."]


def use_every_core() -> None:
    """Let Sphinx read and write pages side by side, for which Jupyter Book has no option.

    One extension does not say whether it bears that, and so forbids it. It renumbers sections
    once all pages are read, in one process, and so it does.
    """
    import sphinx_multitoc_numbering
    from jupyter_book import sphinx

    unsaid = sphinx_multitoc_numbering.setup

    def setup(app: Sphinx) -> dict[str, bool]:
        unsaid(app)
        return {"parallel_read_safe": True, "parallel_write_safe": True}

    sphinx_multitoc_numbering.setup = setup
    jobs = (os.cpu_count() or 1) + 1  # while pages are written, one of them only hands out work
    sphinx.build_sphinx = partial(sphinx.build_sphinx, jobs=jobs)


def main() -> None:
    sys.modules["rfc3987_syntax"] = None  # an optional part of jsonschema
    use_every_core()
    from jupyter_book.cli.main import main as jupyter_book

    jupyter_book(STRICT)


if __name__ == "__main__":
    main()
