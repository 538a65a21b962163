"""The library Surprise, or one sentence where it cannot be had.

`from recsys_lib.models.surprise import SVD` is `from surprise import SVD`, but says what to do
where the package is missing, as it is on Intel Macs. Nothing is imported before it is asked for.
"""

from __future__ import annotations

from types import ModuleType

from recsys_lib.errors import MissingPackageError


def library() -> ModuleType:
    """The package itself.

    Raises:
        MissingPackageError: it is not installed.
    """
    try:
        import surprise
    except ImportError:
        raise MissingPackageError(
            "this needs the package scikit-surprise, which is not installed",
            fix="Install it with: pip install scikit-surprise (for Intel Macs it is not built:"
                " use Colab there, or BiasedMF for SVD and RatingKNN for its neighbours).",
        ) from None  # fmt: skip
    return surprise


def __getattr__(name: str):
    """Whatever Surprise has of that name: `SVD`, `KNNBasic`, `NMF`, …"""
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(library(), name)
