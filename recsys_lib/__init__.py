"""The small library behind the course *Watch Next*."""

from recsys_lib.interactions import Interactions

__all__ = ["Interactions"]
