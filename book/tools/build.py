"""Build the site in the current folder: any warning fails it.

Jupyter Book's schema checker first compiles the grammars of international web addresses, which
takes longer than a changed chapter. No setting of a book is such an address: it does without.
"""

from __future__ import annotations

import sys

STRICT = ["build", "--warningiserror", "--nitpick", "--keep-going", "--quiet", "."]


def main() -> None:
    sys.modules["rfc3987_syntax"] = None  # an optional part of jsonschema
    from jupyter_book.cli.main import main as jupyter_book

    jupyter_book(STRICT)


if __name__ == "__main__":
    main()
