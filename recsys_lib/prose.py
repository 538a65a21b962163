"""Numbers on their way from a cell of a chapter to its prose."""

from __future__ import annotations


def quote(**values: object) -> None:
    """Make each value known to the prose by its name: ``{glue:text}`name:.2f```.

    Only the prose says how many places are shown, and when a chapter is stored, no more of them
    are kept. Numbers of numpy are handed on as Python's own. Where no book can be made, nothing is
    handed on.

    Args:
        values: a number or a text for each name.
    """
    try:
        from myst_nb import glue
    except ImportError:  # in Colab, say, where the chapter runs and no book is made of it
        return

    for name, value in values.items():
        glue(name, value.item() if hasattr(value, "item") else value, display=False)
