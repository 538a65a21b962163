"""Home pages: which rows, in which order, with which titles, and how far people look.

A page is rows × positions. `Row` is what a row could hold and why it is there; `compose` fills a
page from several of them; `look` says how far down and across people look, from clicks.
"""

from recsys_lib.pages.apart import apart
from recsys_lib.pages.compose import Moods, Page, compose, page_value
from recsys_lib.pages.limits import Limits
from recsys_lib.pages.look import Look, fit_cascade, fit_grid, grid_chance
from recsys_lib.pages.measures import repeats, share_of_looks
from recsys_lib.pages.row import Row

__all__ = [
    "Limits",
    "Look",
    "Moods",
    "Page",
    "Row",
    "apart",
    "compose",
    "fit_cascade",
    "fit_grid",
    "grid_chance",
    "page_value",
    "repeats",
    "share_of_looks",
]
