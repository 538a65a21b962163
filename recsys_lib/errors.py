"""Named errors: each says what was wrong, where, and what to do about it."""

from __future__ import annotations

import math
from numbers import Integral, Real


class RecsysError(Exception):
    """Base of every error that recsys_lib raises on purpose.

    Args:
        what: what was wrong, a sentence without its full stop.
        where: the argument, file or rows concerned.
        fix: what the caller can do.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(what, where, fix)

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        return f"{self.what}{place}." + (f" {self.fix}" if self.fix else "")

    def __reduce__(self):
        # Exception's own pickling would call __init__ with three positional arguments.
        return (_rebuild, (type(self), self.what, self.where, self.fix))


def _rebuild(kind: type[RecsysError], what: str, where: str, fix: str) -> RecsysError:
    return kind(what, where=where, fix=fix)


class DataError(RecsysError, ValueError):
    """A table, a file or an array does not hold what it should."""


class LeakageError(DataError):
    """Something that must be unknown at training time is in the training data."""


class ArgumentError(RecsysError, ValueError):
    """An argument is outside the values that the function documents."""


class UnknownUserError(RecsysError, KeyError):
    """A viewer was asked for that the model has no way to serve."""

    __str__ = RecsysError.__str__  # KeyError would show the repr of the arguments


class UnsupportedError(RecsysError, NotImplementedError):
    """A model was asked for something that its kind has no way to do."""


class TooLargeError(RecsysError, MemoryError):
    """What was asked for does not fit into memory; found before the work, not after."""


class FetchError(RecsysError, OSError):
    """A data set could not be fetched or read from disk."""

    __str__ = RecsysError.__str__  # OSError would look for an errno


class MissingPackageError(RecsysError, ImportError):
    """An optional package is needed for what was asked."""


def check_choice(name: str, value: object, choices: tuple) -> None:
    """Raise `ArgumentError` unless `value` is one of `choices`."""
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ArgumentError(f"{name}={value!r} is not known", fix=f"Choose one of {listed}.")


def check_above(name: str, value: float, low: float) -> None:
    """Raise `ArgumentError` unless `value` is a finite number above `low`."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not (number and low < value < math.inf):
        raise ArgumentError(f"{name} must be above {low}, not {value!r}",
                            fix="Give a finite number.")  # fmt: skip


def check_at_least(name: str, value: float, low: float, *, integer: bool = False) -> None:
    """Raise `ArgumentError` unless `value` is a finite number of at least `low`.

    With `integer`, it must also be whole; 3.0 will do.
    """
    number = isinstance(value, Real) and not isinstance(value, bool)
    fits = number and low <= value < math.inf
    if not fits or (integer and not isinstance(value, Integral) and not float(value).is_integer()):
        kind = "an integer" if integer else "a number"
        raise ArgumentError(f"{name} must be {kind} of at least {low}, not {value!r}")


def check_between(name: str, value: float, low: float, high: float) -> None:
    """Raise `ArgumentError` unless `value` is a number above `low` and below `high`."""
    number = isinstance(value, Real) and not isinstance(value, bool)
    if not (number and low < value < high):
        raise ArgumentError(f"{name} must lie between {low:.4g} and {high:.4g}, not {value!r}")
