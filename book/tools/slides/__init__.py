"""Lecture slides of the built site: ``python -m book.tools.slides``."""
